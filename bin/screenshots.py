"""Make the pictures of docs/screenshots from the running product with the seeded demo town.

Usage: make screenshots

They look best where Inter, Charis SIL, Noto Sans CJK and Noto Color Emoji are installed.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
FLASK = [sys.executable, "-m", "flask"]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

MEMBER = "noor"
# Not the owner, who cannot simply leave.
MEMBER_OF_SETTINGS = "wren"
SETTINGS = (
    "profile",
    "account",
    "sessions",
    "two-factor",
    "notifications",
    "privacy",
    "blocks",
    "preferences",
    "data",
)
FINDING = {
    "search": "/search?q=river",
    "search-people": "/search/people?q=a",
    "search-tags": "/search/tags?q=l",
    "search-empty": "/search?q=xylophone",
    "hashtags": "/tags",
    "keyboard": "/keyboard",
}
TALKING = {
    "notifications": "/notifications",
    "messages": "/messages",
    "message-requests": "/messages/requests",
    "block": "/@nightbus/block",
    "mute": "/@nightbus/mute",
}
# Where the mail goes, in the folder of the instance; a picture of it is as wide as a letter.
MAIL = "mail"
MAIL_SIZE = {"width": 600, "height": 400}
# Where else that member is signed in.
ELSEWHERE = (
    "Mozilla/5.0 (Linux; Android 15; Tablet) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Mobile Safari/604.1",
)
PASSWORD = "benches along the river"  # noqa: S105 - of an account that lives for a minute
SIZES = {1280: 800, 390: 844}
THEMES = ("light", "dark")
# For the README.
COVERS = {"home-1280-light.png": "home.png", "profile-1280-dark.png": "profile-dark.png"}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, serve(Path(name)) as url, chromium() as browser:
        for width, height in SIZES.items():
            for theme in THEMES:
                look: dict[str, Any] = {
                    "base_url": url,
                    "viewport": {"width": width, "height": height},
                    "color_scheme": theme,
                    "locale": "en-GB",
                    "reduced_motion": "reduce",
                }
                take_all(browser, look, f"{width}-{theme}.png")
                take_conversations(browser, look, f"{width}-{theme}.png")
                take_finding(browser, look, f"{width}-{theme}.png")
                take_talking(browser, look, f"{width}-{theme}.png")
                take_settings(browser, look, f"{width}-{theme}.png")
        take_mail(browser, url, Path(name) / MAIL)
    for picture, cover in COVERS.items():
        shutil.copyfile(FOLDER / picture, FOLDER / cover)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Start the product on an instance of its own, with the demo town; yield its address."""
    port = free_port()
    settings = {"INSTANCE_PATH": str(folder), "PORT": str(port), "LOG_LEVEL": "ERROR"}
    # Not on the terminal, between the names of the pictures.
    settings["MAIL_URL"] = f"file://{folder}/{MAIL}"
    # Nobody is there; what is shown is that one could ask.
    settings["TRANSLATE_URL"] = "libretranslate://127.0.0.1:9?tls=off"
    environment = {**os.environ, **settings, "DATABASE_URL": "", "BASE_URL": "", "APP_ENV": "local"}
    for command in (["db", "upgrade"], ["seed", "--password", PASSWORD]):
        subprocess.run([*FLASK, *command], cwd=ROOT, env=environment, check=True)
    server = subprocess.Popen([*FLASK, "serve"], cwd=ROOT, env=environment)
    try:
        url = f"http://localhost:{port}"
        wait_until_ready(url)
        yield url
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(url: str) -> None:
    """Wait until the product answers.

    :raises TimeoutError: if it does not within half a minute
    """
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            urllib.request.urlopen(f"{url}/readyz")  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"{url} does not answer")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield the system's Chromium, else Playwright's own."""
    names = (os.environ.get("CHROMIUM", ""), *CHROMIUM)
    path = next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


def take_all(browser: Browser, look: dict[str, Any], suffix: str) -> None:
    """Take what is no setting in one look: explore, register and 404 signed out, then signed in."""
    page = browser.new_context(**look).new_page()
    take(page, f"explore-{suffix}", "/explore")
    take(page, f"register-errors-{suffix}", "/auth/register", fill_register_form)
    take(page, f"404-{suffix}", "/a/page/that/is/not/there")
    sign_in(page)
    take(page, f"home-{suffix}", "/")
    take(page, f"profile-{suffix}", "/@wren")
    take(page, f"post-{suffix}", address_of_post(page, "Field notes"))
    page.context.close()


def take_conversations(browser: Browser, look: dict[str, Any], suffix: str) -> None:
    """Take what posts may carry: all of home, a conversation, a gallery, a post being written."""
    page = browser.new_context(**look).new_page()
    sign_in(page)
    take(page, f"feed-{suffix}", "/", load_pictures, full_page=True)
    take(page, f"conversation-{suffix}", address_of_post(page, "who waters the hydrangea"))
    take(page, f"compose-{suffix}", "/compose", write_post)
    take(page, f"media-{suffix}", "/@luznorte/media", load_pictures)
    page.context.close()


def take_finding(browser: Browser, look: dict[str, Any], suffix: str) -> None:
    """Take what helps to find: the search in its tabs, hashtags, shortcuts."""
    page = browser.new_context(**look).new_page()
    sign_in(page)
    for name, path in FINDING.items():
        take(page, f"{name}-{suffix}", path)
    page.context.close()


def take_talking(browser: Browser, look: dict[str, Any], suffix: str) -> None:
    """Take what people are told, write to each other, and do about each other."""
    page = browser.new_context(**look).new_page()
    sign_in(page)
    for name, path in TALKING.items():
        take(page, f"{name}-{suffix}", path)
    take(page, f"private-conversation-{suffix}", "/messages", open_conversation)
    take(page, f"hovercard-{suffix}", "/", point_at_a_name)
    page.context.close()


def open_conversation(page: Page) -> None:
    page.get_by_role("link", name="Tobi, paper person").click()
    page.locator("#message-form").wait_for()


def point_at_a_name(page: Page) -> None:
    page.locator(".post-by").first.hover()
    page.get_by_role("group", name="About").wait_for()


def load_pictures(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('img').forEach((image) => { image.loading = 'eager' })"
    )


def write_post(page: Page) -> None:
    """Begin a post with a warning and a picture, which is one of ours."""
    page.get_by_role("textbox", name="New post").fill("The kettle is on. Bring a cup. #benches")
    page.locator("#new-file").set_input_files(FOLDER / "home.png")
    page.get_by_label("Describe the picture").first.wait_for()


def take_settings(browser: Browser, look: dict[str, Any], suffix: str) -> None:
    """Take a picture of each page of the settings."""
    page = browser.new_context(**look).new_page()
    sign_in(page, MEMBER_OF_SETTINGS)
    sign_in_elsewhere(browser, page, look)
    for name in SETTINGS:
        take(page, f"settings-{name}-{suffix}", f"/settings/{name}")
    take(page, f"follow-requests-{suffix}", "/follow-requests")
    page.context.close()


def sign_in_elsewhere(browser: Browser, page: Page, look: dict[str, Any]) -> None:
    """Leave the member signed in here and on the devices of `ELSEWHERE`, and nowhere else."""
    page.goto("/settings/sessions")
    others = page.get_by_role("button", name="Sign out everywhere else")
    if others.is_visible():
        others.click()
    for user_agent in ELSEWHERE:
        with browser.new_context(**look, user_agent=user_agent) as context:
            sign_in(context.new_page(), MEMBER_OF_SETTINGS)


def take(
    page: Page,
    name: str,
    path: str,
    prepare: Callable[[Page], None] | None = None,
    *,
    full_page: bool = False,
) -> None:
    page.goto(path)
    if prepare:
        prepare(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / name, full_page=full_page)
    print(f"  {name}")


def take_mail(browser: Browser, url: str, folder: Path) -> None:
    """Take a picture of the mail that resets a password, in each theme."""
    with browser.new_context(base_url=url, locale="en-GB") as context:
        page = context.new_page()
        page.goto("/auth/reset_password_request")
        page.get_by_label("E-mail").fill(f"{MEMBER}@mail.example")
        page.get_by_role("button", name="Send the link").click()
        page.wait_for_url("**/reset_password_sent")
    html = wait_for_mail(folder, "Choose a new password")
    for theme in THEMES:
        look: dict[str, Any] = {"viewport": MAIL_SIZE, "color_scheme": theme}
        with browser.new_context(**look) as context:
            page = context.new_page()
            page.set_content(html)
            page.screenshot(path=FOLDER / f"mail-reset-{theme}.png", full_page=True)
        print(f"  mail-reset-{theme}.png")


def wait_for_mail(folder: Path, subject: str) -> str:
    """Return the HTML of the mail whose subject begins so, as soon as a worker has sent it.

    :raises TimeoutError: if it does not come within half a minute
    """
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        for path in folder.glob("*.eml"):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            html = message.get_body(("html",))
            if html and message["Subject"].startswith(subject):
                return str(html.get_content())
        time.sleep(0.2)
    raise TimeoutError(f"no mail {subject!r} in {folder}")


def fill_register_form(page: Page) -> None:
    page.get_by_label("User name").fill(MEMBER)
    page.get_by_label("E-mail").fill("noor@harbour")
    page.get_by_label("Password").fill("ferry")
    page.get_by_role("button", name="Create account").click()
    page.locator("#errors").wait_for()


def sign_in(page: Page, member: str = MEMBER) -> None:
    page.goto("/auth/login")
    page.get_by_label("User name or e-mail").fill(member)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("textbox", name="New post").wait_for()


def address_of_post(page: Page, words: str) -> str:
    """Return the address of the newest post on this page with some words in it."""
    post = page.get_by_role("article").filter(has_text=words).first
    address = post.locator(".post-info a[id$='-at']").get_attribute("href")
    if address is None:
        raise LookupError(f"no post says {words!r}")
    return address


if __name__ == "__main__":
    main()
