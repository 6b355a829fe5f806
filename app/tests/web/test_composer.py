"""Writing with plain forms: what one can choose, pictures, replies, and what comes back."""

import re

import pytest
from sqlalchemy import delete, func, select, update

from app.extensions import db, settings
from app.models import Picture, Post, UserSession, Visibility
from app.services import form_keys, images, posts
from app.tests.client import Client
from app.tests.factories import make_post
from app.tests.forms import fields_of
from app.tests.pictures import losing, make_picture, stored, upload
from app.tests.together import together, windows
from app.web import limits

BARE = "Describe the picture, or post it as it is."
GONE = "The post you reply to is no longer there."


@pytest.fixture
def browser(susan, client_of):
    return client_of(susan)


def newest() -> Post:
    post = db.session.scalars(select(Post).order_by(Post.id.desc()).limit(1)).one()
    db.session.commit()
    return post


def number_of(model, *conditions) -> int:
    number = db.session.scalar(select(func.count()).select_from(model).where(*conditions))
    db.session.commit()
    return number or 0


def attached(page) -> dict[str, str]:
    """Return what is on each attached picture, by its id."""
    fields = fields_of(page)
    places = [place for place in range(1, 5) if f"picture{place}" in fields]
    return {fields[f"picture{place}"]: fields[f"alt{place}"] for place in places}


def test_a_post_is_as_its_author_chose(susan, browser):
    picture = make_picture(susan)
    form = fields_of(browser.get("/compose"))
    chosen = {
        "body": "Hola",
        "warning": "Sopa",
        "visibility": "followers",
        "language": "ga",
        "sensitive": "y",
        "picture1": str(picture.id),
        "alt1": "A bowl",
    }

    assert browser.post("/posts", form | chosen).location == "/"
    post = newest()
    assert (post.text, post.spoiler_text, post.visibility) == ("Hola", "Sopa", "followers")
    assert (post.language, post.sensitive, post.pictures_count) == ("ga", True, 1)
    assert number_of(Picture, Picture.post_id == post.id, Picture.alt == "A bowl") == 1


def test_a_post_is_for_everyone_and_its_language_found_out_unless_one_chooses(browser):
    form = fields_of(browser.get("/"))
    assert (form["visibility"], form["language"], form["warning"]) == ("public", "", "")

    browser.post("/posts", form | {"body": "The soup of the day is ready, come and eat with us."})

    assert (newest().visibility, newest().language) == (Visibility.PUBLIC, "en")


@pytest.mark.parametrize(
    ("field", "value"), [("visibility", "unlisted"), ("visibility", ""), ("language", "xx")]
)
def test_what_is_not_offered_is_refused(browser, field, value):
    page = browser.post("/posts", {"body": "Soup", field: value})

    assert page.status_code == 422
    select = re.search(rf'<select [^>]*name="{field}"[^>]*>', page.text)[0]
    assert 'aria-invalid="true"' in select
    described = re.search(r'aria-describedby="([^"]+)"', select)[1]
    assert re.search(rf'id="{described}">[^<]+<', page.text)
    assert "Soup" in fields_of(page)["body"]
    assert number_of(Post) == 0


def test_a_file_is_uploaded_and_posted_in_one_go_but_for_one_reminder(browser):
    form = fields_of(browser.get("/"))
    page = browser.post("/posts", form | {"body": "Look", "images": upload()})

    assert page.status_code == 422
    assert page.text.count(BARE) == 1
    assert number_of(Post) == 0

    assert browser.post("/posts", fields_of(page)).status_code == 303
    assert (newest().text, newest().pictures_count) == ("Look", 1)


