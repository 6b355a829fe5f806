"""What the pages of posts and people tell other sites."""

import json
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import update

from app.extensions import db
from app.models import Picture, Post, User, Visibility
from app.tests.factories import make_post, make_user
from app.web.sharing import shorten

PAYLOAD = '"><svg/onload=1>{{7*7}}</script><!--'
OF_SHARING = re.compile(r'<link rel="canonical"|json\+oembed|property="og:|twitter:card|ld\+json')
FAMILY = "👩\u200d👩\u200d👧\u200d👦"


def make_picture(owner: User, alt: str = "") -> tuple[int, str]:
    """Make a picture and return what a `Content` says of it."""
    columns = {"width": 1600, "height": 900, "small_width": 640, "small_height": 360, "size": 9}
    key = f"{owner.id:032x}"
    picture = Picture(owner_id=owner.id, key=key, placeholder="data:,", **columns)
    db.session.add(picture)
    db.session.commit()
    return picture.id, alt


def told_by(page) -> dict[str, str]:
    """Return what the head of a page tells, by its name."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page.text)
    links = re.findall(r'<link rel="(canonical|alternate)" [^>]*href="([^"]*)"', page.text)
    links += re.findall(r'<link rel="(canonical)" href="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in [*found, *links]}


def data_of(page) -> dict:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("language", "locale"), [("pt", "pt_BR"), ("eo", None), ("xx", None), ("pt-BR-x", None)]
)
def test_a_language_without_a_country_is_told_without_one(susan, client, language, locale):
    post = make_post(susan, "Soup")
    db.session.execute(update(Post).values(language=language))
    db.session.commit()
    page = client.get(f"/@susan/{post.id}")

    assert page.status_code == 200
    assert told_by(page).get("og:locale") == locale


def test_a_post_tells_who_wrote_what_and_when(susan, client):
    susan.display_name = "Susan S."
    susan.avatar_key = f"{susan.id}-{'a' * 32}"
    at = datetime(2026, 3, 12, 18, 22, tzinfo=UTC)
    post = make_post(susan, "The #soup\n\nis ready", at=at, language="ko")
    db.session.execute(update(Post).values(edited_at=at.replace(hour=19), likes_count=3))
    db.session.commit()
    address = f"http://localhost/@susan/{post.id}"
    page = client.get(f"/@susan/{post.id}")
    told = told_by(page)
    portrait = f"http://localhost/media/avatar/{susan.avatar_key}.webp"

    assert told.items() >= {
        "canonical": address,
        "og:type": "article",
        "og:url": address,
        "og:title": "Susan S. (@susan)",
        "og:description": "The #soup is ready",
        "og:site_name": "Microblog",
        "og:locale": "ko_KR",
        "og:image": portrait,
        "article:published_time": "2026-03-12T18:22:00+00:00",
        "article:modified_time": "2026-03-12T19:22:00+00:00",
        "twitter:card": "summary",
    }.items()  # fmt: skip
    assert "robots" not in told
    data = data_of(page)
    assert data["@type"] == "SocialMediaPosting"
    assert data["author"]["image"] == portrait
    assert data["text"] == "The #soup is ready"
    assert (data["datePublished"], data["dateModified"]) == (
        "2026-03-12T18:22:00+00:00",
        "2026-03-12T19:22:00+00:00",
    )
    assert data["interactionStatistic"][0]["userInteractionCount"] == 3
    assert client.get(told["alternate"]).json["html"].count(f"{address}/embed") == 1


def test_a_picture_is_shown_large_with_what_is_on_it(susan, client):
    post = make_post(susan, "", pictures=[make_picture(susan, "A pot of soup")])
    told = told_by(client.get(f"/@susan/{post.id}"))

    assert (
        told.items()
        >= {
            "og:image": f"http://localhost/media/{susan.id:032x}/large.webp",
            "og:image:width": "1600",
            "og:image:height": "900",
            "og:image:alt": "A pot of soup",
            "og:description": "A pot of soup",
            "twitter:card": "summary_large_image",
        }.items()
    )


@pytest.mark.parametrize("folded", [{"warning": "Soup opera"}, {"sensitive": True}])
def test_what_is_folded_away_is_told_to_nobody(susan, client, folded):
    picture = make_picture(susan, "secret sight")
    post = make_post(
        susan, "secret text" if "warning" in folded else "", pictures=[picture], **folded
    )
    page = client.get(f"/@susan/{post.id}")
    head = page.text.partition("</head>")[0]

    assert "secret" not in head
    # Nor is the avatar, which is a drawing.
    assert "og:image" not in head
    assert "/media/" not in head
    assert told_by(page).get("og:description", "") == folded.get("warning", "")
    assert told_by(page)["twitter:card"] == "summary"


@pytest.mark.parametrize("visibility", Visibility)
def test_only_what_everybody_can_see_is_told(susan, client_of, visibility):
    post = make_post(susan, "Soup", visibility=visibility)
    page = client_of(susan).get(f"/@susan/{post.id}")

    assert bool(OF_SHARING.search(page.text)) == (visibility in {"public", "unlisted"})
    assert ("robots" in told_by(page)) == (visibility != "public")


def test_nothing_that_is_told_becomes_markup(susan, client):
    susan.display_name = susan.bio = PAYLOAD
    post = make_post(susan, PAYLOAD, pictures=[make_picture(susan, PAYLOAD)])
    warned = make_post(susan, "Soup", warning=PAYLOAD)

    for path in (f"/@susan/{post.id}", f"/@susan/{warned.id}", "/@susan"):
        page = client.get(path)
        assert "<svg/onload" not in page.text, path
        assert "<!--" not in page.text, path
        assert "onload=1&gt;49" not in page.text, path
        assert told_by(page)["og:title"] == f"{PAYLOAD} (@susan)"
        assert told_by(page)["og:description"] == PAYLOAD
        if path != "/@susan":
            assert data_of(page)["text"] == data_of(page)["author"]["name"] == PAYLOAD


def test_a_profile_tells_of_its_owner(client):
    make_user("wren", bio="Sings.\nFlies.", avatar_key=f"1-{'b' * 32}")
    page = client.get("/@wren")

    assert (
        told_by(page).items()
        >= {
            "canonical": "http://localhost/@wren",
            "og:type": "profile",
            "og:title": "wren (@wren)",
            "og:description": "Sings. Flies.",
            "og:image": f"http://localhost/media/avatar/1-{'b' * 32}.webp",
            "profile:username": "wren",
        }.items()
    )
    assert not OF_SHARING.search(client.get("/@wren?before=1").text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        (FAMILY * 201, FAMILY * 199 + "…"),
        ("word " * 60, "word " * 39 + "word…"),
    ],
)
def test_a_description_ends_between_characters(text, told):
    assert shorten(text) == told
