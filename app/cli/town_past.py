"""What the people of the demo town wrote some time ago."""

from app.cli.town import Post

PAST = (
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
