"""The form in which a post is changed, and the page of what it said before."""

import re

import pytest
from sqlalchemy import update

from app.extensions import db
from app.models import Picture, Post, Visibility
from app.models.base import utc_now
from app.services import edits, posts, timelines
from app.services.contents import Content
from app.tests.factories import make_post
from app.tests.services.test_edits import add_pictures


def fields(post: Post, **changed) -> dict:
    return {"body": post.text, "warning": "", "language": "", "version": "0"} | changed


def pictures_of(post: Post, *alts: str) -> dict:
    """Return the fields of the post's pictures."""
    found = enumerate(zip(add_pictures(post, *alts), alts, strict=True), 1)
    return {
        name: value
        for place, (id_, alt) in found
        for name, value in ((f"picture{place}", id_), (f"alt{place}", alt))
    }


def test_a_post_is_edited_in_a_form(susan, client_of):
    post = make_post(susan, "Soup at <noon>", warning="Food", visibility=Visibility.MEMBERS)
    browser = client_of(susan)
    page = browser.get(f"/posts/{post.id}/edit").text
    assert "Soup at &lt;noon&gt;</textarea>" in page
    assert 'value="Food"' in page
    assert "Members can see this. Editing does not change that." in " ".join(page.split())

    answer = browser.post(f"/posts/{post.id}/edit", fields(post, body="Soup at one"))
    shown = browser.get(answer.location).text

    assert (answer.status_code, answer.location) == (303, f"/@susan/{post.id}")
    assert "Soup at one" in shown
    assert "Your changes are saved." in shown
    assert "Edited once" in shown
    assert f'<a href="/@susan/{post.id}/history">edited</a>' in browser.get("/@susan").text


def test_pictures_are_described_and_removed_in_the_form(susan, client_of):
    post = make_post(susan, "Two pictures")
    given = pictures_of(post, "A heron", "A lock")
    browser = client_of(susan)
    page = browser.get(f"/posts/{post.id}/edit").text
    assert "A heron</textarea>" in page
    assert f'name="picture2" type="hidden" value="{given["picture2"]}"' in page

    changed = {"alt1": "A grey heron", "remove2": "y", "sensitive": "y"}
    browser.post(f"/posts/{post.id}/edit", fields(post) | given | changed)

    row = timelines.one(susan, post.id)
    assert [picture.alt for picture in row.pictures] == ["A grey heron"]
    assert row.sensitive


def test_saving_what_is_the_same_says_nothing(susan, client_of):
    post = make_post(susan)
    browser = client_of(susan)
    answer = browser.post(f"/posts/{post.id}/edit", fields(post))

    assert answer.location == f"/@susan/{post.id}"
    assert "saved" not in browser.get(answer.location).text


def test_a_stale_version_keeps_the_text_and_shows_how_the_post_stands(susan, client_of):
    post = make_post(susan, "First")
    given = pictures_of(post, "A heron", "A lock")
    browser, other = client_of(susan), client_of(susan)
    path = f"/posts/{post.id}/edit"
    other.post(path, fields(post, body="From the phone") | given | {"remove1": "y"})

    mine = fields(post, body="From the desk", warning="Ink") | given | {"alt2": "An old lock"}
    answer = browser.post(path, mine)
    page = " ".join(answer.text.split())

    assert answer.status_code == 409
    assert "This post was changed meanwhile." in page
    assert "<p>From the phone</p>" in page
    assert "From the desk</textarea>" in page
    assert 'name="warning" type="text" value="Ink"' in page
    # What is left of the pictures moves up, with what was typed about it.
    assert f'name="picture1" type="hidden" value="{given["picture2"]}"' in page
    assert "An old lock</textarea>" in page
    assert "picture2" not in page
    assert 'name="version" type="hidden" value="1"' in page

    again = browser.post(path, mine | {"version": "1"})
    assert again.status_code == 303
    assert timelines.one(None, post.id).html == "<p>From the desk</p>"
    assert [row.html for row in edits.former_versions(None, post.id).items] == [
        "<p>From the phone</p>",
        "<p>First</p>",
    ]


@pytest.mark.parametrize("version", ["", "x", "-1", "00", "٣", "9" * 30])
def test_what_is_no_version_is_stale(susan, client_of, version):
    post = make_post(susan, "First")
    answer = client_of(susan).post(f"/posts/{post.id}/edit", fields(post, version=version))

    assert answer.status_code == 409


def test_a_post_that_is_gone_gives_the_text_back(susan, client_of):
    post = make_post(susan)
    browser = client_of(susan)
    posts.delete(susan, post.id)
    db.session.commit()

    answer = browser.post(f"/posts/{post.id}/edit", fields(post, body="Much work", warning="Ink"))

    assert answer.status_code == 404
    assert "Much work</textarea>" in answer.text
    assert 'value="Ink"' in answer.text
    assert browser.get(f"/posts/{post.id}/edit").status_code == 404


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"body": " "}, "Write something first."),
        ({"body": "x" * 501}, "1 character too many"),
        ({"body": "a\u0301" + "\u0301" * 40}, "cannot be shown"),
        ({"warning": "x" * 121}, "1 character too many"),
        ({"warning": "a" + "\u0301" * 40}, "cannot be shown"),
        ({"alt1": "x" * (Picture.MAX_ALT + 2)}, "2 characters too many"),
        ({"alt1": "a" + "\u0301" * 40}, "cannot be shown"),
        ({"language": "tlh"}, "Not a valid choice"),
    ],
)
def test_what_is_refused_stays_in_the_form(susan, client_of, changed, told):
    post = make_post(susan, "Before")
    given = {} if changed.get("body") == " " else pictures_of(post, "A heron")
    kept = {"body": "Typed long", "warning": "Ink", "alt1": "A grey heron"} | changed
    answer = client_of(susan).post(f"/posts/{post.id}/edit", fields(post) | given | kept)

    assert answer.status_code == 422
    assert told in answer.text
    assert f"{kept['body']}</textarea>" in answer.text
    assert f'value="{kept["warning"]}"' in answer.text
    assert not given or f"{kept['alt1']}</textarea>" in answer.text
    assert timelines.one(None, post.id).edits_count == 0