def test_pictures_can_be_attached_described_and_taken_away_again(browser):
    form = fields_of(browser.get("/")) | {"do": "attach", "images": upload()}
    page = browser.htmx("/posts", form | {"body": "Look"})
    assert (page.status_code, page.headers["HX-Retarget"]) == (200, "#compose")
    assert BARE not in page.text
    assert "<html" not in page.text

    one = fields_of(page) | {"alt1": "The first", "do": "attach", "images": upload()}
    page = browser.post("/posts", one)
    assert [*attached(page).values()] == ["The first", ""]

    page = browser.post("/posts", fields_of(page) | {"alt2": "The second", "discard": "1"})
    assert [*attached(page).values()] == ["The second"]
    assert number_of(Picture) == 1

    assert browser.post("/posts", fields_of(page)).status_code == 303
    assert (newest().text, newest().pictures_count) == ("Look", 1)


def test_pictures_alone_are_a_post(browser, susan):
    picture = make_picture(susan)
    fields = {"body": " ", "picture1": str(picture.id), "alt1": "Soup"}

    assert browser.post("/posts", fields).status_code == 303
    assert newest().pictures_count == 1


def test_a_file_that_is_refused_is_named_and_costs_nothing_else(browser):
    form = fields_of(browser.get("/")) | {"body": "x" * 501, "warning": "W", "visibility": "direct"}
    files = [upload(name="good.png"), upload(b"<svg>", name="<b>.png")]
    page = browser.post("/posts", form | {"images": files})

    assert page.status_code == 422
    assert "“&lt;b&gt;.png” is no JPEG, PNG, WebP, GIF or AVIF picture." in page.text
    kept = fields_of(page)
    assert (kept["body"], kept["warning"], kept["visibility"]) == ("x" * 501, "W", "direct")
    assert len(attached(page)) == 1


def test_of_too_many_files_the_first_four_stay(browser):
    form = fields_of(browser.get("/")) | {"body": "Look", "do": "attach"}
    page = browser.post("/posts", form | {"images": [upload() for _ in range(6)]})

    assert page.status_code == 422
    assert "2 pictures too many; a post has at most 4." in page.text
    assert len(attached(page)) == 4


def test_without_room_for_pictures_the_text_stays(browser, susan):
    make_picture(susan)
    db.session.execute(update(Picture).values(size=2**60))
    db.session.commit()
    page = browser.post("/posts", {"body": "Look", "images": [upload(), upload()]})

    assert page.status_code == 422
    assert page.text.count("There is no room for “photo.png”") == 1
    assert fields_of(page)["body"] == "Look"


def test_a_picture_that_does_not_fit_any_more_leaves_no_files(browser, susan, run_jobs):
    make_picture(susan)
    db.session.execute(update(Picture).values(size=settings.media_quota_bytes - 1))
    db.session.commit()
    before = stored()
    page = browser.post("/posts", {"body": "Look", "images": [upload(), upload(name="b.png")]})

    assert "There is no room for “b.png”" in page.text
    assert len(stored() - before) == 4
    run_jobs()
    assert stored() == before


@pytest.mark.parametrize("statement", ["INSERT INTO pictures", "INSERT INTO posts"])
def test_a_view_that_runs_again_makes_each_picture_once(browser, statement):
    before = stored()
    fields = {"body": "Look", "reminded": "1", "images": [upload(), upload()]}
    with losing(statement):
        answer = browser.post("/posts", fields)

    assert answer.status_code == 303
    assert newest().pictures_count == 2
    assert number_of(Picture) == 2
    assert len(stored() - before) == 4


@pytest.mark.parametrize(("path", "field"), [("/posts", "images"), ("/settings/profile", "avatar")])
def test_a_session_that_ends_meanwhile_leaves_no_files(
    app, browser, run_jobs, monkeypatch, path, field
):
    prepare = images.renditions if field == "images" else images.cropped

    def end_session(*args):
        with app.app_context():
            db.session.execute(delete(UserSession))
            db.session.commit()
        return prepare(*args)

    monkeypatch.setattr(images, prepare.__name__, end_session)
    before = stored()

    assert browser.post(path, {"body": "Look", field: upload()}).location.startswith("/auth/login")
    assert stored() != before
    run_jobs()
    assert stored() == before


