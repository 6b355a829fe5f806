"""Every page of the site, in each of the states that readers see."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

from playwright.sync_api import Page

from app.extensions import db
from app.models import User
from app.services import accounts
from app.tests.factories import make_follow, make_post, make_user

TEXTS = (
    "The #soup is ready, @susan. Menu: https://kitchen.example/menus/2026/october/soup",
    "두 번째 글이에요. 오늘은 #수프 를 끓였어요.",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "One line\nand another\n\nand a paragraph of its own.",
    "https://an.example/" + "very-long-address/" * 12,
    "🥣",
    "Last one of seven, so that there is a second page.",
)
EMPTY_FORM = "form[method=post][novalidate]"


@dataclass(frozen=True)
class Place:
    """A page: how to get there as one of the town's people, and what to do there first.

    :ivar viewer: the name of somebody in the town; None for a signed-out reader
    """

    name: str
    path: str
    viewer: str | None = None
    prepare: Callable[[Page], None] | None = None

    def __str__(self) -> str:
        return self.name


def make_town() -> SimpleNamespace:
    """Make people and posts that fill every page, and one who has nothing yet."""
    susan, john, lonely = (make_user(name) for name in ("susan", "john", "lonely"))
    longest = make_user("a_name_of_thirty_characters_xx")
    _describe(john, "John of the Soup Kitchen 🥣", "Cooks. Writes at https://kitchen.example #soup")
    _describe(longest, "Wolfeschlegelsteinhausenbergerdorffwelchevoralternw", "x" * 200)
    for follower, followed in ((susan, john), (john, susan), (longest, susan), (susan, longest)):
        make_follow(follower, followed)
    of_john = [make_post(john, text) for text in TEXTS]
    return SimpleNamespace(
        susan=susan,
        lonely=lonely,
        of_john=of_john[0].id,
        of_susan=make_post(susan, "Mine, with #soup.").id,
        older=of_john[-2].id,
    )


def _describe(user: User, name: str, bio: str) -> None:
    accounts.update_profile(user, name[: User.MAX_DISPLAY_NAME], bio)
    db.session.commit()


def submit_empty(page: Page) -> None:
    """Send the form with nothing in it."""
    page.locator(EMPTY_FORM).locator("button[type=submit]").click()
    page.locator("#errors").wait_for()


def spoil_profile(page: Page) -> None:
    page.get_by_label("About you").fill("x" * 201)
    page.get_by_role("button", name="Save profile").click()
    page.locator("#errors").wait_for()


def compose_too_much(page: Page) -> None:
    """Send too long a post as a browser without JavaScript does."""
    page.get_by_role("textbox", name="New post").fill("x" * 501)
    with page.expect_navigation():
        page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('compose'))")


PLACES = (
    Place("explore signed out", "/explore"),
    Place("explore older", "/explore?before={older}"),
    Place("profile signed out", "/@john"),
    Place("followers signed out", "/@susan/followers"),
    Place("tag signed out", "/tags/soup"),
    Place("post signed out", "/@john/{of_john}"),
    Place("about signed out", "/about"),
    Place("register", "/auth/register"),
    Place("register with errors", "/auth/register", prepare=submit_empty),
    Place("sign-in", "/auth/login"),
    Place("sign-in with errors", "/auth/login", prepare=submit_empty),
    Place("home", "/", "susan"),
    Place("home older", "/?before={older}", "susan"),
    Place("home empty", "/", "lonely"),
    Place("explore", "/explore", "susan"),
    Place("profile own", "/@susan", "susan"),
    Place("profile own empty", "/@lonely", "lonely"),
    Place("profile other", "/@john", "susan"),
    Place("followers", "/@susan/followers", "susan"),
    Place("following", "/@susan/following", "susan"),
    Place("following nobody", "/@lonely/following", "lonely"),
    Place("tag", "/tags/soup", "susan"),
    Place("tag unused", "/tags/nothing", "susan"),
    Place("post", "/@john/{of_john}", "susan"),
    Place("post own", "/@susan/{of_susan}", "susan"),
    Place("delete", "/posts/{of_susan}/delete", "susan"),
    Place("compose with errors", "/", "susan", prepare=compose_too_much),
    Place("settings profile", "/settings/profile", "susan"),
    Place("settings profile with errors", "/settings/profile", "susan", prepare=spoil_profile),
    Place("settings preferences", "/settings/preferences", "susan"),
    Place("about", "/about", "susan"),
    Place("error 400", "/explore?before=nonsense"),
    Place("error 404", "/nowhere", "susan"),
    Place("error 500", "/@broken"),
)
