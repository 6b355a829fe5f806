import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.text import (
    EXCERPT,
    InvalidText,
    clean_name,
    clean_text,
    excerpt,
    is_blank,
    is_bounded,
    length,
)
from app.tests.growth import is_linear

FAMILY = "👨‍👩‍👧‍👦"
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


def test_text_is_composed():
    assert clean_text("cafe\u0301", multiline=True) == "caf\u00e9"


def test_line_ends_become_newlines():
    assert clean_text("a\r\nb\rc\u2028d", multiline=True) == "a\nb\nc\nd"


def test_outer_white_space_is_stripped():
    assert clean_text(" \n\u3000 a b \t\r\n", multiline=True) == "a b"


def test_one_blank_line_stays_and_many_become_one():
    assert clean_text("a\n\nb\n \n\t\nc\n\n\n\n\nd", multiline=True) == "a\n\nb\n\nc\n\nd"
    assert clean_text("a\n\n\nb", multiline=True) == "a\n\nb"


def test_white_space_within_a_line_of_a_post_stays():
    assert clean_text("a   b\tc", multiline=True) == "a   b\tc"


def test_white_space_of_a_single_line_is_collapsed():
    assert clean_text("  a \u00a0 b  ", multiline=False) == "a b"


@pytest.mark.parametrize("end", ["\n", "\t", "\r\n"])
def test_a_single_line_holds_neither_tab_nor_line_end(end):
    with pytest.raises(InvalidText) as caught:
        clean_text(f"a{end}Bcc: b", multiline=False)

    assert caught.value.code == "control"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\0b", "control"),
        ("a\x1bb", "control"),
        ("a\x7fb", "control"),
        ("a\x85b", "control"),
        ("a\ud800b", "unicode"),
        ("a\udc00", "unicode"),
        ("a\ufffeb", "unicode"),
        ("a\U0010ffffb", "unicode"),
        ("a\ufdd0b", "unicode"),
        ("a" + "\u0301" * 1000, "marks"),
        ("a" + "\u0301\u200d" * 500, "marks"),
    ],
)
@pytest.mark.parametrize("multiline", [True, False])
def test_what_is_no_text_is_refused_with_its_reason(text, code, multiline):
    with pytest.raises(InvalidText) as caught:
        clean_text(text, multiline=multiline)

    assert caught.value.code == code


def test_thirty_marks_on_one_letter_are_let_pass_and_no_more():
    assert length(clean_text("x" + "\u0316" * 30, multiline=True)) == 1
    with pytest.raises(InvalidText):
        clean_text("x" + "\u0316" * 31, multiline=True)


@pytest.mark.parametrize(
    "text", ["", " \n ", "\u200b", "\u3164", "\u2800", "\u0301", "\ufeff\u2060"]
)
def test_text_that_cannot_be_seen_counts_as_empty(text):
    assert clean_text(text, multiline=True) == ""


@pytest.mark.parametrize("text", ["a", "미", "½", "!", "👍", "\ue000", "e\u0301", "\u0627", "₩"])
def test_what_leaves_ink_is_not_blank(text):
    assert not is_blank(text)


@pytest.mark.parametrize("text", [FAMILY, "🏳️‍🌈", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "👩🏽‍🚀", "می‌خواهم", "ශ්‍රී"])
def test_emoji_and_words_made_with_joiners_round_trip(text):
    assert clean_text(text, multiline=True) == text
    assert clean_name(text) == text


def test_text_may_turn_its_direction_but_a_name_may_not():
    assert clean_text("a\u202eb", multiline=True) == "a\u202eb"
    with pytest.raises(InvalidText) as caught:
        clean_name("a\u202eb")

    assert caught.value.code == "bidi"


@pytest.mark.parametrize(
    "mark", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069"
)
def test_no_bidi_control_is_let_into_a_name(mark):
    with pytest.raises(InvalidText):
        clean_name(f"Noor{mark}")


@pytest.mark.parametrize(
    "name",
    ["\u200b", "\u200d\u200d", "\u3164", "\uffa0", "\u115f", "\u2800", "\u0301\u0302", "\u00ad"],
)
def test_a_name_that_cannot_be_seen_is_refused(name):
    with pytest.raises(InvalidText) as caught:
        clean_name(name)

    assert caught.value.code == "invisible"


def test_no_name_at_all_is_no_error():
    assert clean_name("  ") == ""


def test_names_in_any_script_are_let_pass():
    for name in ["Wren 🌿", "미래", "قمر", "Zoë  O’Neill", "अनीता"]:
        assert clean_name(name) == " ".join(name.split())


# The numbers are those of Intl.Segmenter in Chromium.
@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("", 0),
        ("abc", 3),
        ("e\u0301", 1),
        (FAMILY, 1),
        ("👩🏽‍🚀👍🏿", 2),
        ("🇩🇪🇫🇷", 2),
        ("🇩🇪🇫", 2),
        ("a🇩🇪b🇫🇷🇪🇸", 5),
        ("🏴󠁧󠁢󠁷󠁬󠁳󠁿", 1),
        ("각", 1),
        ("\u1100\u1161\u11a8", 1),
        ("नमस्ते", 3),
        ("a\nb", 3),
        ("1️⃣#️⃣", 2),
    ],
)
def test_length_counts_characters_as_a_reader_does(text, characters):
    assert length(text) == characters


def test_text_of_just_the_greatest_length_is_bounded():
    assert is_bounded(FAMILY * 500, 500)
    assert not is_bounded(FAMILY * 501, 500)
    assert not is_bounded("a" * 501, 500)


def test_many_marks_cannot_hide_in_one_character():
    pile = "a" + "\u0301" * 1000

    assert length(pile) == 1
    assert not is_bounded(pile, 100)


@pytest.mark.parametrize(
    "unit",
    ["a", "\u0301\u0316", "🇩", FAMILY, " ", "\n", " \n", "a\u0301\u0316", "\u200b", "👨\u200d"],
)
def test_cleaning_takes_linear_time(unit):
    def clean(size: int) -> None:
        text = (unit * size)[:size]
        with contextlib.suppress(InvalidText):
            clean_text(text, multiline=True)
        is_bounded(text, 500)
        length(text)

    assert is_linear(clean, 20_000)


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text):
    try:
        once = clean_text(text, multiline=True)
    except InvalidText:
        return

    assert clean_text(once, multiline=True) == once


@given(ANY_TEXT)
def test_a_clean_name_is_a_clean_name(text):
    try:
        once = clean_name(text)
    except InvalidText:
        return

    assert clean_name(once) == once
    assert "\n" not in once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, ""),
        ("One\n\nline  of it", "One line of it"),
        ("soup " * 40, ("soup " * 40).strip()),
        ("ab" + "soup " * 40, "ab" + "soup " * 38 + "soup…"),
        ("a" * 195 + " soup soup", "a" * 195 + " soup…"),
        ("a" * 196 + " soup", "a" * 196 + "…"),
    ],
)
def test_an_excerpt_is_one_line_that_ends_with_a_word(text, shown):
    assert excerpt(text) == shown


def test_an_excerpt_without_spaces_ends_with_a_whole_character():
    assert excerpt("한" * 300) == "한" * (EXCERPT - 1) + "…"
    cut = excerpt(FAMILY * 40)
    assert cut == FAMILY * (len(cut) // len(FAMILY)) + "…"