def test_who_waits_too_long_for_other_pictures_keeps_the_text(browser, monkeypatch):
    monkeypatch.setattr(images, "PATIENCE", 0.05)
    with images._one_at_a_time:
        page = browser.post("/posts", {"body": "Look", "images": [upload(), upload()]})

    assert page.status_code == 422
    assert page.text.count("Many pictures are being prepared right now.") == 1
    assert fields_of(page)["body"] == "Look"
    assert len(attached(browser.post("/posts", {"body": "Look", "images": upload()}))) == 1


def test_each_picture_counts_and_what_is_too_many_keeps_the_text(make_app, susan):
    limited = make_app(RATELIMIT_ENABLED=True)
    browser = Client(limited)
    browser.sign_in("susan")
    with limited.app_context():
        upload_limit = limits.UPLOAD
        limited.extensions["limits"].hit(
            upload_limit.item, upload_limit.name, str(susan.id), cost=upload_limit.item.amount - 1
        )
    page = browser.post("/posts", {"body": "Look", "images": [upload() for _ in range(3)]})

    assert page.status_code == 422
    assert page.text.count("You sent many pictures in a short while. Try again in 60 minutes.") == 1
    assert fields_of(page)["body"] == "Look"
    assert len(attached(page)) == 1
    page = browser.post("/settings/profile", {"display_name": "S", "bio": "b", "avatar": upload()})
    assert page.status_code == 429
    assert "You sent many pictures in a short while." in page.text
    assert 'value="S"' in page.text


def test_without_a_place_for_files_the_text_stays(make_app, susan, tmp_path, once):
    (tmp_path / "file").touch()
    browser = Client(make_app(MEDIA_URL=f"file://{tmp_path}/file"))
    browser.sign_in("susan")
    page = browser.post("/posts", {"body": "Look", "images": [upload(), upload()]})

    assert page.status_code == 422
    assert page.text.count("Pictures cannot be stored right now.") == 1
    assert fields_of(page)["body"] == "Look"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"body": "x" * 501}, "1 character too many; a post has at most 500."),
        ({"warning": "x" * 121}, "1 character too many; there is room for 120."),
        ({"warning": "a\tb"}, "characters that cannot be shown"),
        ({"alt1": "x" * 1501}, "1 character too many; there is room for 1500."),
    ],
)
def test_a_post_that_is_refused_keeps_all_that_was_typed_and_chosen(browser, susan, wrong, message):
    first, second = make_picture(susan), make_picture(susan)
    sent = fields_of(browser.get("/compose")) | {
        "body": "Soup\nand <b>bread",
        "warning": "Food",
        "visibility": "members",
        "language": "es",
        "sensitive": "y",
        "picture1": str(second.id),
        "alt1": "Bread",
        "picture2": str(first.id),
        "alt2": "“Soup”",
        **wrong,
    }
    page = browser.post("/posts", sent)

    assert page.status_code == 422
    assert message in page.text
    assert fields_of(page) | {"csrf_token": ""} == sent | {"csrf_token": ""}


def test_a_picture_that_is_gone_or_of_somebody_else_is_not_posted(browser, susan, john):
    of_john = make_picture(john)
    fields = {"body": "Look", "picture1": str(of_john.id), "alt1": "Mine"}
    page = browser.post("/posts", fields)

    assert page.status_code == 422
    assert "A picture that you added is no longer there." in page.text
    assert attached(page) == {}
    assert browser.post("/posts", fields_of(page)).status_code == 303
    assert number_of(Picture, Picture.post_id.is_(None), Picture.alt == "") == 1


def test_of_forms_that_share_a_picture_one_is_posted(browser, susan):
    """With one picture and no words, the others would be posts with nothing in them."""
    shared = {"body": "", "picture1": str(make_picture(susan).id), "alt1": "Soup"}
    tabs = windows(browser, 6)
    forms = [fields_of(tab.get("/compose")) | shared for tab in tabs]
    sent = zip(tabs, forms, strict=True)
    answers = together([lambda tab=tab, form=form: tab.post("/posts", form) for tab, form in sent])

    assert sorted(answer.status_code for answer in answers) == [303, *[422] * 5]
    assert number_of(Post) == number_of(Picture, Picture.post_id.is_not(None)) == 1
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "A picture that you added is no longer there." in refused.text


