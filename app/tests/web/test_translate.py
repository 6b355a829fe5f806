"""Asking for a translation, with and without JavaScript."""

import time

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Translation, Visibility
from app.services import translators
from app.tests.client import Client
from app.tests.factories import make_post, make_user
from app.tests.together import together, windows
from app.tests.translation_servers import drip, reply, send, translator
from app.web.limits import TRANSLATE


@pytest.fixture
def service():
    with translator("deepl") as running:
        yield running


@pytest.fixture
def site(service, make_app):
    return make_app(TRANSLATE_URL=service.url)


@pytest.fixture
def reader(site, john):
    client = Client(site)
    client.sign_in("john")
    return client


@pytest.fixture
def post(susan):
    return make_spanish(susan)


def make_spanish(author, **columns):
    post = make_post(author, "El pan de hoy salió mejor que el de ayer.")
    for column, value in {"language": "es", **columns}.items():
        setattr(post, column, value)
    db.session.commit()
    return post


def kept():
    found = db.session.scalars(select(Translation.language)).all()
    db.session.commit()
    return found


def test_without_javascript_a_page_shows_the_post_and_its_translation(post, reader):
    page = reader.get(f"/@susan/{post.id}")
    assert f'formaction="/posts/{post.id}/translate"' in page.text
    assert "Translate from Spanish" in page.text

    answer = reader.post(f"/posts/{post.id}/translate", {"next": "/explore"})

    assert (answer.status_code, answer.location) == (303, f"/posts/{post.id}/translation")
    page = reader.get(answer.location)
    assert "El pan de hoy salió mejor que el de ayer.</p>" in page.text
    assert '<div class="post-body text-body" lang="en" dir="auto"><p>ES&gt;EN-GB El' in page.text
    assert "Translated from Spanish by DeepL" in page.text
    assert f'href="/@susan/{post.id}"' in page.text


def test_htmx_gets_the_translation_in_the_place_of_the_button(post, reader, service):
    first = reader.htmx(f"/posts/{post.id}/translate")
    again = reader.htmx(f"/posts/{post.id}/translate")

    assert first.status_code == 200
    assert first.text == again.text
    assert first.text.strip().startswith('<div class="post-note">')
    assert "<details" in first.text
    # So that the keyboard stays where it was.
    assert f'<summary id="p{post.id}-translate"' in first.text
    assert len(service.asked) == 1


def test_a_translation_stays_behind_the_warning_of_its_post(post, reader):
    post.spoiler_text = "Hambre"
    db.session.commit()

    answer = reader.htmx(f"/posts/{post.id}/translate")

    warning, _, text = answer.text.partition("ES&gt;EN-GB Hambre")
    assert '<details class="cw' in warning
    assert "</details>" not in text[: text.index("ES&gt;EN-GB El pan")]


def test_it_is_in_the_language_of_the_page(post, reader, john):
    john.credential.locale = "ko"
    db.session.commit()

    assert "ES&gt;KO" in reader.htmx(f"/posts/{post.id}/translate").text
    assert kept() == ["ko"]


FAILURES = {
    "does not answer": lambda handler: send(handler, 503, b""),
    "as much as it may": lambda handler: reply(handler, 456, {"message": "Quota exceeded"}),
    "does not know this pair": lambda handler: reply(handler, 400, {"message": "target_lang"}),
    "not set up properly": lambda handler: reply(handler, 403, {"message": "Forbidden"}),
}


@pytest.mark.parametrize("words", FAILURES)
def test_what_went_wrong_is_said_beside_the_button(post, reader, service, words):
    service.answer = FAILURES[words]

    fragment = reader.htmx(f"/posts/{post.id}/translate")
    redirect = reader.post(f"/posts/{post.id}/translate")
    page = reader.get(redirect.location)

    # The status that htmx is told to show.
    assert fragment.status_code == 422
    assert '"422","swap":true' in page.text
    for answer in (fragment, page):
        assert words in answer.text
        assert 'role="alert"' in answer.text
        assert f'hx-post="/posts/{post.id}/translate"' in answer.text
    assert kept() == []

    service.answer = lambda _handler: False
    assert reader.htmx(f"/posts/{post.id}/translate").status_code == 200


def test_a_reader_waits_five_seconds_at_most(once, post, reader, service):
    service.answer = drip
    start = time.monotonic()

    answer = reader.htmx(f"/posts/{post.id}/translate")

    assert "took too long" in answer.text
    assert translators.SECONDS - 0.1 < time.monotonic() - start < 5


def test_nobody_who_writes_waits_for_a_translation(post, reader, service, client_of, susan):
    writer = client_of(susan)
    meanwhile = []
    service.answer = lambda _handler: meanwhile.append(
        writer.post("/posts", {"body": "Written meanwhile"}).status_code
    )

    assert reader.htmx(f"/posts/{post.id}/translate").status_code == 200
    assert meanwhile == [303]


def test_two_at_once_both_see_it(post, reader, service):
    both = windows(reader, 2)

    answers = together(
        [lambda window=window: window.htmx(f"/posts/{post.id}/translate") for window in both]
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    assert kept() == ["en"]


def test_what_may_not_be_translated_is_refused_as_if_by_any_page(post, reader, service, susan):
    for_followers = make_spanish(susan, visibility=Visibility.FOLLOWERS)
    english = make_spanish(susan, language="en")
    author = Client(reader.app)
    author.sign_in("susan")

    assert reader.post(f"/posts/{for_followers.id}/translate").status_code == 404
    assert reader.get(f"/posts/{for_followers.id}/translation").status_code == 404
    assert author.post(f"/posts/{for_followers.id}/translate").status_code == 403
    assert reader.post(f"/posts/{english.id}/translate").status_code == 403
    assert reader.get(f"/posts/{english.id}/translation").location == f"/@susan/{english.id}"
    assert reader.post(f"/posts/{post.id + 1}/translate").status_code == 404
    assert not service.asked


def test_without_a_service_there_is_no_button(post, client_of, john):
    client = client_of(john)

    assert "/translate" not in client.get(f"/@susan/{post.id}").text
    assert client.post(f"/posts/{post.id}/translate").status_code == 403


def test_translating_is_limited(service, make_app, post):
    make_user("eager")
    client = Client(make_app(TRANSLATE_URL=service.url, RATELIMIT_ENABLED=True))
    client.sign_in("eager")

    codes = [
        client.htmx(f"/posts/{post.id}/translate").status_code
        for _ in range(TRANSLATE.item.amount + 1)
    ]

    assert codes == [200] * TRANSLATE.item.amount + [429]
