"""What the people of the demo town wrote lately, and all that they wrote."""

from app.cli.town import Post
from app.cli.town_past import PAST

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
    *PAST,
)
