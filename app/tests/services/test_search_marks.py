"""Marking what was found: in the text, and nowhere else."""

import pytest

from app.services import rendering
from app.services.search_language import parse
from app.services.search_marks import mark

TEXT = (
    "Un café <b>café</b> & amp #Café, the night\nbus\n\nnight bus"
    " https://cafe.example/?a=cafe&b=%22 富士山の上 a_b"
)
MARKED = {
    "CAFE": ["café", "café", "Café", "cafe", "cafe"],
    '"night bus"': ["night", "bus", "night bus"],
    '"amp café"': ["amp ", "#Café"],
    "#cafe": ["#Café"],
    "富士山": ["富士山"],
    "山": ["山"],
    "amp": ["amp"],
    "b": ["b", "b", "b", "b"],
    "quot lt gt href rel ugc noopener": [],
    "-café lang:fr has:link from:@susan": [],
    "a_b": ["a_b"],
}


def parts_of(html):
    return [part.partition("</mark>")[0] for part in html.split("<mark>")[1:]]


@pytest.mark.parametrize("typed", MARKED)
def test_what_was_found_is_marked_and_all_else_is_as_it_was(typed):
    html = rendering.render(TEXT, lambda _names: {}).html
    marked = mark(html, parse(typed).marked())

    assert parts_of(marked) == MARKED[typed]
    assert marked.replace("<mark>", "").replace("</mark>", "") == html
    # No tag stands within a mark, nor the other way round.
    assert all("<" not in part for part in parts_of(marked))


def test_a_mark_ends_where_a_tag_begins():
    html = '<p>the <a href="/">night</a> bus</p>'

    assert mark(html, parse('"the night bus"').marked()) == (
        '<p><mark>the </mark><a href="/"><mark>night</mark></a><mark> bus</mark></p>'
    )


def test_nothing_typed_becomes_html():
    typed = '"<script>alert(1)</script>" <b> &lt;'
    html = rendering.render("<script>alert(1)</script> <b>", lambda _names: {}).html
    marked = mark(html, parse(typed).marked())

    assert "<script" not in marked
    assert "<b>" not in marked
    assert "<mark>" in marked
