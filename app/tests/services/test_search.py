"""Searching posts: what is found, by whom, and for how long."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.database import begin_reading, begin_writing
from app.database.deadline import TookTooLong, time_limit
from app.extensions import db
from app.models import PostWords, TagWords, UserWords, Visibility
from app.services import (
    accounts,
    deletions,
    edits,
    posts,
    search,
    search_language,
    search_names,
    usernames,
)
from app.services import search_statements as statements
from app.services.contents import Content
from app.tests.factories import make_post, make_user
from app.tests.pictures import make_picture

# What is posted, by the name it has below.
POSTS = {
    "pier": "From the pier you can see the Lighthouse, and the other lighthouse. #Harbour_View",
    "bus": "The night bus is late. Don't wait for the bus at night.",
    "café": "Un café, l’été, à la plage ŁÓDŹ #Café",
    "cafe": "One cafe, no accents; see https://example.org/menu",
    "korean": "등대에서 커피를 마셨다",
    "japanese": "富士山に登った。ラーメンも食べた",
    "chinese": "我们今天去了北京大学",
    "thai": "ภาษาไทยไม่ยาก",
    "wide": "ＦＵＬＬ　ＷＩＤＴＨ ｶﾞｽ",
    "german": "Die Straße nach Ørsted",
    "emoji": "Plants 🌿 and 🇰🇷",
    "marks": "100% of C++ users say a_b & c:d 'quoted' \\ back",
}
SEARCHES = {
    "lighthouse": "pier",
    "LIGHTHOUSE other": "pier",
    "lighthouse bus": "",
    "night": "bus",
    '"night bus"': "bus",
    '"bus night"': "",
    "“the night bus”": "bus",
    "don't": "bus",
    "the -bus": "pier",
    'the -"night bus"': "pier",
    "cafe": "café cafe",
    "CAFÉ": "café cafe",
    "ete lodz": "café",
    "#cafe": "café",
    "#harbour_view": "pier",
    "#harbour": "",
    "harbour": "pier",
    "등대": "korean",
    "커피": "korean",
    "大学": "chinese",
    "京大": "chinese",
    "大": "chinese",
    "学": "chinese",
    "富士山": "japanese",
    "富山": "",
    "ラーメン": "japanese",
    "らーめん": "",
    '"山に 登った"': "",
    "ไทย": "thai",
    "full width": "wide",
    "ガス": "wide",
    "strasse orsted": "german",
    "🌿": "emoji",
    "🇰🇷": "emoji",
    "100%": "marks",
    "c++": "marks",
    "has:link": "cafe",
    "has:nothing": "",
    "example.org": "cafe",
    "from:@Susan pier": "pier",
    "from:susan lang:ko": "",
    "-lang:en -커피": "japanese",
    "from:@john night": "bus",
    "from:@nobody the": "",
    "-from:@susan the": "bus",
    "before:2020 lighthouse": "",
    "after:2020 lighthouse": "pier",
    "lang:ko": "korean",
    "is:post": "",
    "from:1": "",
}
JOHNS = {"bus", "korean"}


NO_QUOTES = str.maketrans(dict.fromkeys('"“”„‟«»\uff02「」『』', " "))


def keys_of(viewer, typed, *, find=search.newest, before=None):
    page = find(viewer, search_language.parse(typed), before)
    return [row.id for row in page.items]


@pytest.fixture
def town(susan, john):
    """Return the ids of the posts, by name."""
    languages = {"korean": "ko", "japanese": "ja"}
    return {
        name: make_post(
            john if name in JOHNS else susan, text, language=languages.get(name, "en")
        ).id
        for name, text in POSTS.items()
    }


def test_each_search_finds_what_it_says_and_nothing_else(town, susan):
    names = {id_: name for name, id_ in town.items()}
    for find in (search.newest, search.best):
        found = {
            typed: {names[id_] for id_ in keys_of(susan, typed, find=find)} for typed in SEARCHES
        }

        assert found == {typed: {*wanted.split()} for typed, wanted in SEARCHES.items()}


def found(typed, viewer=None, find=search.newest):
    return keys_of(viewer, typed, find=find)


def people_found(typed):
    page = search_names.people(None, search_language.parse_names(typed, "@"))
    return [row.username for row in page.items]


def tags_found(typed, viewer=None):
    page = search_names.tags(viewer, search_language.parse_names(typed, "#"))
    return [row.name for row in page.items]


@pytest.mark.parametrize("find", [search.newest, search.best])
def test_pages_follow_each_other_and_what_is_new_changes_none_below(susan, make_app, find):
    wanted = [make_post(susan, f"soup {'soup ' * (number % 3)}").id for number in range(7)]
    asked, before, seen = search_language.parse("soup"), None, []
    with make_app(PAGE_SIZE=3).app_context():
        for _ in range(3):
            page = find(None, asked, before)
            seen.append([row.id for row in page.items])
            before = page.older
            make_post(susan, "bread")

    assert [len(page) for page in seen] == [3, 3, 1]
    assert sorted(id_ for page in seen for id_ in page) == wanted
    assert before is None


def test_the_most_relevant_says_it_more_often(susan):
    often = make_post(susan, "soup, soup and more soup").id
    once = make_post(susan, "a very long text about many things, and among them a soup").id

    assert found("soup", find=search.best) == [often, once]
    assert found("soup") == [once, often]


def test_warnings_alt_texts_and_pictures_are_found(susan):
    post = make_post(susan, "Look", warning="Spoilers ahead", pictures=[])
    picture = make_picture(susan, post, "")
    edits.edit(
        susan, post.id, 0, Content("Look", "Spoilers ahead", pictures=[(picture.id, "Un phare")])
    )
    db.session.commit()

    for typed in ("spoilers", "phare", "has:image", "look -lighthouse"):
        assert found(typed) == [post.id], typed
    # No phrase reaches from one text to the next.
    assert found('"look spoilers"') == []


def test_an_edited_post_is_found_by_what_it_says_now(susan):
    post = make_post(susan, "The old word #oldtag")
    edits.edit(susan, post.id, 0, Content("The new word #newtag"))
    db.session.commit()

    assert [found(typed) for typed in ("old", "#oldtag")] == [[], []]
    assert [found(typed) for typed in ("new", "#newtag")] == [[post.id]] * 2


def test_what_is_deleted_leaves_the_index(susan):
    post = make_post(susan, "Forget me")
    posts.delete(susan, post.id)
    db.session.commit()

    assert found("forget") == []
    assert db.session.get(PostWords, post.id) is None


def test_an_erased_account_leaves_the_index(john):
    post = make_post(john, "I was here #mine")
    deletions.schedule_now(john)
    deletions.begin(john.id)
    deletions.erase_posts(john.id)
    db.session.commit()

    assert db.session.get(PostWords, post.id) is None
    assert db.session.get(UserWords, john.id) is None
    assert db.session.scalars(select(TagWords.tag_id)).all() == []
    assert people_found("john") == []


def test_the_time_of_posts_is_that_of_the_reader(susan):
    late = make_post(susan, "soup", at=datetime(2024, 3, 31, 22, 30, tzinfo=UTC)).id
    berlin = ZoneInfo("Europe/Berlin")

    def typed(words, zone=UTC):
        page = search.newest(None, search_language.parse(words, zone))
        return [row.id for row in page.items] == [late]

    assert typed("soup before:2024-04")
    assert not typed("soup after:2024-03")
    # There it was April already.
    assert not typed("soup before:2024-04", berlin)
    assert typed("after:2024-03 before:2025", berlin)
    assert typed("soup before:2024-04-01 after:2024-03-30 after:2023")
    assert not typed("soup before:2024-03-31")


@pytest.mark.parametrize(
    "typed",
    [
        "' OR 1=1-- % _ \" NEAR( a:b &|! * ^ ( ) \\",
        "\\' :* & | ! <-> ' ''",
        "AND OR NOT NEAR",
        '- -- -" "" # @ from: lang: has: before: after:',
        "words:a {words}:a ^a a* -",
        "x" * 10_000,
        "富" * 10_000,
        "-a " * 5_000,
        "🌿\u200d\ufe0f \ud7ff \u0301",
        "before:2024-02-30 after:9999 before:0001 after:0000",
        "1/0 ½ ﷺ ㍿ İ ẞ",
    ],
)
def test_whatever_is_typed_is_no_error(susan, typed):
    make_post(susan, "a b or 1")
    for find in (search.newest, search.best):
        find(susan, search_language.parse(typed))
    people_found(typed)
    tags_found(typed)


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=30))
def test_what_is_written_is_found_by_the_same_words(susan, typed):
    words = f"x {typed}".translate(NO_QUOTES)
    begin_writing(db)
    post_id = posts.publish(susan, Content(words)).id
    for find in (search.newest, search.best):
        assert found(f'"{words}"', find=find) == [post_id]
    db.session.rollback()


def test_people_are_found_by_the_beginnings_of_their_names(susan, john):
    make_user("johnny", followers_count=5)
    accounts.update_profile(susan, "Süsan Müller-Lee", "Soup, 빵 and John Donne")
    db.session.commit()

    assert people_found("joh") == ["johnny", "john", "susan"]
    assert people_found("john") == ["john", "johnny", "susan"]
    assert people_found("@joh") == ["johnny", "john"]
    assert [people_found(typed) for typed in ("SUSAN mull", "빵", "from:@sus", "@SUS")] == [
        ["susan"]
    ] * 4
    assert [people_found(typed) for typed in ("-susan", "ohn", "@")] == [[], [], []]


def test_a_member_is_found_by_the_name_they_have_now(john):
    usernames.rename(john, "jack")
    db.session.commit()

    assert (people_found("@john"), people_found("jack")) == ([], ["jack"])


def test_people_who_are_hidden_are_not_found(john):
    deletions.schedule(john)
    db.session.commit()

    assert people_found("john") == []


def test_hashtags_are_found_by_how_they_begin(susan):
    make_post(susan, "#Papelería #paper #parking_lot #스프맛집")

    assert tags_found("pap") == ["paper", "papelería"]
    assert tags_found("#papeleria") == ["papelería"]
    assert tags_found("LOT") == ["parking_lot"]
    assert tags_found("맛집") == ["스프맛집"]
    assert tags_found("aper") == []


def test_hashtags_of_what_one_may_not_see_are_not_told(susan, john):
    make_post(susan, "#secret", visibility=Visibility.DIRECT)

    assert (tags_found("secret"), tags_found("secret", john)) == ([], [])
    assert tags_found("secret", susan) == ["secret"]


@pytest.fixture
def window(on_postgresql, monkeypatch):
    """Return a function that changes how many of the newest posts are walked."""

    def change(size):
        monkeypatch.setattr(statements, "WINDOW", size)
        for made in (
            statements.walked,
            statements.walked_seen,
            statements.walk_end,
            statements.walked_ranked,
        ):
            made.cache_clear()

    yield change
    monkeypatch.undo()
    change(statements.WINDOW)


def test_beyond_the_newest_the_index_finds_the_same(town, window):
    names = {id_: name for name, id_ in town.items()}
    wanted = {typed: {*names_.split()} for typed, names_ in SEARCHES.items() if typed[0] != "-"}
    window(0)
    for find in (search.newest, search.best):
        assert {
            typed: {names[id_] for id_ in found(typed, find=find)} for typed in wanted
        } == wanted


def test_what_lacks_a_word_is_found_by_going_on(town, susan, window):
    window(2)
    asked, before, seen = search_language.parse("-lang:en"), None, []
    while before or not seen:
        page = search.newest(susan, asked, before)
        seen += [row.id for row in page.items] or [0]
        before = page.older

    assert {*seen} - {0} == {town["korean"], town["japanese"]}


def test_a_search_gets_only_so_long(app):
    begin_reading(db)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with pytest.raises(TookTooLong), time_limit(db, 0.05):
        db.session.execute(text(endless))

    # The next ones may take as long as ever.
    assert db.session.scalar(text("SELECT 1")) == 1
    if db.engine.dialect.name == "postgresql":
        assert db.session.scalar(text("SHOW statement_timeout")) != "50ms"
