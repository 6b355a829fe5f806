import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import rendering
from app.services.rendering import normalise_tag, plain_text, render
from app.tests.growth import is_linear

PEOPLE = {"noor": "Noor", "wren": "wren", "tobi_paper": "Tobi_Paper"}
CHARACTERS = "@#/.:&<>\"'`\\_-a1é날\u0301\u200d\u202e\xa0?=()[]%ﷺ\u017f\u0345İ \n\t"
WORDS = """
@noor @WREN #tag ＃tag http:// https://a.com/ www.a.com a@b.com //a.com javascript: ＃ 5
"""
PIECES = st.sampled_from([*CHARACTERS, *WORDS.split(), "\n\n"])


def known(names):
    return {name: PEOPLE[name] for name in names if name in PEOPLE}


def html(source):
    return render(source, known).html


def links(source):
    return re.findall(r'<a href="([^"]*)"', html(source))


# Paragraphs and escaping


def test_blank_lines_make_paragraphs_and_line_ends_make_breaks():
    assert html("a\nb\n\nc") == "<p>a<br>b</p><p>c</p>"


def test_many_blank_lines_make_no_empty_paragraph():
    assert html("\n\na\n\n \n\t\nb\n\n") == "<p>a</p><p>b</p>"


def test_no_text_is_no_html():
    assert render(" \n ", known) == rendering.Rendered(html="", mentions=(), tags=())


def test_markup_and_template_syntax_are_shown_as_typed():
    assert (
        html('"><svg/onload=1>{{7*7}} &amp;') == '<p>"&gt;&lt;svg/onload=1&gt;{{7*7}} &amp;amp;</p>'
    )


def test_text_that_turns_its_direction_is_kept_within_its_paragraph():
    assert html("a\u202eb\n\nc") == "<p>a\u202eb</p><p>c</p>"


# Links


def test_a_link_is_shown_without_its_scheme():
    assert html("See https://town.example/benches.") == (
        '<p>See <a href="https://town.example/benches" rel="ugc noopener" dir="ltr">'
        "town.example/benches</a>.</p>"
    )


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("http://town.example", "http://town.example"),
        ("HTTPS://Town.Example/A", "HTTPS://Town.Example/A"),
        ("town.org", "https://town.org"),
        ("www.town.org/a?b=1&c=2#d", "https://www.town.org/a?b=1&amp;c=2#d"),
        ("ourtown.club", "https://ourtown.club"),
        ("(https://town.example/a_(b))", "https://town.example/a_(b)"),
        ("https://münchen.example/straße", "https://münchen.example/straße"),
        ("«https://town.example/a», he said", "https://town.example/a"),
        ("「https://town.example/a」について", "https://town.example/a"),
        ("https://town.example/@noor/#benches", "https://town.example/@noor/#benches"),
        ("날씨: https://town.example", "https://town.example"),
    ],
)
def test_addresses_become_links(typed, address):
    assert links(typed) == [address]


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVa\tScript:alert(1)",
        "javascript://town.com/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "ftp://town.com/a",
        "//town.com/a",
        "mailto:noor@town.com",
        "noor@town.com",
        "https://bank.com@thief.com/",
        "https://bank.com:secret@thief.com/",
        "https://bank.com\\@thief.com/",
        "https://town.com:99999/",
        "https://999.1.1.1/",
        "https://",
        "1.5",
        "README.txt",
        "end.Start",
    ],
)
def test_other_schemes_addresses_and_traps_become_no_links(typed):
    assert "<a" not in html(typed)


def test_quotes_cannot_leave_an_address():
    markup = html("https://town.example/\"onmouseover='alert(1)`<b>")

    assert attributes(markup) <= {"href", "rel", "dir", "title"}


def test_a_quoted_part_of_an_address_is_encoded():
    assert links('https://town.example/"onclick=alert(1)"') == [
        "https://town.example/%22onclick=alert(1)%22"
    ]


def test_a_long_address_is_shortened_and_kept_whole_in_the_title():
    address = "https://town.example/" + "a" * 60

    assert html(address) == (
        f'<p><a href="{address}" rel="ugc noopener" dir="ltr" title="{address}">'
        f"town.example/{'a' * 26}…</a></p>"
    )