@pytest.mark.parametrize("picture", ["0", "-1", "x", "9" * 30, "1٣"])
def test_nonsense_is_no_picture(browser, picture):
    fields = {"body": "x", "picture1": picture, "alt1": "x"}

    assert browser.post("/posts", fields | {"discard": picture}).status_code == 200
    assert browser.post("/posts", fields).status_code == 303


class TestReplies:
    @pytest.mark.parametrize(
        ("visibility", "offered"),
        [
            (Visibility.PUBLIC, "public"),
            (Visibility.UNLISTED, "public"),
            (Visibility.MEMBERS, "members"),
            (Visibility.DIRECT, "direct"),
        ],
    )
    def test_a_reply_begins_as_its_post_is(self, browser, john, visibility, offered):
        post = make_post(john, "For @susan", visibility=visibility, warning="Soup")
        form = fields_of(browser.get(f"/@john/{post.id}"))

        assert (form["body"], form["warning"]) == ("@john ", "Soup")
        assert (form["visibility"], form["in_reply_to"]) == (offered, str(post.id))

    def test_one_does_not_name_oneself(self, browser, susan):
        assert fields_of(browser.get(f"/@susan/{make_post(susan).id}"))["body"] == ""

    def test_a_reply_is_shown_under_its_post(self, browser, john):
        post = make_post(john)
        form = fields_of(browser.get(f"/@john/{post.id}"))
        answer = browser.post("/posts", form | {"body": "@john thank you"})

        assert answer.status_code == 303
        assert answer.location == f"/@john/{post.id}#p{newest().id}"
        assert newest().in_reply_to_id == post.id
        assert "thank you" in browser.get(f"/@john/{post.id}").text

    def test_htmx_gets_the_reply_and_another_form_for_one(self, browser, john):
        post = make_post(john)
        form = fields_of(browser.get(f"/@john/{post.id}"))
        part = browser.htmx("/posts", form | {"body": "@john thank you"})

        assert 'hx-target="#replies"' in part.text
        assert f'id="p{newest().id}"' in part.text
        # As it is after a reload.
        for page in (part, browser.get(f"/@john/{post.id}")):
            assert re.search(r'<div class="reply-branch">\s*<article', page.text)
            heading = re.search(r'<h2 [^>]*id="replies-h"[^>]*>Replies</h2>', page.text)[0]
            assert "hidden" not in heading
        again = fields_of(part)
        assert (again["body"], again["in_reply_to"]) == ("@john ", str(post.id))
        assert again["key"] != form["key"]

    def test_a_reply_that_is_refused_stays_one(self, browser, john):
        post = make_post(john)
        form = fields_of(browser.get(f"/@john/{post.id}"))
        page = browser.post("/posts", form | {"body": "x" * 501})

        assert fields_of(page)["in_reply_to"] == str(post.id)
        assert "<h1" in page.text
        assert "Reply to" in page.text

    @pytest.mark.parametrize("send", [Client.post, Client.htmx])
    def test_a_reply_to_what_is_gone_can_be_a_post_of_its_own(self, browser, john, send):
        post = make_post(john)
        form = fields_of(browser.get(f"/@john/{post.id}"))
        posts.delete(john, post.id)
        db.session.commit()
        page = send(browser, "/posts", form | {"body": "Too late?"})

        assert page.status_code == 422
        assert GONE in page.text
        again = fields_of(page)
        assert (again["body"], again["in_reply_to"]) == ("Too late?", "")
        assert browser.post("/posts", again).location == "/"
        assert (newest().text, newest().in_reply_to_id) == ("Too late?", None)

    @pytest.mark.parametrize("parent", ["hidden", "1", "x", "9" * 30])
    def test_nobody_replies_to_what_they_may_not_see(self, browser, john, parent):
        hidden = make_post(john, "Secret", visibility=Visibility.DIRECT)
        sent = {"body": "Well?", "in_reply_to": str(hidden.id) if parent == "hidden" else parent}
        page = browser.post("/posts", sent)

        assert page.status_code == 422
        assert GONE in page.text
        assert "Secret" not in page.text


