"""Answers are sent compressed, and tell nothing by their size."""

import gzip

import brotli
import pytest
import time_machine

from app.tests.factories import make_post
from app.tests.pictures import make_picture

FORMS = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
    ],
)
def test_a_page_is_sent_in_a_form_that_the_browser_takes(accepted, encoding, client):
    plain = client.get("/about")
    answer = client.get("/about", **{"Accept-Encoding": accepted})

    assert answer.headers["Content-Encoding"] == encoding
    assert FORMS[encoding](answer.data) == plain.data
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert len(answer.data) < len(plain.data) / 2
    for each in (plain, answer):
        assert "Accept-Encoding" in each.vary


@pytest.mark.parametrize("accepted", ["", "identity", "deflate", "br;q=0"])
def test_a_page_is_sent_as_it_is_to_other_browsers(accepted, client):
    assert "Content-Encoding" not in client.get("/about", **{"Accept-Encoding": accepted}).headers


def test_what_would_not_become_smaller_is_left_alone(client, owner):
    media = make_picture(owner, make_post(owner), size=(90, 90))
    accept = {"Accept-Encoding": "br"}

    for path in ("/ping", f"/media/{media.key}/small.webp"):
        answer = client.get(path, **accept)
        assert answer.status_code == 200, path
        assert "Content-Encoding" not in answer.headers, path
    assert "Content-Encoding" not in client.send("HEAD", "/about", accept).headers


def test_nobody_learns_the_exact_length_of_what_is_for_one_reader(client_of, susan):
    browser = client_of(susan)
    lengths = {
        len(browser.get("/about", **{"Accept-Encoding": form}).headers["X-Padding"])
        for form in ["br", "gzip"] * 8
    }

    assert len(lengths) > 3


def test_what_is_the_same_for_everybody_has_its_length(client):
    answer = client.get("/moment.js", **{"Accept-Encoding": "br"})

    assert answer.headers["Content-Encoding"] == "br"
    assert "X-Padding" not in answer.headers


def test_the_secret_in_a_page_is_another_one_each_second(client):
    tokens = set()
    for second in range(3):
        with time_machine.travel(1_900_000_000 + second, tick=False):
            client.get("/auth/login")
            tokens.add(client.token)

    assert len(tokens) == 3
    # The same session, of which only the signed form changes.
    assert len({token.split(".")[0] for token in tokens}) == 1
