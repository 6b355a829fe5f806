"""What the demo town talks about: conversations, pictures, and posts that are not for everybody."""

from app.cli.town import Post
from app.models import Visibility

# What somebody replies to, by name, stands above the reply.
TALK = (
    Post(
        "noor",
        6.6,
        "Drew a map of every bench between my flat and the ferry. There are 34.",
        name="bench map",
        reposted_by=(("inesv", 2.1), ("harbourlibrary", 1.9)),
    ),
    Post(
        "tobi_paper",
        0.52,
        "I would print that bench map. Two colours, folded to fit a coat pocket.",
        reply_to="bench map",
    ),
    Post(
        "kaffeegraefin",
        5.0,
        "@noor Bank Nummer 17 hat jetzt auch eine Steckdose. "
        "Entwicklungszusammenarbeitsministerium? Nein: der Kiosk.",
    ),
    Post(
        "noor",
        4.8,
        "Does anybody know who waters the hydrangea at the old lock? It is in better shape than "
        "I am. #benches",
        name="hydrangea",
        pictures=(("canal", "The canal at dusk: a heron on the bank, a low sun between roofs."),),
        liked_by=("wren", "inesv", "okapi", "harbourlibrary", "mirae", "qamar", "teo_bakes"),
        reposted_by=(("inesv", 3.6),),
        kept_by=("wren",),
    ),
    Post(
        "inesv",
        4.6,
        "The man who sells tickets for the boat. He says it was there before the boat.",
        name="ticket man",
        reply_to="hydrangea",
        liked_by=("noor", "wren"),
    ),
    Post(
        "noor",
        4.5,
        "He says that about everything. Last week it was the river.",
        name="river",
        reply_to="ticket man",
        liked_by=("inesv", "okapi", "nightbus"),
    ),
    Post(
        "nightbus",
        4.3,
        "I can confirm. At one in the morning he also waters the timetable.",
        name="timetable",
        reply_to="river",
        liked_by=("noor", "inesv", "slowclock"),
    ),
    Post(
        "slowclock",
        4.1,
        "Which explains why it grows.",
        name="it grows",
        reply_to="timetable",
        liked_by=("nightbus", "okapi"),
    ),
    Post("nightbus", 4.0, "By three minutes a year, I have noticed.", reply_to="it grows"),
    Post(
        "basil",
        4.4,
        "Somebody is watered at night and I have to hear of it here.",
        name="jealous",
        reply_to="hydrangea",
        liked_by=("mirae", "wren", "kaffeegraefin"),
    ),
    Post("mirae", 4.2, "물은 아침에 줬잖아. 기억 안 나?", name="morning", reply_to="jealous"),
    Post("basil", 3.9, "I remember a drizzle.", reply_to="morning", liked_by=("mirae",)),
    Post(
        "luznorte",
        9.6,
        "Segundo día. El refugio estaba cerrado, la vista no. Cuatro fotos y ninguna cuesta tanto "
        "como parece. #montaña",
        pictures=(
            ("hills", "Colinas azules al amanecer, con un sol rojo."),
            ("peaks", "Dos picos nevados sobre un valle verde."),
            ("window", "Una ventana con una planta en el alféizar."),
            ("bread", "Un pan redondo con tres cortes."),
        ),
        liked_by=("teo_bakes", "noor", "wren", "qamar"),
        reposted_by=(("solferro", 8.2),),
    ),
    Post(
        "teo_bakes",
        12.9,
        "Hoy el pan ha salido con cara. Dos hornadas, dos opiniones.",
        pictures=(
            ("bread", "Un pan redondo con tres cortes, como una sonrisa."),
            ("loaves", "Tres panes en una bandeja."),
        ),
        liked_by=("luznorte", "kaffeegraefin", "basil"),
    ),
    Post(
        "tobi_paper",
        14.2,
        "Three prints, three colours, one deadline. The third one is the deadline. #risograph",
        pictures=(
            ("print", "A print of two overlapping circles, red and blue, over a yellow bar."),
            ("window", "The same shapes as a window at night, with a plant on its sill."),
            ("hills", "Hills in four blues under a red sun."),
        ),
        liked_by=("wren", "okapi", "noor", "harbourlibrary"),
        kept_by=("noor",),
    ),
    Post(
        "solferro",
        17.3,
        "What is left of the wheel that met the tram. It felt nothing. Its owner did.",
        warning="A bent bicycle wheel",
        sensitive=True,
        pictures=(("wheel", "A bicycle wheel, no longer round, with some spokes missing."),),
        liked_by=("harbourlibrary", "donau"),
    ),
    Post(
        "wren",
        19.1,
        "The owl in the churchyard has had its supper. I will spare you the guest list.",
        warning="Nature, doing what it does",
        liked_by=("inesv", "mirae"),
    ),
    Post(
        "harbourlibrary",
        23.4,
        "The kettle is back from the repair evening, and it whistles in tune now. Opening hours as "
        "ever: ten to eight, Mondays from noon.",
        formerly="The kettle is back from the repair evening, and it whistles in tune now. Opening "
        "hours as ever: ten to eight, Mondays never.",
        pinned=True,
        pictures=(("tools", "A spanner, a screwdriver and a brush on a green wall."),),
        liked_by=("noor", "tobi_paper", "solferro", "donau", "mirae", "kaffeegraefin"),
        reposted_by=(("noor", 22.6),),
    ),
    Post(
        "okapi",
        25.2,
        "For those who have a key: the members’ room smells of paint until Friday. It is a good "
        "paint. Bring a scarf anyway.",
        visibility=Visibility.MEMBERS,
        liked_by=("noor", "inesv"),
    ),
    Post(
        "noor",
        28.9,
        "Between us: the next walk begins at bench 12, not bench 11. Bench 11 is wet, and vain "
        "about it.",
        visibility=Visibility.FOLLOWERS,
        name="next walk",
        liked_by=("wren", "okapi"),
    ),
    Post(
        "wren",
        28.4,
        "I shall bring a towel, for the bench.",
        reply_to="next walk",
        visibility=Visibility.FOLLOWERS,
    ),
    Post(
        "inesv",
        30.1,
        "@noor I have counted the herons for your map: nine, or one, walking fast.",
        visibility=Visibility.DIRECT,
    ),
    Post(
        "kaffeegraefin",
        34.7,
        "Gestern hat mich jemand gefragt, ob der Kaffee „von hier“ sei. Ich habe auf die Maschine "
        "gezeigt und gesagt: die letzten dreißig Zentimeter schon.",
        name="von hier",
        liked_by=("donau", "teo_bakes", "tobi_paper"),
        reposted_by=(("donau", 33.2),),
    ),
    Post("donau", 34.1, "Regionaler wird es nur noch mit Dampf.", reply_to="von hier"),
    Post(
        "qamar",
        37.5,
        "سألني القمر الليلة: لماذا لا تنام؟ قلت له: ومن يردّ عليك إذا نمت؟",
        name="moon",
        liked_by=("mirae", "nightbus", "noor", "inesv", "luznorte"),
        kept_by=("mirae", "noor"),
    ),
    Post("mirae", 37.0, "번역해서 벽에 붙여 두었어요.", reply_to="moon", liked_by=("qamar",)),
)