def test_the_host_is_never_shortened():
    host = "www.bank.example." + "a" * 50 + ".thief.example"

    assert f">{host}…</a>" in html(f"https://{host}/login")


def test_a_mark_that_turns_direction_ends_a_link():
    assert links("https://town.example/\u202emoc.knab") == ["https://town.example/"]


def test_a_lone_slash_is_not_shown():
    assert ">town.example</a>" in html("https://town.example/")


# Mentions


@pytest.mark.parametrize(
    "typed",
    [
        "@noor",
        "(@noor)",
        "“@noor”",
        ".@noor",
        "@noor.",
        "안녕@noor",
        "@noor의",
        "こんにちは@noorさん",
        "—@noor!",
    ],
)
def test_a_mention_links_to_its_page(typed):
    assert '<a class="mention" href="/@Noor" dir="ltr">@noor</a>' in html(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "x@noor",
        "é@noor",
        "1@noor",
        "_@noor",
        "/@noor",
        "@@noor",
        "@noor@other.example",
        "@noorx",
        "@nооr",  # with a Cyrillic letter
        "@noor\u0301",
        "me@noor.com",
        "https://town.example/@noor",
        "＠noor",
    ],
)
def test_what_only_resembles_a_mention_stays_text(typed):
    assert render(typed, known).mentions == ()


def test_a_mention_is_shown_as_typed_and_leads_to_the_owner_s_spelling():
    rendered = render("@WREN @TOBI_paper", known)

    assert 'href="/@wren" dir="ltr">@WREN<' in rendered.html
    assert 'href="/@Tobi_Paper" dir="ltr">@TOBI_paper<' in rendered.html
    assert rendered.mentions == ("wren", "tobi_paper")


def test_nobody_s_name_stays_text():
    assert html("@nobody") == "<p>@nobody</p>"


def test_names_are_asked_for_once_and_each_once():
    asked = []

    def resolve(names):
        asked.append(list(names))
        return known(names)

    rendered = render("@noor @nobody @Noor @wren", resolve)

    assert asked == [["noor", "nobody", "wren"]]
    assert rendered.mentions == ("noor", "wren")


def test_nobody_is_asked_for_when_there_are_no_names():
    render("no names, me@town.com", lambda names: pytest.fail("asked"))


def test_only_fifty_names_are_asked_for():
    everybody = " ".join(f"@user_{i}" for i in range(60))
    rendered = render(everybody, lambda names: {name: name for name in names})

    assert rendered.mentions == tuple(f"user_{i}" for i in range(50))
    assert rendered.html.endswith(" @user_59</p>")


# Hashtags


@pytest.mark.parametrize(
    ("typed", "tag", "path"),
    [
        ("#benches", "benches", "/tags/benches"),
        ("#RepairCafé!", "repaircafé", "/tags/repaircaf%C3%A9"),
        ("#repaircafe\u0301", "repaircafé", "/tags/repaircaf%C3%A9"),
        ("(#montaña)", "montaña", "/tags/monta%C3%B1a"),
        ("#날씨", "날씨", "/tags/%EB%82%A0%EC%94%A8"),
        ("＃ＤＥ", "de", "/tags/de"),
        ("#Straße", "strasse", "/tags/strasse"),
        ("#2024review", "2024review", "/tags/2024review"),
        ("#last_bus", "last_bus", "/tags/last_bus"),
        ("#می‌خواهم", "می‌خواهم", "/tags/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85"),
        ("#last\u200cbus", "lastbus", "/tags/lastbus"),
        ("#हिन्दी", "हिन्दी", "/tags/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80"),
        ("#" + "a" * 60, "a" * 60, "/tags/" + "a" * 60),
    ],
)
def test_a_hashtag_links_to_its_page(typed, tag, path):
    rendered = render(typed, known)

    assert rendered.tags == (tag,)
    assert f'<a class="hashtag" href="{path}">' in rendered.html


@pytest.mark.parametrize(
    "typed",
    [
        "#1",
        "#2024",
        "#_",
        "#",
        "##",
        "#️⃣",
        "a#b",
        "é#b",
        "&#39;",
        "&#x27;",
        "/#top",
        "#-a",
        "#" + "a" * 61,
        "#ﷺ",
    ],
)
def test_what_only_resembles_a_hashtag_stays_text(typed):
    assert render(typed, known).tags == ()
    assert "<a" not in html(typed)


