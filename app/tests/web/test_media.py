"""Pictures over HTTP: who gets one, how long it may be kept, and the page that shows it large."""

import pytest

from app.extensions import db, settings
from app.models import Visibility
from app.services import media_files, pictures, portraits
from app.tests.client import Client
from app.tests.factories import make_follow, make_post
from app.tests.pictures import decoded, make_picture, picture, s3_server


def small(found):
    return f"/media/{found.key}/small.webp"


@pytest.fixture
def shown(susan):
    return make_picture(susan, make_post(susan), "Two halves")


def test_a_picture_is_a_picture_and_nothing_else(shown, client):
    for size in ("small", "large"):
        response = client.get(f"/media/{shown.key}/{size}.webp")

        assert response.status_code == 200
        assert decoded(response.data).size == (60, 40)
        assert response.headers["Content-Type"] == "image/webp"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_what_everybody_may_see_is_kept_and_asked_for_again_by_its_tag(shown, client):
    first = client.get(small(shown))
    again = client.get(small(shown), **{"If-None-Match": first.headers["ETag"]})
    large = client.get(small(shown).replace("small", "large"))
    head = client.send("HEAD", small(shown), {})

    assert first.headers["Cache-Control"] == "public, max-age=86400"
    assert (again.status_code, again.data) == (304, b"")
    assert not first.headers["ETag"].startswith("W/")
    assert large.headers["ETag"] != first.headers["ETag"]
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.data))


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        (Visibility.PUBLIC, {"nobody", "stranger", "follower", "author"}),
        (Visibility.UNLISTED, {"nobody", "stranger", "follower", "author"}),
        (Visibility.MEMBERS, {"stranger", "follower", "author"}),
        (Visibility.FOLLOWERS, {"follower", "author"}),
        (Visibility.DIRECT, {"author"}),
    ],
)
def test_a_picture_is_for_those_who_may_see_its_post(
    susan, john, owner, client, client_of, visibility, readers
):
    make_follow(john, susan)
    found = make_picture(susan, make_post(susan, visibility=visibility))
    browsers = {
        "nobody": client,
        "stranger": client_of(owner),
        "follower": client_of(john),
        "author": client_of(susan),
    }
    missing = {
        name: browser.get(f"/media/{'0' * 32}/small.webp") for name, browser in browsers.items()
    }

    answers = {name: browser.get(small(found)) for name, browser in browsers.items()}

    assert {name for name, answer in answers.items() if answer.status_code == 200} == readers
    for name, answer in answers.items():
        is_open = visibility in {Visibility.PUBLIC, Visibility.UNLISTED}
        if name in readers:
            expected = "public, max-age=86400" if is_open else "private, no-cache"
            assert answer.headers["Cache-Control"] == expected
        else:
            assert (answer.status_code, len(answer.data)) == (404, len(missing[name].data))
    # Who kept it from better days gets no word of it, either.
    tag = {"If-None-Match": answers["author"].headers["ETag"]}
    assert client.get(small(found), **tag).status_code == (304 if is_open else 404)


def test_a_draft_is_for_its_owner_only(susan, john, client, client_of):
    draft = make_picture(susan)

    assert client_of(susan).get(small(draft)).status_code == 200
    assert client_of(john).get(small(draft)).status_code == 404
    assert client.get(small(draft)).status_code == 404


@pytest.mark.parametrize("hidden", ["suspended_at", "deletion_at"])
def test_of_hidden_members_nothing_is_served(susan, shown, client, hidden):
    key = portraits.prepare(susan.id, "avatar", picture())
    portraits.put(susan, "avatar", key)
    db.session.commit()
    assert client.get(f"/media/avatar/{key}.webp").status_code == 200

    setattr(susan, hidden, susan.created_at)
    db.session.commit()

    assert client.get(small(shown)).status_code == 404
    assert client.get(f"/media/avatar/{key}.webp").status_code == 404


def test_of_a_deleted_post_nothing_is_served_even_before_its_files_are_gone(susan, shown, client):
    pictures.detach_all([shown.post_id])
    db.session.commit()

    assert media_files.get(media_files.name_of(shown.key, "small"))
    assert client.get(small(shown)).status_code == 404


