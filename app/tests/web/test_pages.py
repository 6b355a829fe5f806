"""Pages as their readers use them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, update

from app.extensions import db
from app.models import User, UserSession
from app.models.base import utc_now
from app.models.ids import time_of
from app.services import edits, reactions, reposts
from app.services.contents import Content
from app.tests.client import Client
from app.tests.factories import make_follow, make_post, make_user
from app.tests.pictures import make_picture

# How many queries a page takes: for a member, and for a signed-out reader.
QUERIES = {
    "/": (3, 1),
    "/explore": (3, 1),
    "/tags": (3, 0),
    "/search/people?q=susan": (4, 2),
    "/search/tags?q=soup": (4, 2),
    "/tags/soup": (4, 1),
    "/@susan": (4, 2),
    "/@susan/replies": (4, 2),
    "/@susan/media": (4, 2),
    "/@susan/card": (2, 1),
    "/@susan/followers": (4, 2),
    "/@susan/following": (4, 2),
    "/@susan/{post_id}": (5, 3),
    "/@susan/{post_id}/embed": (1, 1),
    "/@susan/{post_id}/embed-code": (2, 1),
    "/oembed?url=http://localhost/@susan/{post_id}": (1, 1),
    "/@susan/{post_id}/likes": (4, 2),
    "/@susan/{post_id}/reposts": (4, 2),
    "/@susan/{post_id}/history": (4, 2),
    "/about": (1, 0),
}
QUERIES_OF_SETTINGS = {
    "/settings": 1,
    "/settings/profile": 1,
    "/settings/account": 2,
    "/settings/sessions": 2,
    "/settings/notifications": 1,
    "/settings/privacy": 1,
    "/settings/preferences": 1,
    "/settings/blocks": 4,
    "/settings/two-factor": 1,
    "/settings/data": 2,
}


def posts_on(page):
    return re.findall(r'<article class="post[^"]*" id="p(\d+)"', page.text)


def test_home_of_a_new_member_suggests_people_and_says_what_to_do(susan, john, client_of):
    page = client_of(susan).get("/").text

    assert "Your home is quiet for now" in page
    assert 'formaction="/@john/follow"' in page


def test_signed_out_home_is_explore_with_a_way_in(susan, client):
    make_post(susan, "Hello all")
    page = client.get("/").text

    assert "Hello all" in page
    assert 'href="/auth/register"' in page
    assert "<textarea" not in page


def test_a_post_is_written_by_a_plain_form(susan, client_of):
    browser = client_of(susan)
    browser.get("/")
    response = browser.post("/posts", {"body": "First\nline", "next": "/"})

    assert response.status_code == 303
    assert response.location == "/"
    assert "<p>First<br>line</p>" in browser.get("/").text


def test_a_refused_post_keeps_its_text(susan, client_of):
    text = "x" * 501 + " <b>"
    page = client_of(susan).post("/posts", {"body": text})

    assert page.status_code == 422
    assert "5 characters too many; a post has at most 500." in page.text
    assert "x" * 501 + " &lt;b&gt;" in page.text


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b"])
def test_an_empty_post_is_refused_with_a_reason(susan, client_of, text):
    page = client_of(susan).post("/posts", {"body": text})

    assert page.status_code == 422
    assert "Write something first." in page.text


def test_the_length_of_a_post_is_a_setting(make_app, susan):
    browser = Client(make_app(MAX_POST_LENGTH=10))
    browser.sign_in("susan")

    assert 'data-max="10"' in browser.get("/").text
    assert browser.post("/posts", {"body": "x" * 11}).status_code == 422


def test_htmx_gets_the_new_post_and_a_fresh_composer(susan, client_of):
    browser = client_of(susan)
    part = browser.htmx("/posts", {"body": "Quick"})

    assert part.status_code == 200
    assert "<html" not in part.text
    assert len(posts_on(part)) == 1
    assert "hx-swap-oob" in part.text


def test_htmx_gets_the_composer_back_when_refused(susan, client_of):
    part = client_of(susan).htmx("/posts", {"body": "x" * 501})

    assert part.status_code == 422
    assert part.headers["HX-Retarget"] == "#compose"
    assert "1 character too many" in part.text
    assert "<html" not in part.text


def test_htmx_is_led_to_the_sign_in_page(susan, client):
    client.get("/auth/login")
    response = client.htmx("/@susan/follow", {"next": "/explore"})

    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == "/auth/login?next=/explore"


def test_following_leads_back_to_the_page_it_was_on(susan, john, client_of):
    browser = client_of(susan)
    browser.get("/explore")

    assert browser.post("/@john/follow", {"next": "/explore"}).location == "/explore"
    assert browser.post("/@john/unfollow").location == "/@john"


def test_htmx_gets_the_other_button(susan, john, client_of):
    browser = client_of(susan)

    assert "/@john/unfollow" in browser.htmx("/@john/follow").text
    assert "/@john/follow" in browser.htmx("/@john/unfollow").text


def test_nobody_follows_themselves(susan, client_of):
    assert client_of(susan).post("/@susan/follow").status_code == 403


def test_deleting_asks_first_and_then_deletes(susan, client_of):
    post = make_post(susan, "Regret")
    browser = client_of(susan)

    asked = browser.get(f"/posts/{post.id}/delete").text
    assert "Regret" in asked
    assert browser.post(f"/posts/{post.id}/delete").status_code == 303

    assert "Your post is deleted." in browser.get("/").text
    assert browser.get(f"/@susan/{post.id}").status_code == 404


def test_pages_lead_to_older_posts_and_back(susan, client):
    for number in range(30):
        make_post(susan, f"Number {number}")
    first = client.get("/explore")
    older = re.search(r'rel="next" href="([^"]+)"', first.text)[1]
    second = client.get(older)

    assert len(posts_on(first)) == 25
    assert len(posts_on(second)) == 5
    assert not set(posts_on(first)) & set(posts_on(second))
    assert 'rel="next"' not in second.text
    assert 'href="/explore"' in second.text
    # At once, and at the end.
    above, _, below = second.text.partition('id="feed"')
    assert "Newest posts" in above
    assert "Newest posts" in below
    assert "Newest posts" not in first.text


@pytest.mark.parametrize(
    "path",
    ["/explore", "/tags/soup", "/@susan", "/@susan/replies", "/@susan/media", "/@susan/followers",
     "/@susan/following", "/@susan/{post_id}/likes", "/@susan/{post_id}/reposts"],
)  # fmt: skip
def test_behind_the_last_entry_nobody_says_that_there_is_none(susan, client, path):
    path = path.format(post_id=make_post(susan).id)
    page = client.get(f"{path}?before=1").text

    assert "data-empty" not in page
    assert re.search(rf'<a class="btn[^"]*" href="{path}">', page)


@pytest.mark.parametrize("amount", [1, 40])
def test_a_page_costs_the_same_however_long(susan, client_of, client, count_queries, amount):
    for number in range(amount):
        post = make_post(susan, f"{number} #soup")
        make_follow(make_user(), susan)
    readers = (client_of(susan), client)
    taken = {}
    for path in QUERIES:
        for reader in readers:
            count_queries.clear()
            assert reader.get(path.format(post_id=post.id)).status_code == 200
            taken[path] = (*taken.get(path, ()), len(count_queries))

    assert taken == QUERIES


@pytest.fixture
def full_posts(susan, john):
    """Let susan's lists hold all that posts may carry, several times."""
    make_follow(susan, john)
    for _ in range(2):
        asked = make_post(john, "Who has eaten the #soup?")
        answer = make_post(susan, "Me. #soup", reply_to=asked, warning="Soup", language="es")
        shown = make_post(susan, "Look: #soup", sensitive=True)
        edits.edit(susan, answer.id, 0, Content("Not me. #soup"))
        for post in (shown, answer):
            make_picture(susan, post, alt="A bowl")
            reactions.like(susan, post.id)
            reactions.bookmark(susan, post.id)
        reactions.pin(susan, shown.id)
        reposts.repost(john, shown.id)
        reposts.repost(susan, asked.id)
    db.session.commit()


