"""What the people of the demo town write to each other in private."""

from typing import NamedTuple


class Line(NamedTuple):
    author: str
    hours_ago: float
    text: str


class Talk(NamedTuple):
    """A conversation.

    :ivar others: whom the author of its first line writes to
    :ivar unread_by: who has not read its end
    """

    others: tuple[str, ...]
    lines: tuple[Line, ...]
    unread_by: tuple[str, ...] = ()


CONVERSATIONS = (
    Talk(
        ("noor",),
        (
            Line(
                "donau",
                242.0,
                "Die "
                "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft "
                "lässt grüßen und fragt, ob die Bank am Anleger schon eine Nummer hat.",
            ),
            Line("noor", 240.5, "Nummer 21. Ich hoffe, das Schild ist lang genug."),
            Line("donau", 240.1, "Es ist ein sehr langes Schild."),
        ),
    ),
    Talk(
        ("qamar",),
        (
            Line("noor", 96.2, "The map is in the post. I folded it towards the moon."),
            Line("qamar", 94.7, "شكرًا على الخريطة، وصلت كاملة."),
        ),
    ),
    Talk(
        ("wren", "inesv", "noor"),
        (
            Line("wren", 51.0, "Saturday walk: who is in? I bring the towel, for the bench."),
            Line("inesv", 50.6, "In. I bring numbers. Somebody else please bring soup."),
            Line("noor", 50.1, "In. The route avoids bench 11, out of respect."),
            Line("wren", 49.8, "Soup, then. It will be soup 48."),
        ),
    ),
    Talk(
        ("noor",),
        (
            Line(
                "harbourlibrary",
                27.4,
                "Your reserved book has arrived. It is the one about benches; we had to read it "
                "first, for which we apologise.",
            ),
        ),
    ),
    Talk(
        ("noor",),
        (
            Line(
                "tobi_paper",
                26.3,
                "I keep looking at your bench map. Have you ever thought about printing it?",
            ),
            Line(
                "tobi_paper", 26.2, "Two colours. Benches in orange, water in blue, nothing else."
            ),
            Line(
                "noor",
                25.9,
                "I have thought about nothing else since Tuesday. How big can you go?",
            ),
            Line(
                "tobi_paper",
                2.6,
                "A3, folded twice, so it fits a coat pocket. I can do a hundred on the leftover "
                "stock if you bring biscuits.",
            ),
            Line("noor", 0.5, "Biscuits are not a problem. Yellow cover?"),
            Line("noor", 0.4, "The yellow of the ferry, not the yellow of the bus. This matters."),
            Line("tobi_paper", 0.2, "Then it is settled: folded twice, yellow cover."),
        ),
    ),
    Talk(
        ("mirae",),
        (
            Line("noor", 1.8, "I have three tomato seedlings too many. Is there room for them?"),
            Line("mirae", 1.2, "There is always room. 화분은 제가 준비할게요."),
            Line("mirae", 1.1, "고마워요! 모종은 토요일에 가져갈게요 🌱"),
        ),
        unread_by=("noor",),
    ),
    # She does not follow them: they wait as requests.
    Talk(
        ("noor",),
        (
            Line(
                "nightbus",
                5.2,
                "Do your maps have stops? I know of one that is not on any. It has a bench, too.",
            ),
        ),
        unread_by=("noor",),
    ),
    Talk(
        ("noor",),
        (Line("basil", 30.5, "Is there a map of windowsills? Asking for a herb."),),
        unread_by=("noor",),
    ),
    Talk(
        ("luznorte",),
        (
            Line("teo_bakes", 8.1, "¿Subes mañana? Te guardo dos barras y una opinión."),
            Line("luznorte", 7.7, "Subo. La opinión, bien tostada."),
        ),
    ),
)
