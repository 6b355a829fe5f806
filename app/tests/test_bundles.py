"""The joined files: whole where they are needed, small elsewhere."""

import os

import pytest

from app.cli import bundles as building
from app.cli import class_names, stylesheets
from app.web import bundles

pytestmark = pytest.mark.usefixtures("once")

FADING = (
    "@keyframes b { to { opacity: 0 } } @keyframes c { to { opacity: 1 } } p { animation: c 1s }"
)
PAGE = """
<p class="one{{ " two" if x else " three" }} alert-{{ kind }}">card</p>
{{ icon("bell", "four") }} {{ part(class="five-" ~ kind) }}
"""


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".a { color: red } .z { color: red }", ".a{color:red}"),
        (".a, .z, p { margin: 0; }", ".a,p{margin:0}"),
        (".a .z, .a:not(.z) { margin: 0 }", ".a:not(.z){margin:0}"),
        (":is(.z, .a) > b { margin: 0 }", ":is(.z, .a) > b{margin:0}"),
        (".a:has(.z) { margin: 0 }", ""),
        ("@media print { .z { top: 0 } .a { top: 0 } }", "@media print{.a{top:0}}"),
        ("@media print { .z { margin: 0 } }", ""),
        ('[x^=".z"] { content: "} .z { /* x */" }', '[x^=".z"]{content:"} .z { /* x */"}'),
        (
            "p { background: url(data:image/x;base64,A) }",
            "p{background:url(data:image/x;base64,A)}",
        ),
        ("/* p { */ p { --y: 1; --z: 2; top: var(--y) }", "p{--y:1;top:var(--y)}"),
        ("p { --x: var(--y); --y: 1 }", ""),
        (FADING, "@keyframes c{to{opacity:1}}p{animation:c 1s}"),
    ],
)
def test_only_rules_that_a_page_can_meet_are_kept(css, left):
    assert stylesheets.shrink(css, lambda name: name == "a") == left


def test_what_other_style_sheets_use_is_kept():
    css = "p { --y: 1; --z: 2 } @keyframes c { to { opacity: 1 } }"

    left = stylesheets.shrink(css, bool, "b{top:var(--y);animation:c 1s}")

    assert left == "p{--y:1}@keyframes c{to{opacity:1}}"


def test_classes_are_found_however_templates_write_them(tmp_path):
    (tmp_path / "page.html").write_text(PAGE)
    may_be = class_names.finder([tmp_path / "page.html"])

    assert all(
        map(may_be, ["one", "two", "three", "alert-danger", "four", "five-x", "htmx-request"])
    )
    assert not any(map(may_be, ["card", "alert", "six"]))


def test_nothing_that_pages_use_is_missing_in_what_is_made():
    classes = {"post", "btn-primary", "alert-danger", "visually-hidden-focusable", "form-control"}
    style, script = building.site_style(), building.site_script()

    assert all(f".{name}" in style for name in classes)
    assert all(name in script for name in ("fromNow", "htmx:load", "flask_moment_render_all"))
    assert script.count("reportError") == len(bundles.SCRIPTS)
    assert 'id="heart"' in building.site_sprite()
    assert 'id="key"' in building.rare_sprite()
    assert ".settings" in building.rare_style()
    assert "--mb-like:" in style
    assert len(style) < sum(path.stat().st_size for path in bundles.parts(bundles.STYLES)) / 2


def test_parts_are_served_where_what_is_made_of_them_is_older(built_files, tmp_path):
    [source] = bundles.parts((bundles.SPRITE,))
    sources = bundles.sources_of_all()[bundles.SITE_SPRITE]
    newer = tmp_path / "page.html"
    newer.touch()
    os.utime(newer, (2**31, 2**31))

    assert source in sources
    assert not bundles.is_current(bundles.SITE_SPRITE, [*sources, newer])
    assert not bundles.is_current("made/nothing.css", sources)