@pytest.mark.parametrize(
    "path",
    ["/", "/explore", "/tags/soup", "/@susan", "/@susan/replies", "/@susan/likes", "/bookmarks"],
)
def test_a_list_takes_at_most_five_queries_whatever_its_posts_carry(
    susan, full_posts, client_of, count_queries, path
):
    browser = client_of(susan)
    count_queries.clear()

    assert len(posts_on(browser.get(path))) >= 2
    # For pictures one more than without.
    assert len(count_queries) == (4 if path in {"/", "/explore", "/bookmarks"} else 5)


def test_a_page_of_settings_takes_few_queries(susan, client_of, count_queries):
    browser = client_of(susan)
    taken = {}
    for path in QUERIES_OF_SETTINGS:
        count_queries.clear()
        assert browser.get(path).status_code == 200
        taken[path] = len(count_queries)

    assert taken == QUERIES_OF_SETTINGS


def test_a_page_of_25_long_posts_stays_small(susan, client_of):
    for number in range(25):
        make_post(susan, f"{number} " + "word " * 60 + "#soup https://example.org/path")

    page = client_of(susan).get("/")

    assert len(posts_on(page)) == 25
    assert len(page.data) < 135_000


def test_reading_writes_nothing(susan, client_of, count_queries):
    make_post(susan)
    browser = client_of(susan)
    count_queries.clear()
    for path in ("/", "/explore", "/@susan", "/settings/profile", "/about"):
        browser.get(path)

    assert [
        statement for statement in count_queries if not statement.startswith(("SELECT", "WITH"))
    ] == []


