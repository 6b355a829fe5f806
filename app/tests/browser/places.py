"""Every page of the site, in each of the states that readers see."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from playwright.sync_api import FilePayload, Page

from app.extensions import db
from app.models import (
    Export,
    ExportState,
    MessagesFrom,
    Post,
    Purpose,
    Translation,
    User,
    Visibility,
)
from app.models.base import utc_now
from app.services import (
    accounts,
    blocks,
    confirmations,
    conversations,
    edits,
    exports,
    messages,
    mutes,
    portraits,
    reactions,
    sessions,
    thread_mutes,
    tokens,
)
from app.services.contents import Content
from app.services.mutes import Duration
from app.tests.authenticator import code_for, turn_on
from app.tests.factories import PASSWORD, make_follow, make_post, make_user
from app.tests.pictures import make_picture, picture
from app.tests.threads import plant

TEXTS = (
    "The #soup is ready, @susan. Menu: https://kitchen.example/menus/2026/october/soup",
    "두 번째 글이에요. 오늘은 #수프 를 끓였어요.",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "One line\nand another\n\nand a paragraph of its own.",
    "https://an.example/" + "very-long-address/" * 12,
    "🥣",
    "Last one of seven, so that there is a second page.",
)
TEXT_IN_SPANISH = "El pan de hoy salió mejor."
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
    turn_on(guarded := make_user("guarded"))
    spanish = _write_in_spanish(guarded)
    _describe(john, "John of the Soup Kitchen 🥣", "Cooks. Writes at https://kitchen.example #soup")
    _describe(longest, "Wolfeschlegelsteinhausenbergerdorffwelchevoralternw", "x" * 200)
    for follower, followed in ((susan, john), (john, susan), (longest, susan), (susan, longest)):
        make_follow(follower, followed)
    shy = make_user("shy", locked=True)
    for asking in (susan, longest):
        make_follow(asking, shy)
    of_john = [make_post(john, text) for text in TEXTS]
    for person in (john, longest, susan):
        reactions.like(person, of_john[0].id)
    for post in of_john[:2]:
        reactions.bookmark(susan, post.id)
    for user_agent in ("Mozilla/5.0 (iPad) Version/18.0 Safari/604.1", ""):
        sessions.start(susan, remembered=True, ip="2001:db8::" + "f" * 4, user_agent=user_agent)
    confirmations.request_change(lonely, f"{'a_rather_long_address' * 3}@mail.example")
    newcomer = make_user("newcomer", email=f"{'a_rather_long_address' * 3}@mail.example")
    newcomer.credential.email_confirmed_at = None
    db.session.commit()
    _give_exports(john, lonely)
    _dress(john)
    shown = _show_pictures(longest)
    hider = make_user("hider")
    _hide(hider, john, longest, of_john[0])
    # So that her home says where the new ends.
    susan.credential.home_seen_id = shown["hidden"]
    return SimpleNamespace(
        **_converse(longest),
        **_talk(susan, john, longest),
        **shown,
        susan=susan,
        john=john,
        lonely=lonely,
        shy=shy,
        hider=hider,
        newcomer=newcomer,
        confirmation=_link(newcomer, Purpose.CONFIRM_EMAIL, susan.credential.email),
        reset=_link(newcomer, Purpose.RESET_PASSWORD, newcomer.credential.email),
        of_john=of_john[0].id,
        spanish=spanish.id,
        korean=of_john[1].id,
        warned=make_post(john, TEXTS[0], warning="Soup, and what it is made of").id,
        of_susan=make_post(susan, "Mine, with #soup.").id,
        edited=_write_and_edit(susan).id,
        older=of_john[-2].id,
    )


def _hide(hider: User, blocked: User, muted: User, post: Post) -> None:
    """Let somebody block and mute, so that there is something to end."""
    thread_mutes.mute(hider, post.id)
    blocks.block(hider, blocked)
    mutes.mute(hider, muted, Duration.WEEK, hides_notifications=False)
    db.session.commit()


def _link(user: User, purpose: Purpose, email: str) -> str:
    token_id = tokens.issue(user.id, purpose, timedelta(days=1), email=email)
    db.session.commit()
    return tokens.secret(token_id)


def _give_exports(has: User, waits: User) -> None:
    """Give one person an export and one that failed, and let another one wait."""
    for state, size in ((ExportState.FAILED, 0), (ExportState.READY, 48_000_000)):
        db.session.add(
            Export(
                user_id=has.id,
                state=state,
                file_name=f"{state}.zip",
                size=size,
                expires_at=utc_now() + exports.KEPT_FOR,
            )
        )
    exports.request(waits)
    db.session.commit()


def _write_in_spanish(author: User) -> Post:
    """Write a post with a translation that is kept, so that nobody is asked for one."""
    post = make_post(author, TEXT_IN_SPANISH, visibility=Visibility.UNLISTED)
    post.language = "es"
    html = "<p>Today’s bread turned out better.</p>"
    db.session.add(
        Translation(post_id=post.id, language="en", version=0, html=html, provider="DeepL")
    )
    db.session.commit()
    return post


def _write_and_edit(author: User) -> Post:
    """Write a post with a picture, and change it."""
    post = make_post(author, TEXTS[0], warning="Soup, and what it is made of")
    picture_id = make_picture(author, post, alt="A pot on a stove").id
    edits.edit(author, post.id, 0, Content(TEXTS[3], pictures=[(picture_id, "A pot")]))
    db.session.commit()
    return post


def _converse(author: User) -> dict[str, int]:
    """Make a conversation: a long line of replies with a tombstone, beside which stand others."""
    parents = [None, *range(12), *[1] * 6, *[2] * 6, 13]
    states = ["shown", "gone", *["shown"] * (len(parents) - 2)]
    states[4] = "gone"
    line = plant(author, parents, states, TEXTS)
    return {"begun": line[0].id, "said": line[2].id, "gone": line[1].id, "last": line[12].id}


def _talk(one: User, other: User, longest: User) -> dict[str, int]:
    """Make private messages: a long conversation with a deleted message, a group, and a request."""
    talk = conversations.begin(one, other.username, TEXTS[0])
    said = [messages.send((one, other)[n % 3 > 1], talk, text) for n, text in enumerate(TEXTS * 5)]
    messages.delete(one, talk, said[-5])
    group = conversations.begin(one, f"{other.username} {longest.username}", TEXTS[1])
    for person in (longest, other, longest):
        messages.send(person, group, TEXTS[2])
    one.credential.messages_from = MessagesFrom.NOBODY
    db.session.commit()
    asked = conversations.begin(longest, one.username, TEXTS[3])
    db.session.commit()
    return {"talk": talk, "talked": said[9], "group": group, "asked": asked}


def _show_pictures(author: User) -> dict[str, int]:
    seen = make_post(author, "Two to look at")
    for alt in ("A pot on a stove. " * 12, ""):
        make_picture(author, seen, alt, size=(900, 1600))
    folded = make_picture(author)
    hidden = make_post(
        author, "One that is folded", pictures=[(folded.id, "Onions")], sensitive=True
    )
    return {"seen": seen.id, "hidden": hidden.id}


def _dress(user: User) -> None:
    """Give somebody a picture and a header of their own."""
    for kind in portraits.KINDS:
        portraits.put(user, kind, portraits.prepare(user.id, kind, picture(size=(900, 300))))
    db.session.commit()


def translate(page: Page) -> None:
    page.get_by_role("button", name="Translate from Spanish").click()
    page.get_by_text("Translated from Spanish by DeepL").wait_for()


def translate_in_vain(page: Page) -> None:
    """Ask for a translation that is not kept: nobody is there to make it."""
    page.get_by_role("button", name="Translate from Korean").click()
    page.get_by_text("The translation service does not answer").wait_for()


def point_at_a_name(page: Page) -> None:
    page.locator(".post-by").first.hover()
    page.locator(".hovercard").wait_for()


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


def spoil_account(page: Page) -> None:
    page.get_by_label("User name").fill("john")
    page.get_by_label("E-mail").fill("susan")
    page.get_by_role("button", name="Save account").click()
    page.locator("#errors").wait_for()
    page.get_by_label("Your password").fill("not the password")
    page.get_by_role("button", name="Save account").click()
    page.get_by_text("Still free:").first.wait_for()


def spoil_password(page: Page) -> None:
    page.get_by_role("button", name="Change password").click()
    page.locator("#errors").wait_for()


def turn_on_two_factor(page: Page) -> None:
    page.get_by_label("Six-digit code").fill(code_for(page.locator("code").inner_text()))
    page.get_by_role("button", name="Turn on").click()
    page.locator(".code-grid").wait_for()


def show_two_factor_on(page: Page) -> None:
    turn_on_two_factor(page)
    page.goto("/settings/two-factor")


def ask_for_new_codes(page: Page) -> None:
    turn_on_two_factor(page)
    page.goto("/settings/two-factor/recovery-codes")


def fail_to_turn_off_two_factor(page: Page) -> None:
    turn_on_two_factor(page)
    page.goto("/settings/two-factor/off")
    submit_empty(page)


def give_password(page: Page) -> None:
    page.get_by_label("User name or e-mail").fill("guarded")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code from your app").wait_for()


def fail_to_give_code(page: Page) -> None:
    give_password(page)
    submit_empty(page)


def ask_for_recovery_code(page: Page) -> None:
    give_password(page)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").wait_for()


def ask_for_reset(page: Page) -> None:
    page.get_by_label("E-mail").fill(f"{'a_rather_long_address' * 3}@mail.example")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Check your e-mail").wait_for()


def confirm_what_is_taken(page: Page) -> None:
    page.get_by_role("button", name="Confirm address").click()
    page.get_by_role("heading", name="This address has an account already").wait_for()


def follow_too_early(page: Page) -> None:
    """Follow somebody as a browser without JavaScript does."""
    with page.expect_navigation():
        page.evaluate("""
          const form = document.getElementById("act");
          form.action = "/@john/follow";
          HTMLFormElement.prototype.submit.call(form);
        """)


def compose_too_much(page: Page) -> None:
    """Send too long a post as a browser without JavaScript does."""
    page.get_by_role("textbox", name="New post").fill("x" * 501)
    with page.expect_navigation():
        page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('compose'))")


def spoil_edit(page: Page) -> None:
    page.get_by_label("Text").fill("x" * 501)
    page.get_by_role("button", name="Save").click()
    page.locator("#errors").wait_for()


def edit_a_former_version(page: Page) -> None:
    page.evaluate("document.querySelector('[name=version]').value = '7'")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="How it stands now").wait_for()


def edit_what_is_gone(page: Page) -> None:
    page.evaluate("document.querySelector('[name=version]').form.action = '/posts/1/edit'")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="The post is gone").wait_for()


def open_warning(page: Page) -> None:
    page.locator(".cw summary").first.click()


def open_fold(page: Page) -> None:
    page.locator("summary").first.click()


def write_with_a_warning(page: Page) -> None:
    page.get_by_role("textbox", name="New post").fill("x" * 470)
    for label in ("Add a content warning", "Language of the post", "Add a picture"):
        page.locator(".composer summary", has_text=label).click()


def write_with_pictures(page: Page) -> None:
    """Attach two pictures and a file that is none; post them without a description."""
    page.get_by_role("textbox", name="New post").fill("Look!")
    files = {"one.png": picture(), "two.png": picture(), f"{'long' * 20}.svg": b"<svg>"}
    page.locator("#new-file").set_input_files(
        [FilePayload(name=name, mimeType="image/png", buffer=files[name]) for name in files]
    )
    page.get_by_text("is no JPEG").wait_for()


def post_bare_pictures(page: Page) -> None:
    write_with_pictures(page)
    page.get_by_role("button", name="Post", exact=True).click()
    page.get_by_text("Describe the picture, or post it as it is.").first.wait_for()


def reply_too_much(page: Page) -> None:
    page.get_by_role("textbox", name="Reply to").fill("x" * 501)
    with page.expect_navigation():
        page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('compose'))")


def say_too_much(page: Page) -> None:
    page.get_by_role("textbox", name="Message to").fill("x" * 2001)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("1 character too many").wait_for()


def open_conversation_menu(page: Page) -> None:
    page.locator("summary[aria-label='More about this conversation']").click()


def show_keys(page: Page) -> None:
    """Show the page of the shortcuts as their key does, above another one."""
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


PLACES = (
    Place("explore signed out", "/explore"),
    Place("explore older", "/explore?before={older}"),
    Place("profile signed out", "/@john"),
    Place("followers signed out", "/@susan/followers"),
    Place("tag signed out", "/tags/soup"),
    Place("post signed out", "/@john/{of_john}"),
    # In a frame of another site; it has no navigation to skip.
    Place("embed", "/@john/{warned}/embed", prepare=open_fold),
    Place("embed code", "/@john/{warned}/embed-code"),
    Place("embed gone", "/@john/1/embed", prepare=lambda _page: None),
    Place("about signed out", "/about"),
    Place("register", "/auth/register"),
    Place("register with errors", "/auth/register", prepare=submit_empty),
    Place("sign-in", "/auth/login"),
    Place("sign-in with errors", "/auth/login", prepare=submit_empty),
    Place("second factor", "/auth/login", prepare=give_password),
    Place("second factor with errors", "/auth/login", prepare=fail_to_give_code),
    Place("second factor recovery", "/auth/login", prepare=ask_for_recovery_code),
    Place("reset", "/auth/reset_password_request"),
    Place("reset with errors", "/auth/reset_password_request", prepare=submit_empty),
    Place("reset sent", "/auth/reset_password_request", prepare=ask_for_reset),
    Place("reset password", "/auth/reset_password/{reset}"),
    Place("reset password with errors", "/auth/reset_password/{reset}", prepare=submit_empty),
    Place("reset link used", "/auth/reset_password/used"),
    Place("confirm", "/auth/confirm/{confirmation}"),
    Place("confirm what is taken", "/auth/confirm/{confirmation}", prepare=confirm_what_is_taken),
    Place("confirm link used", "/auth/confirm/used"),
    Place("confirm link used unconfirmed", "/auth/confirm/used", "newcomer"),
    Place("confirm link used confirmed", "/auth/confirm/used", "susan"),
    Place("home unconfirmed", "/", "newcomer"),
    Place("profile unconfirmed", "/@john", "newcomer"),
    Place("follow unconfirmed", "/@john", "newcomer", follow_too_early),
    Place("home", "/", "susan"),
    Place("home with a card", "/", "susan", point_at_a_name),
    Place("home older", "/?before={older}", "susan"),
    Place("home empty", "/", "lonely"),
    Place("explore", "/explore", "susan"),
    Place("profile own", "/@susan", "susan"),
    Place("profile own empty", "/@lonely", "lonely"),
    Place("profile other", "/@john", "susan"),
    Place("profile locked", "/@shy", "john"),
    Place("profile locked requested", "/@shy", "susan"),
    Place("profile locked own", "/@shy", "shy"),
    Place("block", "/@john/block", "susan"),
    Place("mute", "/@john/mute", "susan"),
    Place("profile blocked", "/@john", "hider"),
    Place("profile muted", "/@a_name_of_thirty_characters_xx", "hider"),
    Place("conversation of somebody muted", "/@a_name_of_thirty_characters_xx/{begun}", "hider"),
    Place("blocks", "/settings/blocks", "hider"),
    Place("blocks none", "/settings/blocks", "lonely"),
    Place("follow requests", "/follow-requests", "shy"),
    Place("follow requests none", "/follow-requests", "lonely"),
    Place("followers", "/@susan/followers", "susan"),
    Place("following", "/@susan/following", "susan"),
    Place("following nobody", "/@lonely/following", "lonely"),
    Place("tag", "/tags/soup", "susan"),
    Place("tag unused", "/tags/nothing", "susan"),
    Place("hashtags", "/tags", "susan"),
    Place("search", "/search?q=soup", "susan"),
    Place("search finds nothing", "/search?q=nothing-at-all"),
    Place("post", "/@john/{of_john}", "susan"),
    Place("post own", "/@susan/{of_susan}", "susan"),
    Place("picture", "/@a_name_of_thirty_characters_xx/{seen}/pictures/1", "susan"),
    Place("picture folded", "/@a_name_of_thirty_characters_xx/{hidden}/pictures/1", "susan"),
    Place(
        "picture unfolded",
        "/@a_name_of_thirty_characters_xx/{hidden}/pictures/1",
        prepare=open_fold,
    ),
    Place("conversation", "/@a_name_of_thirty_characters_xx/{begun}", "susan"),
    Place("conversation in the middle", "/@a_name_of_thirty_characters_xx/{said}", "newcomer"),
    Place("conversation signed out", "/@a_name_of_thirty_characters_xx/{last}"),
    Place("conversation below", "/@a_name_of_thirty_characters_xx/{begun}?below={gone}", "susan"),
    Place("replies", "/@a_name_of_thirty_characters_xx/replies", "susan"),
    Place("media", "/@a_name_of_thirty_characters_xx/media"),
    Place("likes own", "/@susan/likes", "susan"),
    Place("likes own empty", "/@lonely/likes", "lonely"),
    Place("likes signed out", "/@john/{of_john}/likes"),
    Place("likes", "/@john/{of_john}/likes", "susan"),
    Place("reposts", "/@susan/{of_susan}/reposts", "susan"),
    Place("bookmarks", "/bookmarks", "susan"),
    Place("bookmarks none", "/bookmarks", "lonely"),
    Place("notifications", "/notifications", "susan"),
    Place("notifications of reactions", "/notifications/reactions", "john"),
    Place("notifications none", "/notifications", "lonely"),
    Place("notifications no mentions", "/notifications/mentions", "lonely"),
    Place("notifications no follows", "/notifications/follows", "lonely"),
    Place("notifications no reactions", "/notifications/reactions", "lonely"),
    Place("post translated", "/@guarded/{spanish}", "susan", translate),
    Place("post translated in vain", "/@john/{korean}", "susan", translate_in_vain),
    Place("translation", "/posts/{spanish}/translation", "susan"),
    Place("edit", "/posts/{edited}/edit", "susan"),
    Place("edit with errors", "/posts/{edited}/edit", "susan", spoil_edit),
    Place("edit changed meanwhile", "/posts/{edited}/edit", "susan", edit_a_former_version),
    Place("edit gone", "/posts/{edited}/edit", "susan", edit_what_is_gone),
    Place("history", "/@susan/{edited}/history", "susan", open_warning),
    Place("delete", "/posts/{of_susan}/delete", "susan"),
    Place("compose", "/compose", "susan"),
    Place("compose with errors", "/", "susan", prepare=compose_too_much),
    Place("compose unfolded", "/", "susan", prepare=write_with_a_warning),
    Place("compose with pictures", "/", "susan", prepare=post_bare_pictures),
    Place("reply with errors", "/@john/{of_john}", "susan", prepare=reply_too_much),
    Place("messages", "/messages", "susan"),
    Place("messages none", "/messages", "lonely"),
    Place("message requests", "/messages/requests", "susan"),
    Place("message requests none", "/messages/requests", "lonely"),
    Place("message new", "/messages/new", "susan"),
    Place("message new with errors", "/messages/new?to=nobody", "susan"),
    Place("private conversation", "/messages/{talk}", "susan"),
    Place("private conversation earlier", "/messages/{talk}?before={talked}", "susan"),
    Place("private conversation with errors", "/messages/{talk}", "susan", say_too_much),
    Place("private conversation of many", "/messages/{group}", "susan", open_conversation_menu),
    Place("private conversation asked for", "/messages/{asked}", "susan"),
    Place("conversation removal", "/messages/{talk}/remove", "susan"),
    Place("settings profile", "/settings/profile", "susan"),
    Place("settings profile with pictures", "/settings/profile", "john"),
    Place("settings profile with errors", "/settings/profile", "susan", prepare=spoil_profile),
    Place("settings", "/settings", "susan"),
    Place("settings account", "/settings/account", "susan"),
    Place("settings account with errors", "/settings/account", "susan", prepare=spoil_account),
    Place("settings password with errors", "/settings/account", "susan", prepare=spoil_password),
    Place("settings account with a new address", "/settings/account", "lonely"),
    Place("settings sessions", "/settings/sessions", "susan"),
    Place("settings notifications", "/settings/notifications", "susan"),
    Place("settings privacy", "/settings/privacy", "shy"),
    Place("settings preferences", "/settings/preferences", "susan"),
    Place("settings data of the owner", "/settings/data", "susan"),
    Place("settings data", "/settings/data", "john"),
    Place("settings data with errors", "/settings/data", "john", prepare=submit_empty),
    Place("settings data in progress", "/settings/data", "lonely"),
    Place("export gone", "/settings/data/exports/1", "john"),
    Place("verify", "/auth/verify?next=/settings/data", "susan"),
    Place("verify with errors", "/auth/verify", "susan", prepare=submit_empty),
    Place("settings two-factor off", "/settings/two-factor", "susan"),
    Place("settings two-factor with errors", "/settings/two-factor", "susan", submit_empty),
    Place("settings two-factor on", "/settings/two-factor", "susan", show_two_factor_on),
    Place("recovery codes", "/settings/two-factor", "susan", turn_on_two_factor),
    Place("new recovery codes", "/settings/two-factor", "susan", ask_for_new_codes),
    Place("two-factor off", "/settings/two-factor", "susan", fail_to_turn_off_two_factor),
    Place("about", "/about", "susan"),
    Place("keyboard", "/explore", "susan", prepare=show_keys),
    Place("error 400", "/explore?before=nonsense"),
    Place("error 404", "/nowhere", "susan"),
    Place("error 500", "/@broken"),
)