class TestSendingTwice:
    def test_a_form_that_is_sent_twice_makes_one_post(self, browser, susan):
        form = fields_of(browser.get("/")) | {"body": "Once", "next": "/"}
        form |= {"picture1": str(make_picture(susan).id), "alt1": "Soup"}

        answers = [browser.post("/posts", form) for _ in range(2)]
        assert [answer.location for answer in answers] == ["/", "/"]
        assert f'id="p{newest().id}"' in browser.htmx("/posts", form).text
        assert number_of(Post) == 1

    @pytest.mark.parametrize("changed", [{"body": "Twice"}, {"warning": "Other"}, {"picture1": ""}])
    def test_another_text_in_it_is_another_post(self, browser, susan, changed):
        picture = make_picture(susan)
        form = fields_of(browser.get("/")) | {"body": "Once"}
        form |= {"picture1": str(picture.id), "alt1": "Soup"}
        browser.post("/posts", form)
        page = browser.post("/posts", form | changed)

        assert page.status_code == 422
        assert "This form was sent already." in page.text
        again = fields_of(page)
        assert again["body"] == changed.get("body", "Once")
        assert number_of(Post) == 1
        assert browser.post("/posts", again).status_code == 303
        assert number_of(Post) == 2

    def test_a_post_that_is_deleted_does_not_come_back_by_itself(self, browser, susan):
        form = fields_of(browser.get("/")) | {"body": "Once"}
        browser.post("/posts", form)
        posts.delete(susan, newest().id)
        db.session.commit()

        assert browser.post("/posts", form).status_code == 422
        assert number_of(Post, Post.text == "Once") == 0

    def test_the_key_of_somebody_else_is_no_key(self, browser, john, client_of):
        form = {"body": "Same", "key": form_keys.make(john.id)}

        assert client_of(john).post("/posts", form).status_code == 303
        assert browser.post("/posts", form).status_code == 303
        assert number_of(Post, Post.form_key.is_(None)) == 1


def test_the_composer_has_a_page_that_nobody_else_can_fill_in(browser, client):
    page = browser.get("/compose?text=Buy&body=Buy")

    assert fields_of(page)["body"] == ""
    assert client.get("/compose").location == "/auth/login?next=/compose"


@pytest.mark.parametrize("draft", ["0", "1", "x", "9" * 30, "", "٣"])
def test_there_is_no_page_for_what_is_no_draft(browser, draft):
    assert browser.get(f"/compose?draft={draft}").status_code == 404


def test_htmx_is_led_home_from_the_page_of_the_composer(browser):
    form = fields_of(browser.get("/compose")) | {"body": "Soup"}

    answer = browser.htmx("/posts", form)

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/")


def test_its_page_takes_one_query(browser, count_queries):
    count_queries.clear()

    assert browser.get("/compose").status_code == 200
    assert len(count_queries) == 1


def test_what_a_browser_fills_in_again_is_published_twice_only_on_purpose(browser):
    browser.post("/posts", fields_of(browser.get("/compose")) | {"body": "Once."})
    page = browser.post("/posts", fields_of(browser.get("/")) | {"body": "Once."})

    assert page.status_code == 422
    assert "You published the same just now." in page.text
    assert number_of(Post) == 1
    assert browser.post("/posts", fields_of(page)).status_code == 303
    assert number_of(Post) == 2


def test_a_post_for_mentioned_people_mentions_somebody(susan, john, browser):
    form = fields_of(browser.get("/")) | {"visibility": "direct", "body": "For @nobody_here."}
    page = browser.post("/posts", form)

    assert page.status_code == 422
    assert "Mention somebody with @" in page.text
    assert fields_of(page)["body"] == form["body"]
    sent = browser.post("/posts", fields_of(page) | {"body": "For @john."})
    assert sent.status_code == 303
