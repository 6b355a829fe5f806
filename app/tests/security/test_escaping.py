"""What people type is text, wherever it is shown."""

import pytest

from app.tests.factories import make_post, make_user

PAYLOAD = '"><svg/onload=1>{{7*7}}'


@pytest.fixture
def page_of(client_of):
    """Return a function that gives a page as a member with hostile texts everywhere sees it."""
    user = make_user("mallory")
    browser = client_of(user)
    saved = browser.post("/settings/profile", {"display_name": PAYLOAD, "bio": PAYLOAD})
    assert saved.status_code == 303
    post = make_post(user, f"{PAYLOAD} #soup")
    return lambda path: browser.get(path.format(id=post.id)).text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/explore",
        "/@mallory",
        "/@mallory/{id}",
        "/@mallory/{id}/likes",
        "/bookmarks",
        "/posts/{id}/delete",
        "/settings/profile",
        "/tags/soup",
        '/tags/"><svg onload=1>',
        '/"><svg/onload=1>',
    ],
)
def test_markup_is_shown_not_obeyed(page_of, path):
    page = page_of(path)

    assert "<svg/onload" not in page
    assert "<svg onload" not in page
    assert "onload=1&gt;49" not in page


def test_markup_in_a_refused_form_comes_back_as_text(client):
    client.get("/auth/register")
    page = client.post(
        "/auth/register", {"username": PAYLOAD, "email": PAYLOAD, "password": "x"}
    ).text

    assert "<svg/onload" not in page
    assert "&gt;&lt;svg/onload=1&gt;{{7*7}}" in page


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JaVa\tScript:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_a_dangerous_address_is_no_link(susan, client, link):
    make_post(susan, f"Click {link} now")

    assert f'href="{link.split(":")[0]}' not in client.get("/@susan").text


def test_links_tell_nobody_and_pass_no_credit(susan, client):
    make_post(susan, "https://example.org/page")

    assert 'rel="ugc noopener"' in client.get("/@susan").text


def test_a_name_cannot_turn_the_page_around(susan, client_of):
    browser = client_of(susan)
    response = browser.post("/settings/profile", {"display_name": "\u202egnirts", "bio": ""})

    assert response.status_code == 422
    assert "characters that cannot be shown" in response.text


def test_a_name_of_joined_emoji_comes_back_whole(susan, client_of):
    family = "👩\u200d👩\u200d👧\u200d👦 مرحبا"
    browser = client_of(susan)
    browser.post("/settings/profile", {"display_name": family, "bio": ""})

    assert f'<bdi class="post-name">{family}</bdi>' in browser.get("/").text