def test_a_profile_shows_what_it_should(susan, john, client_of):
    make_follow(john, susan)
    client = client_of(susan)
    client.post("/settings/profile", {"display_name": "Susan S.", "bio": "See https://s.example"})

    page = client_of(john).get("/@susan").text

    for part in ("Susan S.", "@susan", 'href="https://s.example"', "Joined", "/@susan/unfollow"):
        assert part in page
    assert "Follows you" in client.get("/@john").text


def test_addresses_have_one_writing(susan, client):
    post = make_post(susan)

    assert client.get("/@Susan").location == "/@susan"
    assert client.get("/@SUSAN/followers").location == "/@susan/followers"
    assert client.get(f"/@SUSAN/{post.id}").location == f"/@susan/{post.id}"
    assert client.get("/tags/Soup").location == "/tags/soup"


def test_a_post_lives_under_its_author_only(susan, john, client):
    post = make_post(susan)

    assert client.get(f"/@john/{post.id}").status_code == 404


@pytest.mark.parametrize(
    ("old", "new"),
    [("/index", "/"), ("/user/susan", "/@susan"), ("/edit_profile", "/settings/profile"),
     ("/user/a b", "/")],
)  # fmt: skip
def test_addresses_of_the_tutorial_lead_to_ours(client, old, new):
    response = client.get(old)

    assert response.status_code == 301
    assert response.location == new


def test_an_avatar_is_kept_for_ever(susan, client):
    page = client.get("/@susan").text
    address = re.search(r'src="(/avatars/[0-9a-f]{16}\.svg)"', page)[1]
    response = client.get(address)

    assert response.mimetype == "image/svg+xml"
    assert response.data == client.get(address).data
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/avatars/XYZ.svg").status_code == 404


def test_preferences_change_language_time_zone_and_theme(susan, client_of):
    browser = client_of(susan)
    fields = {"locale": "es", "time_zone": "Asia/Seoul", "theme": "dark"}
    assert browser.post("/settings/preferences", fields).status_code == 303
    page = browser.get("/settings/preferences").text

    assert '<html lang="es"' in page
    assert 'data-bs-theme="dark"' in page
    assert re.search(r'<option selected value="Asia/Seoul"|value="Asia/Seoul" selected', page)


