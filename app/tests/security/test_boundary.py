"""What is no sensible request is refused, and never a 5xx."""

import pytest
from sqlalchemy import delete

from app.extensions import db
from app.models import UserSession
from app.tests.factories import make_post
from app.tests.pictures import send_large, upload


@pytest.mark.parametrize(
    "path",
    [
        "/explore?before=1&before=2",
        "/explore?before=%00",
        "/explore?x=%00",
        "/explore?x=%0d%0aSet-Cookie:a",
        "/explore?x=%ff",
        "/explore?%ff=x",
        "/tags/%ff",
        "/tags/a%00b",
        "/@su%00san",
        "/%ff",
    ],
)
def test_addresses_that_are_no_text_are_refused(client, path):
    assert 400 <= client.get(path).status_code < 500


@pytest.mark.parametrize(
    "cursor", ["-1", "0", "NaN", str(2**63), str(10**20), "%D9%A3", "1_000", "x", ""]
)
@pytest.mark.parametrize("page", ["/explore", "/@susan", "/@susan/followers", "/tags/soup"])
def test_a_wrong_cursor_is_a_clear_400(susan, client, page, cursor):
    response = client.get(f"{page}?before={cursor}")

    assert response.status_code == 400
    assert "That request makes no sense" in response.text


@pytest.mark.parametrize("post_id", ["0", "-1", str(2**63), str(2**64), "9" * 400, "x", "1.5", "٣"])
def test_a_post_that_cannot_exist_is_a_404(susan, client_of, post_id):
    browser = client_of(susan)

    assert browser.get(f"/@susan/{post_id}").status_code == 404
    assert browser.get(f"/posts/{post_id}/delete").status_code == 404
    assert browser.post(f"/posts/{post_id}/delete").status_code == 404


@pytest.mark.parametrize(
    "username", ["nobody", "' OR 1=1--", "%", "_", "su%san", "ѕusan", "s" * 5000, "<svg>", "ADMIN"]
)
def test_a_person_who_does_not_exist_is_a_404(susan, client, username):
    for path in (f"/@{username}", f"/@{username}/followers", f"/@{username}/1"):
        assert client.get(path).status_code == 404


def test_a_parameter_given_twice_is_refused(susan, client_of):
    browser = client_of(susan)
    response = browser.post("/posts", {"body": ["one", "two"]})

    assert response.status_code == 400


@pytest.mark.parametrize("value", ["a\x00b", "a\x1b[31m", "\x7f"])
@pytest.mark.parametrize("field", ["body", "next", "anything"])
def test_control_characters_in_a_form_are_refused(susan, client_of, field, value):
    assert client_of(susan).post("/posts", {"body": "x", field: value}).status_code == 400


def test_a_form_in_another_encoding_is_refused(susan, client_of):
    browser = client_of(susan)
    response = browser.browser.post(
        "/posts",
        data=b"csrf_token=" + browser.token.encode() + b"&body=%ff%fe",
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == 400


def test_a_huge_form_is_refused(susan, client_of):
    response = client_of(susan).post("/posts", {"body": "x" * 1_000_000})

    assert response.status_code == 413
    assert "too much" in response.text
    assert "A form may have 512 kB at most." in response.text
    assert "your text should still be there" in response.text


@pytest.mark.parametrize("name", ["", "a.png"])
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/posts", "body"),
        ("/posts", "csrf_token"),
        ("/settings/profile", "bio"),
        ("/auth/register", "email"),
    ],
)
def test_a_file_in_the_place_of_a_text_is_refused(susan, client_of, path, field, name):
    response = client_of(susan).post(path, {"body": "x", field: upload(b"x", name)})

    assert response.status_code == 400


def test_a_field_for_files_may_stay_empty_but_does_not_come_twice(susan, client_of):
    browser = client_of(susan)
    twice = {"avatar": [upload(b"", ""), upload()]}

    assert browser.post("/posts", {"body": "x", "images": upload(b"", "")}).status_code == 303
    assert browser.post("/settings/profile", twice).status_code == 400


def test_large_files_are_only_read_from_browsers_that_signed_in(susan, client, client_of):
    def send(browser):
        return send_large(browser, "/posts", {"body": "x", "images": upload(bytes(600 * 1024))})

    client.get("/auth/login")
    refused = send(client)
    assert refused.status_code == 413
    assert "Sign in to send pictures" in refused.text

    browser = client_of(susan)
    assert send(browser).status_code == 422
    # The cookie tells, and no row: what a member wrote meanwhile can still be kept.
    db.session.execute(delete(UserSession))
    db.session.commit()
    assert send(browser).status_code == 303


def test_a_form_of_unknown_length_is_refused(susan, client_of):
    browser = client_of(susan)
    form = {"csrf_token": browser.token, "body": "x"}
    response = browser.browser.post("/posts", data=form, headers={"Transfer-Encoding": "chunked"})

    assert response.status_code == 411


def test_ten_thousand_fields_are_refused(susan, client_of):
    fields = {f"f{number}": "x" for number in range(10_000)}

    assert client_of(susan).post("/posts", fields).status_code in {400, 413}


def test_another_persons_fields_are_ignored(susan, john, client_of):
    browser = client_of(susan)
    browser.post(
        "/posts",
        {"body": "Mine", "author_id": str(john.id), "user_id": str(john.id), "id": "1",
         "created_at": "2020-01-01", "is_admin": "1"},
    )  # fmt: skip
    browser.post("/settings/profile", {"display_name": "S", "bio": "", "role": "owner"})

    assert "Mine" in browser.get("/@susan").text
    assert "Mine" not in browser.get("/@john").text
    assert "Mine" in browser.get("/explore").text


def test_another_persons_post_cannot_be_deleted(susan, john, client_of):
    post = make_post(john, "Still here")
    browser = client_of(susan)

    assert browser.get(f"/posts/{post.id}/delete").status_code == 403
    assert browser.post(f"/posts/{post.id}/delete").status_code == 403
    assert "Still here" in browser.get(f"/@john/{post.id}").text
