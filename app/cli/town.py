"""The people and posts of the demo town. All of it is made up; its addresses lead nowhere."""

from typing import NamedTuple

from app.models import Visibility


class Person(NamedTuple):
    """A member. Whom they follow are user names; the hashtags that they follow stand without #."""

    username: str
    display_name: str
    bio: str
    follows: tuple[str, ...]
    tags: tuple[str, ...] = ()


class Post(NamedTuple):
    """A post, and how many hours before the seeding it was written.

    :ivar name: by which others reply to it
    :ivar pictures: names of `town_pictures.DRAWINGS`, with what is on them
    :ivar formerly: what it said before it was edited
    :ivar reposted_by: who, and how many hours before the seeding
    """

    author: str
    hours_ago: float
    text: str
    name: str = ""
    reply_to: str = ""
    visibility: Visibility = Visibility.PUBLIC
    warning: str = ""
    sensitive: bool = False
    pictures: tuple[tuple[str, str], ...] = ()
    formerly: str = ""
    pinned: bool = False
    liked_by: tuple[str, ...] = ()
    kept_by: tuple[str, ...] = ()
    reposted_by: tuple[tuple[str, float], ...] = ()


PEOPLE = (
    Person(
        "noor",
        "Noor",
        "Cartographer of small places. Allotment, ferries, bad puns. Maps: https://benches.example",
        (
            "wren",
            "inesv",
            "okapi",
            "harbourlibrary",
            "luznorte",
            "mirae",
            "qamar",
            "solferro",
            "kaffeegraefin",
            "teo_bakes",
            "slowclock",
        ),
        ("repaircafé", "lastbus"),
    ),
    Person(
        "wren",
        "Wren 🌿",
        "Field notes from a damp country. they/them",
        ("noor", "inesv", "mirae", "tobi_paper", "harbourlibrary", "nightbus", "basil"),
    ),
    Person(
        "inesv",
        "Ines V.",
        "Walks home the long way. Numbers by day, herons by evening.",
        ("noor", "wren", "okapi", "nightbus", "qamar", "teo_bakes"),
    ),
    Person(
        "okapi",
        "okapi",
        "Half zebra, half documentation. Opinions are drafts.",
        ("noor", "inesv", "tobi_paper", "slowclock"),
    ),
    Person(
        "nightbus",
        "Night Bus 14",
        "Unofficial log of the last bus home. Runs late, like me. Stops on request, listens "
        "without being asked. #lastbus",
        ("slowclock", "noor", "qamar", "wren"),
    ),
    Person(
        "harbourlibrary",
        "Old Harbour Library",
        "Books, tools, seeds and a very good kettle. Open till eight. "
        "https://harbourlibrary.example",
        ("noor", "tobi_paper", "solferro", "donau", "mirae"),
    ),
    Person(
        "tobi_paper",
        "Tobi, paper person",
        "Risograph, letterpress, staples. #zines swaps welcome, ask @harbourlibrary.",
        ("wren", "okapi", "harbourlibrary", "noor", "kaffeegraefin"),
    ),
    Person(
        "basil",
        "Basil on the Sill",
        "Herb. South-facing. Dictated to whoever waters me.",
        ("mirae", "teo_bakes", "kaffeegraefin", "wren"),
    ),
    Person(
        "luznorte",
        "Luz del Norte",
        "Montañas, cafeteras y poca prisa. Subo despacio y bajo con hambre. #montaña",
        ("teo_bakes", "noor", "wren", "qamar", "solferro"),
    ),
    Person(
        "mirae",
        "미래",
        "식물을 키우고 글을 씁니다. Plants and short essays.",
        ("noor", "basil", "wren", "qamar", "harbourlibrary", "luznorte"),
    ),
    Person(
        "qamar",
        "قمر",
        "أكتب عن السماء وما تحتها. Night thoughts, sometimes translated.",
        ("mirae", "nightbus", "noor", "inesv"),
    ),
    Person(
        "solferro",
        "Sol & Ferro Cycles",
        "We fix bicycles on Saturdays and opinions on Sundays.",
        ("harbourlibrary", "kaffeegraefin", "noor", "donau", "luznorte"),
    ),
    Person(
        "donau",
        "Donaudampfschifffahrtsfreunde e. V.",
        "Wir mögen Dampf, Schiffe und zusammengesetzte Hauptwörter.",
        ("harbourlibrary", "solferro", "kaffeegraefin"),
    ),
    Person(
        "kaffeegraefin",
        "Kaffeegräfin",
        "Röstet, liest, meckert freundlich.",
        ("donau", "tobi_paper", "basil", "solferro", "teo_bakes"),
    ),
    Person(
        "teo_bakes",
        "Teo bakes",
        "Pan, and what people say while they wait for it. Up before the gulls.",
        ("luznorte", "kaffeegraefin", "basil", "slowclock", "noor"),
    ),
    Person(
        "slowclock",
        "Town Hall Clock",
        "Three minutes late since 1911. Never once early. Bong.",
        ("nightbus",),
    ),
)