def test_what_a_member_does_not_look_like_any_more_is_gone(susan, client):
    first, second = (portraits.prepare(susan.id, "avatar", picture()) for _ in range(2))
    for key in (first, second):
        portraits.put(susan, "avatar", key)
    db.session.commit()

    assert client.get(f"/media/avatar/{first}.webp").status_code == 404
    assert client.get(f"/media/header/{second}.webp").status_code == 404
    response = client.get(f"/media/avatar/{second}.webp")
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert decoded(response.data).size == (40, 40)


@pytest.mark.parametrize(
    "path",
    [
        "/media/../secret_key",
        "/media/..%2fsecret_key/small.webp",
        "/media/%2e%2e/%2e%2e/secret_key/small.webp",
        "/media/..%5c..%5csecret_key/small.webp",
        "/media/{key}/../small.webp",
        "/media/{key}/small.webp/..%2f..",
        "/media/{key}/small.webp%00",
        "/media/{key}/small.png",
        "/media/{key}/huge.webp",
        "/media/{key}%0a/small.webp",
        "/media/{KEY}/small.webp",
        "/media/avatar/../../secret_key.webp",
        "/media/avatar/..%2f..%2fsecret_key.webp",
        "/media/avatar/{key}.webp",
        "/media/avatar/0-{key}.webp",
        "/media/header/999999999999999999999999-{key}.webp",
        "/media/small/{key}.webp",
        "/media/' OR 1=1--/small.webp",
    ],
)
def test_no_path_leads_anywhere_else(shown, client, path):
    response = client.get(path.format(key=shown.key, KEY=shown.key.upper() + "A"))

    assert response.status_code in {400, 404}


def test_a_file_takes_two_queries_at_most(susan, shown, client_of, client, count_queries):
    browser = client_of(susan)
    for reader, most in ((browser, 2), (client, 1)):
        count_queries.clear()
        assert reader.get(small(shown)).status_code == 200
        assert len(count_queries) <= most


def test_a_lost_file_is_a_404(shown, client):
    media_files.remove([shown.key])

    assert client.get(small(shown)).status_code == 404


def test_a_storage_that_is_down_is_no_500(once, shown, make_app, caplog):
    away = make_app(MEDIA_URL="s3://key:secret@127.0.0.1:9/media?tls=off", LOG_LEVEL="ERROR")

    response = Client(away).get(small(shown))

    assert response.status_code == 503
    assert response.headers["Cache-Control"] == "no-store"


def test_a_picture_in_a_bucket_is_served_as_one_in_a_folder(once, susan, make_app):
    with s3_server() as url:
        far = make_app(MEDIA_URL=url)
        with far.app_context():
            found = make_picture(susan, make_post(susan))
        assert not (settings.media_store.path / media_files.name_of(found.key, "small")).exists()

        assert decoded(Client(far).get(small(found)).data).size == (60, 40)


def test_the_page_of_a_picture_shows_it_with_its_words_and_neighbours(susan, client):
    post = make_post(susan)
    found = [make_picture(susan, post, alt) for alt in ("One", "<b>Two</b>", "")]
    path = f"/@susan/{post.id}/pictures"

    first, second, last = (client.get(f"{path}/{number}").text for number in (1, 2, 3))

    assert f'href="/@susan/{post.id}"' in second
    assert f"/media/{found[1].key}/large.webp" in second
    assert second.count("&lt;b&gt;Two&lt;/b&gt;") == 2
    assert f'rel="prev" href="{path}/1"' in second
    assert f'rel="next" href="{path}/3"' in second
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last
    assert "This picture has no description." in last
    assert client.get(f"/@SUSAN/{post.id}/pictures/2").headers["Location"] == f"{path}/2"
    for wrong in ("0", "4", "-1", "x"):
        assert client.get(f"{path}/{wrong}").status_code == 404


def test_a_sensitive_picture_is_folded_on_its_page_too(susan, client):
    post = make_post(susan)
    post.sensitive = True
    make_picture(susan, post)

    page = client.get(f"/@susan/{post.id}/pictures/1").text

    assert page.index("<details") < page.index("Sensitive picture") < page.index("<figure")
