"""The people of the demo town."""

from app.cli.town import Person

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
