"""What members look like: choosing a picture and a header, changing them, going without."""

import pytest

from app.extensions import db, settings
from app.models import User
from app.services import images, media_files
from app.tests.client import Client
from app.tests.pictures import decoded, huge_png, losing, picture, send_large, stored, upload

PAGE = "/settings/profile"
TEXTS = {"display_name": "Susan", "bio": "Cooks."}


@pytest.fixture
def browser(susan, client_of):
    return client_of(susan)


def now(user):
    """Return what the table says, and hold up nobody who writes next."""
    found = db.session.get(User, user.id, populate_existing=True)
    db.session.commit()
    return found


def is_stored(kind, key):
    return (settings.media_store.path / media_files.name_of(key, kind)).exists()


def test_a_member_gets_a_picture_and_a_header_and_goes_without_again(susan, browser, run_jobs):
    sent = {"avatar": upload(), "header": upload(picture("JPEG", (900, 600)), "wide.jpg")}
    response = browser.post(PAGE, TEXTS | sent)
    assert (response.status_code, response.headers["Location"]) == (303, PAGE)

    first = now(susan)
    avatar, header = (
        f"/media/avatar/{first.avatar_key}.webp",
        f"/media/header/{first.header_key}.webp",
    )
    keys = {"avatar": first.avatar_key, "header": first.header_key}
    shown = browser.get("/@susan").text
    assert avatar in shown
    assert header in shown
    assert first.display_name == "Susan"
    assert decoded(browser.get(avatar).data).size == (40, 40)
    assert decoded(browser.get(header).data).size == (900, 300)

    page = browser.get(PAGE).text
    assert avatar in page
    assert header in page
    assert 'name="remove_avatar"' in page
    assert 'name="remove_header"' in page
    browser.post(PAGE, TEXTS | {"remove_avatar": "y", "remove_header": "y"})

    assert (now(susan).avatar_key, susan.header_key) == (None, None)
    assert browser.get(avatar).status_code == 404
    assert 'name="remove_avatar"' not in browser.get(PAGE).text
    run_jobs()
    assert not any(is_stored(kind, key) for kind, key in keys.items())


def test_another_picture_takes_the_place_of_the_former_and_nothing_else(susan, browser, run_jobs):
    browser.post(PAGE, TEXTS | {"avatar": upload(), "header": upload()})
    first = now(susan).avatar_key, susan.header_key
    # A new picture wins over the box that would remove it.
    browser.post(PAGE, TEXTS | {"avatar": upload(), "remove_avatar": "y"})

    assert now(susan).avatar_key not in {None, first[0]}
    assert now(susan).header_key == first[1]
    run_jobs()
    assert not is_stored("avatar", first[0])
    assert is_stored("header", first[1])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg onload='alert(1)'/>", "“a.png” is no JPEG, PNG, WebP, GIF or AVIF picture."),
        (huge_png(), "“a.png” has too many pixels."),
        (picture()[:90], "“a.png” is damaged"),
        (b"", "“a.png” is no JPEG"),
        (bytes(10 * 1024 * 1024 + 1), "“a.png” is larger than 10 MB."),
    ],
    ids=["svg", "pixels", "half", "empty", "bytes"],
)
def test_a_picture_that_is_refused_is_told_beside_its_field_and_changes_nothing(
    susan, browser, data, words
):
    response = send_large(
        browser, PAGE, {"display_name": "New", "bio": "b", "avatar": upload(data, "a.png")}
    )

    assert response.status_code == 422
    assert words in response.text
    assert 'id="avatar-error"' in response.text
    assert 'value="New"' in response.text
    assert (now(susan).avatar_key, now(susan).display_name) == (None, "")


def test_a_text_that_is_refused_asks_for_the_picture_once_more(susan, browser, run_jobs):
    before = stored()
    response = browser.post(PAGE, {"display_name": "x" * 51, "bio": "b", "header": upload()})

    assert response.status_code == 422
    assert "Choose this picture once more." in response.text
    assert now(susan).header_key is None
    assert len(stored() - before) == 1
    run_jobs()
    assert stored() == before


def test_a_view_that_runs_again_makes_the_picture_once(susan, browser):
    before = stored()
    with losing("UPDATE users"):
        response = browser.post(PAGE, TEXTS | {"avatar": upload()})

    assert response.status_code == 303
    assert now(susan).avatar_key
    assert len(stored() - before) == 1


def test_who_waits_too_long_for_other_pictures_keeps_the_text(browser, monkeypatch):
    monkeypatch.setattr(images, "PATIENCE", 0.05)
    with images._one_at_a_time:
        response = browser.post(PAGE, {"display_name": "New", "bio": "b", "avatar": upload()})

    assert response.status_code == 503
    assert "Many pictures are being prepared right now." in response.text
    assert 'value="New"' in response.text


def test_pictures_far_too_large_are_told_by_a_page(susan, browser):
    response = send_large(browser, PAGE, TEXTS | {"avatar": upload(bytes(22 * 1024 * 1024))})

    assert response.status_code == 413
    assert "A picture may have 10 MB at most, all that is sent at once 20 MB," in response.text
    assert now(susan).display_name == ""


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        # A form that takes no pictures neither takes files nor grows with them.
        ("/settings/preferences", {"theme": "auto", "avatar": upload()}, 400),
        ("/settings/preferences", {"theme": "auto", "avatar": upload(bytes(600 * 1024))}, 413),
        # Room for pictures is no room for words.
        (PAGE, {"display_name": "a", "bio": "x" * 600 * 1024, "avatar": upload()}, 413),
        (PAGE, TEXTS | {"avatar": upload(name="a\x07.png")}, 400),
        (PAGE, TEXTS | {"ava\x07tar": upload()}, 400),
    ],
    ids=["no files here", "no room here", "words", "file name", "field name"],
)
def test_files_come_only_where_a_form_has_them(susan, browser, path, fields, status):
    response = send_large(browser, path, fields)

    assert response.status_code == status
    assert now(susan).avatar_key is None


@pytest.mark.parametrize(
    "name", ["../../../etc/cron.d/x", "C:\\x.png", "<svg>.png", "a" * 5000, "x.svg"]
)
def test_the_name_of_a_file_means_nothing(susan, browser, name):
    assert browser.post(PAGE, TEXTS | {"avatar": upload(name=name)}).status_code == 303

    key = now(susan).avatar_key
    assert key.startswith(f"{susan.id}-")
    assert is_stored("avatar", key)


def test_a_storage_that_is_down_is_told_and_keeps_the_text(once, susan, make_app):
    away = make_app(MEDIA_URL="s3://key:secret@127.0.0.1:9/media?tls=off", LOG_LEVEL="ERROR")
    browser = Client(away)
    browser.sign_in("susan")

    response = browser.post(PAGE, {"display_name": "New", "bio": "b", "avatar": upload()})

    assert response.status_code == 503
    assert "Pictures cannot be stored right now." in response.text
    assert 'value="New"' in response.text
