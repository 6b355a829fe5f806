"""Parts of pages that are kept: never another member's."""

import re
from pathlib import Path

from app.extensions import db
from app.tests.factories import make_post, make_user
from app.web import parts

TEMPLATES = Path(parts.__file__).parents[1] / "templates"


def test_each_member_is_shown_their_own_page(susan, john, client_of):
    susan.display_name, john.display_name = "Susan Ashworth", "John Barley"
    db.session.commit()
    for _ in range(2):
        for member, other in ((susan, john), (john, susan)):
            page = client_of(member).get("/about").text

            assert member.display_name in page
            assert f'href="/@{member.username}"' in page
            assert other.display_name not in page


def test_a_new_name_is_shown_at_once(susan, client_of):
    browser = client_of(susan)
    browser.get("/about")

    susan.display_name = "Susan the Second"
    db.session.commit()

    assert "Susan the Second" in browser.get("/about").text


def test_what_one_may_do_with_a_post_is_not_shown_to_another(susan, john, client_of):
    post = make_post(susan, "A post of hers")
    for _ in range(2):
        assert f"/posts/{post.id}/delete" in client_of(susan).get("/explore").text
        assert f"/posts/{post.id}/delete" not in client_of(john).get("/explore").text


def test_a_like_shows_at_once_and_only_to_who_liked(susan, john, client_of):
    post = make_post(make_user(), "Likeable")
    browser, other = client_of(susan), client_of(john)
    for each in (browser, other):
        each.get("/explore")

    browser.post(f"/posts/{post.id}/like")

    assert f'formaction="/posts/{post.id}/unlike"' in browser.get("/explore").text
    assert f'formaction="/posts/{post.id}/unlike"' not in other.get("/explore").text


def test_what_is_unread_shows_at_once(susan, client_of):
    browser = client_of(susan)
    assert badges(browser.get("/about").text) == {("notifications", "0"), ("messages", "0")}

    susan.credential.unread_notifications, susan.credential.unread_messages = 3, 120
    db.session.commit()

    page = browser.get("/about").text
    assert badges(page) == {("notifications", "3"), ("messages", "99+")}
    assert "<title>(99+) About" in page


def badges(page: str) -> set[tuple[str, str]]:
    return set(re.findall(r'data-badge="(\w+)"[^>]*><span>([^<]+)<', page))


def test_only_parts_that_show_what_is_unread_are_kept_for_each_count(app, susan, client_of):
    browser = client_of(susan)
    # By other tests it may be full, and then it does not grow.
    app.extensions["parts"].cache_clear()
    browser.get("/about")
    kept = app.extensions["parts"].cache_info
    before = kept().currsize

    for count in range(1, 6):
        susan.credential.unread_notifications = count
        db.session.commit()
        browser.get("/about")

    assert kept().currsize - before == 5 * len(parts.COUNTING)


def test_those_are_the_parts_that_ask_for_it():
    shell = (TEMPLATES / "app.html").read_text()
    asking = {
        name
        for name in re.findall(r'part\("([^"]+)"\)', shell)
        if "viewer.unread" in (TEMPLATES / name).read_text()
    }

    assert asking == parts.COUNTING