# The newest first.
POSTS = (
    Post(
        "inesv",
        0.1,
        "The heron has moved one lamp post to the left. I have told nobody at work, because I "
        "would like to keep this job.",
    ),
    Post("okapi", 0.4, "Whoever names the file “final” has never met Thursday."),
    Post(
        "harbourlibrary",
        0.7,
        "Repair evening tonight, six to nine, ground floor. Bring what is broken and, if you "
        "still have it, the screw that was left over last time. Free tea, unfree biscuits: "
        "https://harbourlibrary.example/repair-evenings #repaircafé",
    ),
    Post(
        "tobi_paper",
        1.1,
        "@wren the second colour of your field notes is drying all over my flat. It is a very "
        "calm green. The cat has become a very calm green, too. #zines #risograph",
    ),
    Post(
        "mirae",
        1.6,
        "목련이 피었다. 알람을 맞춰 두었는데도 또 놓쳤다. 꽃은 늘 회의 시간에 핀다. #목련 "
        "#magnolia",
    ),
    Post(
        "nightbus",
        2.3,
        "00:48. One passenger, one cello. I sold the cello a child ticket.\n\n#lastbus",
    ),
    Post(
        "wren",
        2.9,
        "Forecast said “bright intervals”. There was one. It was between two lorries, and it was "
        "lovely.",
    ),
    Post(
        "solferro",
        3.4,
        "Before anyone asks: yes, we can true a wheel that met a tram. No, we cannot true the "
        "tram. 🚲",
    ),
    Post("qamar", 4.2, "بعد المطر تصير المدينة مرآةً كبيرة، ولا أحد ينظر إليها إلا الحمام. #صباح"),
    Post(
        "luznorte",
        5.1,
        "Salimos a las cinco para ver amanecer y amaneció detrás de una nube con forma de sofá. "
        "Nos sentamos igualmente. #montaña",
    ),
    Post(
        "noor",
        5.8,
        "Bench 35 exists. It was behind the hydrangea all along, facing the wall, like a bench "
        "that has heard enough. Map updated: https://benches.example/harbour-to-mill #benches",
    ),
    Post(
        "slowclock",
        6.1,
        "@noor you are welcome to put me on the map, but please draw the hands at about ten past. "
        "It is my good side.",
    ),
    Post(
        "kaffeegraefin",
        6.7,
        "Heute hat jemand „einfach einen normalen Kaffee“ bestellt. Ich habe zwölf Sekunden lang "
        "würdevoll geschwiegen und ihm dann einen einfach normalen Kaffee gemacht. Er war sehr "
        "gut.",
    ),
    Post(
        "basil",
        7.9,
        "Grew two leaves. Lost one to a pasta. This is what they call a balanced economy.",
    ),
    Post(
        "teo_bakes",
        8.6,
        "The rye is out at seven, the plaits at eight, and I am out at nine, face down. Order for "
        "Saturday: https://teobakes.example/order?day=saturday",
    ),
    Post("slowclock", 9.0, "Bong.\n\n(Three minutes late. As agreed.)"),
    Post(
        "teo_bakes",
        10.4,
        "Hoy ha entrado una niña, ha mirado todo el mostrador muy seria y ha dicho: "
        "“enhorabuena”. Me jubilo.",
    ),
    Post(
        "donau",
        11.2,
        "Die „Marie-Luise“ hat heute zum ersten Mal seit 1986 wieder Dampf gemacht. Es dampfte "
        "auch dort, wo es nicht vorgesehen war. Wir nennen das Patina. ⛴️",
    ),
    Post(
        "okapi",
        12.5,
        "A meeting is a letter read aloud by the person who did not want to write it.",
    ),
    Post(
        "wren",
        13.3,
        "Field notes, one line a day, year two:\n\n"
        "Monday: fog with opinions.\n"
        "Tuesday: a wren, unrelated.\n"
        "Wednesday: soup (47).",
    ),
    Post(
        "harbourlibrary",
        15.0,
        "Returned today, after 31 years: one guide to punctuality. We have waived the fine, "
        "because nobody here could keep a straight face.",
    ),
    Post(
        "inesv",
        16.4,
        "Took the canal path home. Counted four boats, two arguments, one very small dog in a "
        "very large life jacket. The dog won the arguments.",
    ),
    Post(
        "mirae",
        18.1,
        "비 오는 날의 식물은 창밖을 부러워하는 얼굴을 한다. 그래서 오늘은 화분을 모두 베란다에 "
        "내놓았다. 이제는 내가 부럽다. #날씨",
    ),
    Post(
        "noor",
        20.6,
        "The new ferry timetable has a footnote that says “subject to ferry”. I have never "
        "trusted a document more.",
    ),
    Post(
        "harbourlibrary",
        21.2,
        "@donau Bring her along. We have mended sighing things before: "
        "https://harbourlibrary.example/repair-evenings #repaircafé",
    ),
    Post(
        "donau",
        21.7,
        "@harbourlibrary Wir hätten da eine Schiffsglocke, die nicht mehr läutet, sondern nur "
        "noch seufzt. Ist das ein Fall für Donnerstag? #repaircafé",
    ),
    Post(
        "nightbus",
        22.9,
        "01:15. A couple ran for the bus, missed it, and waved anyway. I went round the block "
        "again. Do not tell the depot. #lastbus",
    ),
    Post(
        "qamar",
        24.3,
        "Translated a line of an old poem today: “the moon owes the street nothing, and pays "
        "every night”. Took four hours. The moon took none.",
    ),
    Post(
        "solferro",
        26.0,
        "Found in a saddlebag during a service: one glove, one harmonica, a note saying “milk, "
        "stamps, courage”. Owner collected all three. @harbourlibrary has stamps, we had milk.",
    ),
    Post(
        "luznorte",
        27.7,
        "Regla número uno del refugio: quien lleva la cafetera no lleva nada más. Regla número "
        "dos: nadie discute con quien lleva la cafetera.",
    ),
    Post(
        "tobi_paper",
        29.4,
        "Paper jam count this week: 6. Paper jam I would eat: 1 (it was rhubarb card, 300 g/m²).",
    ),
    Post(
        "kaffeegraefin",
        31.5,
        "Neue Bohne aus Huehuetenango: Pflaume, Kakao, ein Hauch von Montagvormittag, an dem "
        "überraschend nichts los ist. Ab morgen im Laden, oder hier: "
        "https://kaffeegraefin.example/bohnen/huehuetenango",
    ),
    Post(
        "basil",
        33.0,
        "My neighbour on the sill is a thermometer. We do not talk much, but it is always honest "
        "with me.",
    ),
    Post(
        "slowclock",
        36.0,
        "I have been asked to be punctual for the wedding on Saturday. I said I would think about "
        "it and get back to them, three minutes later.",
    ),
    Post(
        "wren",
        38.2,
        "Small kindness spotted: somebody has knitted a cover for the cold handrail at the ferry "
        "steps. It has buttonholes. It has BUTTONS. #benches",
    ),
    Post(
        "okapi",
        41.0,
        "Naming things is hard, so we named it “thing”. Nine years later there is thing2, "
        "newThing and the_thing_do_not_touch.",
    ),
    Post(
        "teo_bakes",
        43.8,
        "Se me cayó una bandeja de cruasanes y salieron mejor que los otros. No sé qué hacer con "
        "esta información.",
    ),
    Post(
        "donau",
        46.0,
        "Mitgliederversammlung am Freitag. Tagesordnung: 1. Dampf. 2. Schiffe. 3. Dampfschiffe. "
        "4. Verschiedenes (erfahrungsgemäß Kuchen).",
    ),
    Post(
        "noor",
        48.5,
        "Asked the council who owns the little island in the mill pond. Three departments "
        "answered, each of them “not us”. So it is ours now, I think. Bring a chair. #benches",
    ),
    Post("inesv", 50.2, "My grandmother says the sea is only the lake of people in a hurry."),
    Post(
        "solferro",
        52.4,
        "New in the workshop: Amira, who can hear a loose spoke from across the road. 👩🏽‍🔧 She "
        "says yours is the third from the valve. She does not know you. She just knows.",
    ),
    Post(
        "mirae",
        53.7,
        "Wrote a short essay about watering plants. It became an essay about my father, as they "
        "do.\n\n"
        "https://mirae.example/essays/the-watering-can",
    ),
    Post(
        "harbourlibrary",
        57.0,
        "The seed drawer is open again. Take what you will sow, leave what you have too much of. "
        "Beans are under “B”, except the purple ones, which are under “Look!”.",
    ),
    Post(
        "basil",
        60.2,
        "@kaffeegraefin thank you for the coffee grounds. I have read them. They say: water.",
    ),
    Post(
        "nightbus",
        61.3,
        "00:57. Everybody on the top deck was silent, so I looked: they were all watching one "
        "moth.",
    ),
    Post(
        "luznorte",
        66.0,
        "La niebla bajó hasta el pueblo y nadie encontró el bar. Fue una tarde larguísima. "
        "#montaña",
    ),
    Post("qamar", 70.4, "سألتُ القطّ عن الطريق فنظر إلى الجهة الأخرى. وكان محقًّا."),
    Post(
        "solferro",
        74.1,
        "Saturday: bring your bicycle, leave with a bicycle. Usually the same one. Children’s "
        "brakes are checked free, children are returned unchecked. "
        "https://solferro.example/saturdays #repaircafé",
    ),
    Post("tobi_paper", 78.8, "A zine is a book that could not wait. #zines"),
    Post("okapi", 83.0, "Archaeology, but it is my downloads folder."),
    Post(
        "wren",
        88.5,
        "Heard a blackbird doing the sound of the pelican crossing. Watched two people cross. 🐦",
    ),
    Post("qamar", 91.0, "ثلاثة أشياء لا تُستعار: النظّارة، والمفتاح، وصمتُ آخر الليل."),
    Post(
        "kaffeegraefin",
        94.2,
        "Regentag. Drei Stammgäste, ein Hund, eine Kanne. Niemand hat etwas Wichtiges gesagt, und "
        "es war ein vollkommen gelungener Nachmittag.",
    ),
    Post("basil", 99.0, "Moved four centimetres towards the light. Exhausting. Worth it."),
    Post(
        "mirae",
        100.6,
        "오늘의 #날씨: 맑음, 바람 조금, 빨래하기에 아까울 만큼 좋음. 그래서 빨래를 미루고 걸었다.",
    ),
    Post("wren", 103.1, "Overheard on the ferry: “I’m not lost, I’m early for somewhere else.”"),
    Post(
        "teo_bakes",
        104.6,
        "Somebody asked for a loaf “that tastes like the holidays when it rained and we stayed "
        "in”. That is a seeded rye. I did not even have to think.",
    ),
    Post(
        "slowclock", 110.0, "It was foggy, so I could not see what time it was. I made an estimate."
    ),
    Post(
        "noor",
        116.3,
        "Today’s bad pun is brought to you by the allotment: the leeks have sprung a garden.\n\n"
        "I am sorry. I am not very sorry.",
    ),
    Post(
        "inesv",
        121.9,
        "Office kitchen, ninth day of the mystery yoghurt. It has a name on it, and the name is "
        "“Future”.",
    ),
    Post(
        "mirae",
        128.0,
        "할머니가 보내신 소포: 깻잎, 참기름, 양말 세 켤레, 그리고 “전화해라”라고 적힌 쪽지. "
        "양말부터 신고 전화했다.",
    ),
    Post(
        "harbourlibrary",
        134.5,
        "Thank you to the person who returned “How to Disappear Completely” through the "
        "letterbox, in the dark, without a word. Full marks.",
    ),
    Post(
        "donau",
        141.0,
        "Für alle, die gefragt haben: Nein, man kann nicht „mal eben hupen“. Das heißt Typhon, "
        "und danach ist der halbe Ort wach. (Sonntag, 11 Uhr.)",
    ),
    Post(
        "tobi_paper",
        145.3,
        "Somebody asked what the difference is between a zine and a leaflet.\n\n"
        "A leaflet wants something from you.\n\n"
        "#zines",
    ),
    Post(
        "luznorte",
        148.8,
        "Mi abuelo medía las distancias en bocadillos. El lago está a bocadillo y medio, y sigue "
        "siendo exacto. @teo_bakes hace el medio.",
    ),
    Post(
        "nightbus",
        155.2,
        "01:04. Lost property tonight: one umbrella, dry. Where have you been, umbrella? #lastbus",
    ),
    Post(
        "qamar",
        162.0,
        "In my language the word for “echo” and the word for “rust” sound alike, and on the old "
        "bridge you can hear both.",
    ),
    Post(
        "solferro",
        169.7,
        "Tyre pressure is like advice: most people get along on far less than recommended, until "
        "the kerb.",
    ),
    Post(
        "okapi", 177.4, "Replied “noted” to a message and spent an hour wondering what I had noted."
    ),
    Post(
        "wren",
        185.0,
        "The rain gauge is full of snail. I have written down: 11 mm, of which snail 9. #날씨",
    ),
    Post(
        "luznorte",
        190.2,
        "El tiempo en la cumbre: viento, sol, viento, granizo, sol, una vaca. #montaña #날씨",
    ),
    Post(
        "tobi_paper",
        193.6,
        "Swap table on Saturday, next to the fire exit at @harbourlibrary. Bring a zine, a "
        "stapler, or a person who owns one. Bad folding is welcome, we have bone folders and no "
        "principles. https://harbourlibrary.example/zine-swap #zines #papierliebe",
    ),
    Post(
        "kaffeegraefin",
        201.3,
        "Ein Gast hat seinen Espresso fotografiert, bis er kalt war, und dann das Foto getrunken, "
        "sozusagen.",
    ),
    Post(
        "basil", 210.0, "They call it pruning. I call it a haircut from someone holding a recipe."
    ),
    Post(
        "teo_bakes",
        219.5,
        "Masa madre, día 3.000. Ya tiene carácter. Ayer no quiso subir porque no le hablé del "
        "tiempo. Hoy le he hablado del tiempo.",
    ),
    Post(
        "inesv",
        228.0,
        "Swam before work. Eleven degrees. I would describe the feeling afterwards as “employed "
        "by the sun”.",
    ),
    Post(
        "noor",
        238.6,
        "Made a map of places in town where you can sit down without buying anything. There are "
        "61, if you count the steps of the bank, and I count the steps of the bank.\n\n"
        "https://benches.example/sit-for-nothing #benches",
    ),
    Post(
        "okapi",
        245.9,
        "Wrote documentation today. Somewhere, in three years, a stranger sighs with relief and "
        "does not know my name. It is me. I am the stranger.",
    ),
    Post(
        "mirae",
        249.0,
        "Repotting day. Everyone is upset and everyone will be fine. Same as every move I ever "
        "made.",
    ),
    Post(
        "slowclock",
        260.0,
        "A child looked up today and said “it’s nearly now”. Best reading anyone has taken of me "
        "in years.",
    ),
    Post(
        "harbourlibrary",
        271.4,
        "A reader wishes to thank whoever wrote “keep going” in pencil on page 212 of the very "
        "long Russian one. So do we, in principle. Please use a bookmark.",
    ),
    Post(
        "donau",
        283.0,
        "Vereinsheim gestrichen. Farbton laut Eimer: „Maritim“. Farbton laut Sabine: „Zahnarzt“. "
        "Es wird diskutiert.",
    ),
    Post(
        "luznorte",
        296.7,
        "Encontré un guante en la cumbre. Lo dejé en una piedra con la mano hacia el valle, "
        "saludando. #montaña",
    ),
    Post(
        "nightbus",
        309.9,
        "00:41. New driver in training. She takes the corner at the mill so gently that the "
        "sleeping man only changed dreams.",
    ),
    Post(
        "qamar",
        322.5,
        "جارتي تسقي الياسمين ليلًا كي لا يراها أحدٌ وهي تكلّمه. نحن جميعًا نسمع، ونحن جميعًا "
        "نتظاهر بالنوم.",
    ),
    Post("okapi", 336.0, "“Quick question” is a unit of time equal to one afternoon."),
    Post(
        "solferro",
        349.2,
        "Three kids and one very patient father have built a tandem out of two half bicycles. It "
        "steers like a debate. We are so proud.",
    ),
    Post(
        "wren",
        363.0,
        "Diary, one line: the geese went over and everyone at the bus stop looked up and nobody "
        "said anything and then the bus came.",
    ),
    Post(
        "tobi_paper",
        377.7,
        "Typed, set, inked, proofed, printed 200. Then @okapi noticed that “peolpe” is not a "
        "word. It is now. Edition of 200, all of them rare. #zines",
    ),
    Post(
        "kaffeegraefin",
        392.1,
        "Wasser 93 Grad, Geduld 4 Minuten, Musik leise. Mehr weiß ich auch nicht, aber damit "
        "kommt man weit.",
    ),
    Post(
        "inesv",
        407.0,
        "A neighbour I have never met leaves the lift smelling of cardamom every Sunday. I hope "
        "their life is as good as it smells.",
    ),
    Post(
        "noor",
        422.4,
        "Found the town’s smallest street: eleven steps long, no doors, and a sign asking us not "
        "to play football in it. With whom? #benches",
    ),
    Post(
        "teo_bakes",
        438.8,
        "A gentleman buys one roll every morning and feeds exactly half to the jackdaw on the "
        "church wall. Today the jackdaw was there first. With a twig. I believe this was payment.",
    ),
    Post(
        "basil",
        455.0,
        "Is it me, or is the sun coming round earlier? It is the sun. It is always the sun. I "
        "checked with the thermometer.",
    ),
    Post(
        "mirae",
        472.6,
        "겨울 내내 죽은 줄 알았던 화분에서 새순이 났다. 버리려고 현관에 내놓은 지 석 달 만에. "
        "미안해서 제일 밝은 자리를 주었다. #식물",
    ),
    Post(
        "harbourlibrary",
        490.0,
        "Repair evening in numbers: 34 things came, 27 left working, 5 left as something else, 1 "
        "was not broken, 1 was a cat. #repaircafé",
    ),
    Post(
        "donau",
        508.3,
        "Wer einen Kesselanzug Größe 56 übrig hat, möge sich melden. Wer in Größe 56 hineinpasst "
        "und dienstags Zeit hat, erst recht. https://dampf.example/mitmachen",
    ),
    Post(
        "luznorte",
        527.0,
        "Hoy el guarda del refugio me ha dejado elegir el orden de las tazas. Llevo nueve años "
        "subiendo. Las he puesto por tamaño. Ha asentido. No puedo explicar lo que he sentido.",
    ),
    Post("slowclock", 546.0, "They oiled me. I feel like a much younger tower."),
    Post(
        "nightbus",
        565.5,
        "01:02. A grandmother taught the whole lower deck a song with eleven verses. We were at "
        "the terminus by verse six and nobody got off. #lastbus",
    ),
    Post(
        "okapi",
        585.8,
        "Every team has one person who knows how the printer works, and that person has learned "
        "never to say so.",
    ),
    Post(
        "qamar",
        606.0,
        "Two lamps on my street flicker at different speeds. Once a night, for a moment, they "
        "agree. I set my tea by it.",
    ),
    Post(
        "solferro",
        627.4,
        "How to look after your chain, in full: 1. Wipe it. 2. Oil it. 3. Wipe it again. 4. Tell "
        "nobody how easy it was, we have rent to pay.",
    ),
    Post(
        "wren",
        649.1,
        "Went to look for owls, found the people who look for owls. Eight of them in the dark "
        "with soup. Best owls I have ever seen. 🦉",
    ),
    Post("tobi_paper", 671.0, "Smell of the week: fresh soy ink and toast. #risograph"),
    Post(
        "kaffeegraefin",
        694.2,
        "Heute Probe der Blaskapelle nebenan. Der Milchschaum hat den Rhythmus übernommen. Ich "
        "lasse ihn.",
    ),
    Post(
        "inesv",
        717.7,
        "Things my mother has called the computer this week: the machine, the screen, “your "
        "colleague”.",
    ),
    Post(
        "noor",
        742.0,
        "The ferry was cancelled because of wind, so forty of us stood on the quay and watched "
        "the wind. It was pretty good wind. Someone had crisps. A retired teacher explained "
        "knots. I have been to worse festivals and paid for them.\n\n"
        "When the boat finally ran, half of us did not get on.",
    ),
    Post("teo_bakes", 767.3, "Cerrado mañana por motivos de dormir."),
    Post(
        "mirae",
        793.5,
        "Somebody left a monstera by the bins with a label: “too big, still kind”. It lives with "
        "me now and it is both.",
    ),
    Post(
        "harbourlibrary",
        820.0,
        "We are looking for the person who has been re-shelving the poetry by mood. Please come "
        "to the desk. We would like to offer you a job. "
        "https://harbourlibrary.example/work-with-us",
    ),
    Post(
        "basil",
        848.8,
        "A bee looked at me through the glass for a whole minute. We have an understanding. "
        "Summer.",
    ),
    Post(
        "donau",
        877.0,
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz hat 63 Buchstaben. "
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft hat 80, "
        "und ein Schiff. Wir gewinnen.",
    ),
    Post(
        "luznorte",
        906.6,
        "De noche, desde el collado, se ven siete pueblos. Uno siempre tiene una sola luz "
        "encendida. A veces pienso que también nos mira. ✨",
    ),
    Post("okapi", 936.9, "Read the whole manual. It ends happily."),
    Post(
        "nightbus",
        968.0,
        "00:39. Snow. Drove the whole line at the speed of a story. #lastbus #snow",
    ),
    Post("qamar", 999.4, "كتبتُ رسالةً طويلة ثم أرسلتُ منها سطرًا واحدًا: وصلتُ بخير. #رسائل"),
    Post(
        "solferro",
        1031.0,
        "A bell is not for saying “move”. It is for saying “hello, I am about to be where you "
        "are”. Different tone entirely. Practise at home.",
    ),
    Post(
        "wren",
        1063.7,
        "January, summarised: dark, soup, dark, robin, dark. The robin did a lot of the work.",
    ),
    Post(
        "slowclock",
        1097.0,
        "New Year was at 00:03, as every year. Thank you to everyone who waited for me. 🎆",
    ),
    Post("tobi_paper", 1131.2, "Resolution: fewer, better staples."),
    Post(
        "inesv",
        1166.0,
        "There is a man in our street who sings while he scrapes ice off cars. Not only his own. "
        "He has a good voice and no car.",
    ),
    Post(
        "kaffeegraefin",
        1201.9,
        "Das Jahr beginnt mit einer kaputten Mühle und einer sehr netten Mechanikerin (@solferro "
        "kann offenbar alles mit Rädern). Wir mahlen wieder.",
    ),
    Post(
        "noor",
        1238.0,
        "Hello, neighbours. I draw maps of small places: benches, shortcuts, trees with good "
        "shade. If you know one that should be on a map, tell me. If it should stay off the map, "
        "tell me twice. #benches",
    ),
    Post(
        "mirae",
        1275.5,
        "안녕하세요. 화분이 서른두 개 있는 작은 집에서 글을 씁니다. 화분 이름을 다 외우는 데 일 "
        "년이 걸렸고, 이웃 이름은 이제부터 외우려고 합니다. 👋",
    ),
    Post(
        "harbourlibrary",
        1313.0,
        "We have joined this place to tell you about books, tools and seeds. The kettle insisted "
        "on being mentioned. Opening hours: https://harbourlibrary.example/hours",
    ),
    Post(
        "teo_bakes",
        1352.8,
        "Primer día aquí. Vendo pan y escucho. El pan se acaba a las once, lo otro no.",
    ),
    Post("okapi", 1394.0, "First post. It had four drafts and a meeting."),
    Post(
        "wren",
        1437.3,
        "Is this thing on? There is a robin on the fence and I should like to tell somebody.",
    ),
)
