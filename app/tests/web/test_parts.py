"""Parts of pages that are kept: never another member's."""

from app.extensions import db
from app.tests.factories import make_post, make_user


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