def typed_in(page: str) -> dict:
    """Return the hidden fields of a form."""
    return dict(re.findall(r'name="(\w+)" type="hidden" value="([^"]*)"', page))


def test_a_token_that_is_over_keeps_the_text(susan, client_of):
    post = make_post(susan)
    browser = client_of(susan)
    path = f"/posts/{post.id}/edit"
    mine = fields(post, body="Much work") | typed_in(browser.get(path).text)

    answer = browser.post(path, mine | {"csrf_token": "old"})

    assert answer.status_code == 422
    assert "Press Save once more." in answer.text
    assert "Much work</textarea>" in answer.text
    assert browser.post(path, mine).status_code == 303
    assert timelines.one(None, post.id).html == "<p>Much work</p>"


def test_who_is_signed_out_meanwhile_signs_in_elsewhere_and_saves(susan, john, client_of):
    post = make_post(susan)
    given = pictures_of(post, "A heron")
    browser = client_of(susan)
    path = f"/posts/{post.id}/edit"
    key = typed_in(browser.get(path).text)["key"]
    browser.post("/auth/logout")
    mine = fields(post, body="Much work", key=key, sensitive="y") | given | {"alt1": "Grey heron"}

    for _ in range(2):
        answer = browser.post(path, mine)
        assert answer.status_code == 403
        assert "Much work</textarea>" in answer.text
        # Not what the post says, nor its pictures.
        assert post.text not in answer.text
        assert "/media/" not in answer.text
        browser.sign_in("john")
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    browser.post("/auth/logout")
    browser.sign_in("susan")

    assert browser.post(path, kept | {"body": "Much work", "csrf_token": "x"}).status_code == 422
    assert browser.post(path, kept | {"body": "Much work"} | token_of(browser)).status_code == 303
    row = timelines.one(susan, post.id)
    assert (row.html, row.sensitive) == ("<p>Much work</p>", True)
    assert [picture.alt for picture in row.pictures] == ["Grey heron"]


def token_of(browser) -> dict:
    return {"csrf_token": browser.token}


def test_others_cannot_edit(susan, john, client_of):
    post = make_post(susan)
    hidden = make_post(susan, visibility=Visibility.DIRECT)
    browser = client_of(john)

    for path, status in ((post.id, 403), (hidden.id, 404), (1, 404)):
        assert browser.get(f"/posts/{path}/edit").status_code == status
        assert browser.post(f"/posts/{path}/edit", fields(post)).status_code == status


def test_the_history_shows_each_version_behind_its_warning(susan, client):
    post = make_post(susan, "First <words>", warning="Ink")
    add_pictures(post, "A heron", "")
    given = [(each.id, each.alt) for each in edits.current(susan, post.id).pictures]
    edits.edit(susan, post.id, 0, Content("Second words", pictures=given))
    db.session.commit()

    page = " ".join(client.get(f"/@susan/{post.id}/history").text.split())

    assert page.index("Second words") < page.index("Ink</span>") < page.index("First &lt;words&gt;")
    assert page.index("As it stands now") < page.index("As first published")
    assert page.count("A heron") == 2
    assert "Without a description" in page


def test_the_history_has_one_address_and_is_for_those_who_see_the_post(
    susan, john, client_of, client
):
    post = make_post(susan, visibility=Visibility.MEMBERS)

    assert client.get(f"/@susan/{post.id}/history").status_code == 404
    browser = client_of(john)
    assert browser.get(f"/@susan/{post.id}/history").status_code == 200
    moved = browser.get(f"/@Susan/{post.id}/history?before=7")
    assert (moved.status_code, moved.location) == (301, f"/@susan/{post.id}/history?before=7")
    assert browser.get(f"/@john/{post.id}/history").status_code == 404
    assert browser.get(f"/@susan/{post.id}/history?before=x").status_code == 400


def test_former_versions_of_a_post_for_chosen_people_are_for_its_author(susan, john, client_of):
    post = make_post(susan, "The surprise", visibility=Visibility.DIRECT)
    edits.edit(susan, post.id, 0, Content("Come along, @john"))
    db.session.commit()
    told = "Former versions are shown to the author only."
    of_john, of_susan = (
        client_of(user).get(f"/@susan/{post.id}/history").text for user in (john, susan)
    )

    assert told in of_john
    assert "Come along" in of_john
    assert "surprise" not in of_john
    assert told not in of_susan
    assert "surprise" in of_susan


def test_the_history_costs_five_queries(susan, client_of, count_queries):
    post = make_post(susan)
    add_pictures(post, "A heron")
    db.session.execute(update(Post).values(edited_at=utc_now()))
    db.session.commit()
    browser = client_of(susan)
    count_queries.clear()
    browser.get(f"/@susan/{post.id}/history")

    assert len(count_queries) == 5
