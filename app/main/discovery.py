"""What programs look for at addresses they know: crawlers, browsers, password managers."""

from collections.abc import Iterable
from datetime import UTC
from xml.sax.saxutils import escape

from flask import Response, current_app, redirect
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.extensions import settings
from app.main import bp
from app.services import sitemaps
from app.services.sitemaps import Address, Kind
from app.web.policy import Access, Cache, policy
from app.web.sharing import absolute

# What is for people only, or is nothing without an account. Feeds and pages are for all.
NOT_FOR_CRAWLERS = (
    "/auth/", "/bookmarks", "/compose", "/language/", "/posts/", "/search", "/settings",
)  # fmt: skip
_SITEMAP = '<?xml version="1.0" encoding="utf-8"?>\n<{0} xmlns="{1}">\n{2}</{0}>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@bp.get("/robots.txt")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def robots() -> ResponseReturnValue:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_CRAWLERS), ""]
    lines.append(f"Sitemap: {absolute('/sitemap.xml')}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/sitemap.xml")
@policy(Access.ANYBODY, cache=Cache.MINUTES, kept=True)
def sitemap_index() -> ResponseReturnValue:
    found = [
        f"<sitemap><loc>{absolute(f'/sitemaps/{kind}-{number}.xml')}</loc></sitemap>\n"
        for kind in sitemaps.KINDS
        for number in sitemaps.numbers(kind)
    ]
    return _xml("sitemapindex", found)


@bp.get(f"/sitemaps/<any({', '.join(sitemaps.KINDS)}):part>-<id:number>.xml")
@policy(Access.ANYBODY, cache=Cache.MINUTES)
def sitemap(part: Kind, number: int) -> ResponseReturnValue:
    # Put together batch by batch, so that of 50,000 addresses only the text stands in memory.
    batches = ["".join(map(_line, batch)) for batch in sitemaps.addresses(part, number)]
    if not batches:
        raise NotFound
    return _xml("urlset", batches)


@bp.get("/.well-known/change-password")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def change_password() -> ResponseReturnValue:
    """Lead password managers to where a password is changed."""
    return redirect("/settings/account", code=303)


@bp.get("/favicon.ico")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def favicon() -> ResponseReturnValue:
    """Lead those who ask without having read a page to the icon."""
    return redirect(_asset("img/icon-192.png"), code=302)


@bp.get("/manifest.webmanifest")
@policy(Access.ANYBODY, cache=Cache.DAY, uses_database=False)
def manifest() -> ResponseReturnValue:
    """Tell browsers how the site looks among the applications of a device."""
    with force_locale(settings.DEFAULT_LOCALE):
        shortcuts = [(_("New post"), "/compose"), (_("Explore"), "/explore")]
        said = {
            "id": "/",
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME,
            "description": _("A small place for short posts"),
            "lang": settings.DEFAULT_LOCALE,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            # Those of the light theme: see theme.css.
            "background_color": "#fcfcfb",
            "theme_color": "#fcfcfb",
            "icons": _icons(),
            "shortcuts": [{"name": name, "url": path} for name, path in shortcuts],
        }
    response = current_app.json.response(said)
    response.mimetype = "application/manifest+json"
    return response


def _icons() -> list[dict[str, str]]:
    png = [
        ("img/icon-192.png", "192x192", "any"),
        ("img/icon-512.png", "512x512", "any"),
        # Systems cut it to a shape of theirs; hence without corners of its own.
        ("img/icon-maskable-512.png", "512x512", "maskable"),
    ]
    icons = [
        {"src": _asset(name), "sizes": size, "type": "image/png", "purpose": purpose}
        for name, size, purpose in png
    ]
    svg = {"src": _asset("img/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    return [svg, *icons]


def _asset(name: str) -> str:
    address: str = current_app.extensions["assets"][name]
    return address


def _xml(root: str, lines: Iterable[str]) -> Response:
    return Response(_SITEMAP.format(root, _NAMESPACE, "".join(lines)), mimetype="application/xml")


def _line(page: Address) -> str:
    # A person's page has no date of its own; one that is a post's has.
    path = f"/@{page.username}"
    if page.changed_at is None:
        return f"<url><loc>{escape(absolute(path))}</loc></url>\n"
    day = page.changed_at.astimezone(UTC).date().isoformat()
    return (
        f"<url><loc>{escape(absolute(f'{path}/{page.id}'))}</loc><lastmod>{day}</lastmod></url>\n"
    )
