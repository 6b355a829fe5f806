import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import names
from app.services.names import RESERVED, InvalidName, check, is_reserved, suggestions


@pytest.mark.parametrize(
    "name", ["ab", "wren", "Tobi_Paper", "_okapi_", "14", "a" * 30, "adam", "modest"]
)
def test_letters_digits_and_underscores_make_a_name(name):
    check(name)


@pytest.mark.parametrize(
    "name",
    [
        "wr en",
        "wren\n",
        "wr-en",
        "wr.en",
        "wr\0en",
        "wr\u200ben",  # zero width space
        "\u202ewren",
        "ｗｒｅｎ",  # full width
        "wrеn",  # with a Cyrillic letter
        "wrén",
        "١٢٣",
        "../etc",
        '"><svg/onload=1>',
        "미래",
    ],
)
def test_other_characters_are_refused(name):
    with pytest.raises(InvalidName) as caught:
        check(name)

    assert caught.value.code == "characters"


@pytest.mark.parametrize("name", ["", "a", "a" * 31, "a" * 5000])
def test_too_short_and_too_long_names_are_refused(name):
    with pytest.raises(InvalidName) as caught:
        check(name)

    assert caught.value.code == "length"


@pytest.mark.parametrize(
    "name", ["admin", "Admin", "API", "well_known", "me", "null", "posts", "tags", "settings"]
)
def test_addresses_and_words_of_the_site_are_kept_back(name):
    with pytest.raises(InvalidName) as caught:
        check(name)

    assert caught.value.code == "reserved"


@pytest.mark.parametrize(
    "name", ["adm1n", "r00t", "_admin_", "a_d_m_i_n", "5upp0rt", "M0D", "0wner", "AdmlN", "s7aff"]
)
def test_names_that_look_like_staff_are_kept_back(name):
    assert is_reserved(name)


def test_every_reserved_name_could_be_typed():
    assert [name for name in RESERVED if name != name.lower() or not name.isascii()] == []


def test_a_taken_name_gives_six_others():
    assert suggestions("wren") == [
        "wren_",
        "wren2",
        "the_wren",
        "wren_notes",
        "wren_here",
        "just_wren",
    ]


def test_suggestions_for_the_longest_names_are_not_longer():
    assert {len(suggestion) for suggestion in suggestions("a" * 30)} == {30}


def test_a_reserved_name_is_never_suggested(monkeypatch):
    monkeypatch.setattr(names, "RESERVED", frozenset({"wren2"}))

    assert "wren2" not in suggestions("wren")


def test_staff_names_give_no_suggestions():
    assert suggestions("adm1n") == []


@given(st.text(st.sampled_from("abmodt01_ é"), max_size=40))
def test_every_suggestion_may_be_had(name):
    for suggestion in suggestions(name):
        check(suggestion)


@given(st.from_regex(r"\A[a-z]{2,30}\Z"))
def test_suggestions_differ_from_the_name_and_from_each_other(name):
    ideas = suggestions(name)

    assert len({name, *ideas}) == len(ideas) + 1