@pytest.mark.parametrize(
    "fields",
    [{"locale": "xx"}, {"time_zone": "Mars/Olympus"}, {"theme": "pink"}, {"theme": ""}],
)
def test_preferences_that_do_not_exist_are_refused(susan, client_of, fields):
    known = {"locale": "es", "time_zone": "Asia/Seoul", "theme": "dark"}

    assert client_of(susan).post("/settings/preferences", known | fields).status_code == 422


def test_times_are_in_the_readers_zone_and_language(susan, client_of):
    browser = client_of(susan)
    post = make_post(susan, at=datetime(2026, 3, 12, 18, 22, tzinfo=UTC))
    address = f"/@susan/{post.id}"
    assert "12 March 2026" in browser.get(address).text

    browser.post(
        "/settings/preferences", {"locale": "ko", "time_zone": "Asia/Seoul", "theme": "auto"}
    )
    page = browser.get(address).text
    assert "2026년 3월 13일" in page
    assert f'datetime="{time_of(post.id):%Y-%m-%dT%H:%M:%SZ}"' in page


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("ko", "ko"),
        ("es-MX,es;q=0.9", "es"),
        ("fr,de;q=0.8", "en"),
        ("", "en"),
        ("*", "en"),
        ("x" * 9000, "en"),
    ],
)
def test_the_browser_says_which_language(client, accept, language):
    assert f'<html lang="{language}"' in client.get("/", **{"Accept-Language": accept}).text


def test_the_footers_choice_wins_over_the_browsers(client):
    assert client.get("/language/es?next=/about").location == "/about"

    assert '<html lang="es"' in client.get("/about", **{"Accept-Language": "ko"}).text


def test_health(client):
    assert client.get("/ping").text == "pong"
    assert client.get("/livez").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok", "database": "ok", "migrations": "ok"}


def test_a_session_is_noted_as_used_at_most_every_few_minutes(susan, client_of, count_queries):
    browser = client_of(susan)
    db.session.execute(update(UserSession).values(last_seen_at=utc_now() - timedelta(minutes=10)))
    db.session.commit()
    count_queries.clear()

    browser.get("/")
    browser.get("/")

    assert sum(statement.startswith("UPDATE sessions") for statement in count_queries) == 1


def test_suspension_ends_what_is_open(susan, client_of):
    browser = client_of(susan)
    db.session.execute(update(User).where(User.id == susan.id).values(suspended_at=utc_now()))
    db.session.commit()

    assert browser.get("/settings/profile").status_code == 303


def test_automatic_forgets_the_language_chosen_before(susan, client_of):
    browser = client_of(susan)
    fields = {"time_zone": "", "theme": "auto"}
    browser.post("/settings/preferences", {"locale": "ko", **fields})
    browser.post("/settings/preferences", {"locale": "", **fields})

    assert '<html lang="es"' in browser.get("/", **{"Accept-Language": "es"}).text


def test_a_post_titles_its_page_as_one_line(susan, client):
    post = make_post(susan, "First\nsecond \u202erlo")

    assert (
        "<title>susan: “First second rlo” · Microblog</title>"
        in client.get(f"/@susan/{post.id}").text
    )


def test_a_name_has_as_many_characters_as_a_reader_counts(susan, client_of):
    family = "👩\u200d👩\u200d👧\u200d👦"
    browser = client_of(susan)

    assert browser.post("/settings/profile", {"display_name": family * 50}).status_code == 303
    assert browser.post("/settings/profile", {"display_name": family * 51}).status_code == 422


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/posts", {"body": "Soup"}), ("/@john/follow", {}), ("/@john/unfollow", {})],
)
def test_what_follows_a_commit_holds_up_no_writer(susan, john, client_of, path, fields):
    browser = client_of(susan)
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    assert browser.htmx(path, fields).status_code == 200
    event.remove(db.engine, "before_cursor_execute", note)

    assert seen.count("BEGIN IMMEDIATE") == (db.engine.dialect.name == "sqlite")


def test_suggestions_stay_until_somebody_is_followed(susan, john, client_of):
    make_post(susan)
    page = client_of(susan).get("/").text

    assert "People you might like" in page
    assert "Your home is quiet for now" not in page