def test_a_hashtag_is_shown_as_typed():
    assert ">#LastBus</a>" in html("#LastBus")


def test_tags_come_once_and_in_order():
    assert render("#b #a #B #c", known).tags == ("b", "a", "c")


def test_only_fifty_tags_count():
    rendered = render(" ".join(f"#tag{i}" for i in range(60)), known)

    assert rendered.tags == tuple(f"tag{i}" for i in range(50))


@pytest.mark.parametrize(
    "name", ["", "1", "a b", "a-b", "a/b", "a\0", "a" * 61, "<b>", "ﷺ", "\u0301", "../x"]
)
def test_what_is_no_tag_has_no_normal_form(name):
    assert normalise_tag(name) is None


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("caf\u00e9\u200cs", "caf\u00e9s"),
        ("cafe\u0301\u200cs", "caf\u00e9s"),
        ("x\u0331\u200cy", "x\u0331y"),
        ("\u1fe3a", "\u03b0a"),  # unfolds into three, and is composed again
        ("\u0dc1\u0dca\u200d\u0dbb", "\u0dc1\u0dca\u200d\u0dbb"),  # the joiner spells Sri
    ],
)
def test_tags_that_read_alike_have_one_form(name, tag):
    assert normalise_tag(name) == tag


@given(st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "Pc", "Cf"]), max_size=20))
def test_a_normal_form_is_its_own_normal_form(name):
    tag = normalise_tag(name)

    assert tag is None or normalise_tag(tag) == tag


@given(st.text(st.characters(codec="utf-8", categories=["L", "M", "Nd"]), min_size=1, max_size=20))
def test_a_normal_form_can_be_written_in_a_post(name):
    tag = normalise_tag(name)

    assert tag is None or render(f"#{tag}", known).tags == (tag,)


# The second wall, and bounds


@given(st.lists(PIECES, max_size=30).map("".join))
def test_the_second_wall_changes_nothing(source):
    built = []

    class Wall:
        def clean(self, markup):
            built.append(markup)
            return cleaner.clean(markup)

    cleaner = rendering._cleaner
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "_cleaner", Wall())
        cleaned = html(source)

    assert cleaned == built[-1]


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_is_typed_only_our_own_markup_comes_out(source):
    markup = html(source)

    assert set(re.findall(r"</?(\w+)", markup)) <= {"p", "br", "a"}
    assert attributes(markup) <= {"href", "rel", "dir", "title", "class"}
    for address in re.findall(r'href="([^"]*)"', markup):
        assert re.match(r"(?i)https?://|/@\w+$|/tags/[^/?#]+$", address)


@pytest.mark.parametrize(
    "unit",
    [
        "@",
        "#",
        "/",
        ".",
        "&",
        "<",
        "(",
        "\n",
        "@noor ",
        "@noor",
        "@a b@",
        "#1",
        "#_",
        "#a#",
        "#a ",
        "#\u200c",
        "a@",
        "www.",
        "http:",
        "http://",
        "https://town.com/(",
        "http://a.com/.",
        "https://a.io ",
        "a.com ",
        "a" * 5000,
        "a\u0301",
        "\u0301",
        "https://a.com/\u0301",
        "x" * 5000 + " @noor ",
        "\u202e",
        "\n ",
    ],
)
def test_rendering_takes_linear_time(unit):
    assert is_linear(lambda size: html((unit * size)[:size]), 10_000)


def test_ten_thousand_mentions_ask_for_fifty_names():
    asked: list[str] = []

    def resolve(names):
        asked.extend(names)
        return {}

    render(" ".join(f"@user_{i}" for i in range(10_000)), resolve)

    assert len(asked) == 50


# Plain text


def test_plain_text_is_one_line_without_markup():
    markup = html("Hi @noor,\nsee https://town.example/a?b=1&c\n\n1 < 2 & #benches")

    assert plain_text(markup) == "Hi @noor, see town.example/a?b=1&c 1 < 2 & #benches"


def test_plain_text_turns_no_direction():
    assert plain_text(html("a\u202eb")) == "ab"


def attributes(markup):
    found: set[str] = set()

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.update(name for name, _ in attrs)

    Parser().feed(markup)
    return found
