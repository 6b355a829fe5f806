"""A post in a frame of another site, which trusts nobody but us, and us only with frames."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from app.tests.factories import make_post

# What it frames says nothing about the database.
pytestmark = pytest.mark.usefixtures("once")


@pytest.fixture
def strict_site(site) -> Iterator[str]:
    """Serve pages that frame the page that their query names; yield their address.

    What stands before the query is an attribute of the frame.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            attributes, _, path = self.path.removeprefix("/").partition("?")
            frame = f'<iframe {attributes} src="{site}{path}" title="Post"></iframe>'
            page = f'<!doctype html><html lang="en"><title>Strict</title><body>{frame}'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.send_header("Content-Security-Policy", f"default-src 'none'; frame-src {site}")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    # Another name than ours, so that it is another site.
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


# As sites make it that trust no frame: without an origin, and so without a right to open pages.
LOCKED = "sandbox"


@pytest.mark.parametrize("attribute", ["", LOCKED])
def test_a_strict_site_frames_the_embedded_post(susan, strict_site, visit, watch, attribute):
    path = f"/@susan/{make_post(susan, 'The #soup is ready.').id}"
    watch.allow(f"{strict_site}/{attribute}?")
    page = visit(f"{strict_site}/{attribute}?{path}/embed")
    frame = page.frame_locator("iframe")

    expect(frame.get_by_text("The #soup is ready.")).to_be_visible()
    assert frame.locator(".avatar").evaluate("image => image.decode().then(() => true)")
    assert frame.locator("main").evaluate("main => getComputedStyle(main).padding") == "16px"
    if attribute != LOCKED:
        frame.get_by_role("link", name="Read it on Microblog").click()
        page.wait_for_url(f"**{path}")


def test_no_other_page_of_ours_is_framed(susan, strict_site, visit, watch):
    watch.allow(f"{strict_site}/?", "frame-ancestors", "ERR_BLOCKED_BY_RESPONSE")
    page = visit(f"{strict_site}/?/@susan")

    assert page.frames[1].url == "chrome-error://chromewebdata/"
