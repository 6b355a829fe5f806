"""Translating posts: by whom, what is sent, what is kept, and what goes wrong."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import current_app
from sqlalchemy import select

from app.cli.config import shown
from app.database import begin_writing
from app.extensions import db
from app.models import Translation, Visibility
from app.services import posts, translations, translators
from app.services.errors import NotAllowed, NotFound, TranslationFailed
from app.services.translations import TranslationRow
from app.tests.factories import make_post
from app.tests.translation_servers import KEY, PROTOCOLS, drip, reply, send, translator
from config import ConfigError, TranslationServer, load

FREE_KEY = "279a2e9d-83b3-c416-7e2d-f721593e42a0:fx"
KINDS = [*PROTOCOLS]


@pytest.fixture(params=KINDS)
def service(request, once):
    with translator(request.param) as running:
        yield running


@pytest.fixture
def one_service(once):
    """Where it does not matter which."""
    with translator("deepl") as running:
        yield running


def translate(service, *texts, source="es", target="en"):
    return translators.translate(TranslationServer.parse(service.url), texts, source, target)


def failure(service, **options):
    with pytest.raises(TranslationFailed) as failed:
        translate(service, "Hola", **options)
    return failed.value.code


# TRANSLATE_URL


@pytest.mark.parametrize(
    ("url", "base_url", "key", "region"),
    [
        ("libretranslate://translate.example", "https://translate.example", "", ""),
        ("libretranslate://localhost:5000?tls=off", "http://localhost:5000", "", ""),
        ("libretranslate://k%2Fe%40y@[::1]:99/api/", "https://[::1]:99/api", "k/e@y", ""),
        (f"deepl://{FREE_KEY}", "https://api-free.deepl.com", FREE_KEY, ""),
        (f"deepl://{FREE_KEY.replace(':', '%3A')}", "https://api-free.deepl.com", FREE_KEY, ""),
        ("deepl://Paid-Key", "https://api.deepl.com", "Paid-Key", ""),
        (f"deepl://{FREE_KEY}@127.0.0.1:9?tls=off", "http://127.0.0.1:9", FREE_KEY, ""),
        ("microsoft://K", "https://api.cognitive.microsofttranslator.com", "K", ""),
        (
            "microsoft://K@own.cognitiveservices.azure.com/translator/text/v3.0?region=westeurope",
            "https://own.cognitiveservices.azure.com/translator/text/v3.0",
            "K",
            "westeurope",
        ),
    ],
)
def test_an_address_says_who_translates_where_and_with_which_key(url, base_url, key, region):
    server = load(_env_file=None, TRANSLATE_URL=url).translation_server

    assert server == TranslationServer(url.partition(":")[0], base_url, key, region)


@pytest.mark.parametrize(
    "url",
    [
        "sekret",
        "google://sekret",
        "deepl://",
        "deepl://@host.example",
        "deepl://sekret#x",
        "deepl://sekret?region=x",
        "deepl://sek\u2100ret",
        "microsoft://",
        "microsoft://sekret?region=a%0Ab",
        "microsoft://sekret?zone=x",
        "libretranslate://",
        "libretranslate://sekret@",
        "libretranslate://sek/ret@host.example",
        "libretranslate://sek%0Aret@host.example",
        "libretranslate://sekret@host.example:70000",
        "libretranslate://sekret@host .example",
        "libretranslate://sekret@[host.example",
        "libretranslate://sekret@host.example/ä",
        "libretranslate://sekret@host.example?tls=no",
    ],
)
def test_a_wrong_address_is_told_in_one_line_that_shows_no_key(url):
    with pytest.raises(ConfigError) as refused:
        load(_env_file=None, TRANSLATE_URL=url)

    assert refused.value.message.startswith("TRANSLATE_URL: ")
    assert "\n" not in refused.value.message
    assert "sek" not in refused.value.message


def test_a_key_is_never_shown():
    settings = load(_env_file=None, TRANSLATE_URL="deepl://sekret")

    assert "sekret" not in repr(settings) + repr(settings.translation_server)
    assert shown(settings, "TRANSLATE_URL") == "***"
    assert load(_env_file=None).translation_server is None


# The protocols


def test_texts_come_back_in_their_order(service):
    answer = translate(service, "Hola #pan", "¿Qué tal?\n\nBien")

    codes = {"deepl": "ES>EN-GB"}.get(service.kind, "es>en")
    assert answer == [f"{codes} Hola #pan", f"{codes} ¿Qué tal?\n\nBien"]


def test_each_calls_a_language_as_it_likes(service):
    answer = translate(service, "Hei", source="no", target="de")

    assert answer == [{"deepl": "NB>DE Hei"}.get(service.kind, "nb>de Hei")]


def test_a_key_that_is_refused_is_for_those_who_run_the_site_to_mend(service):
    service.url = service.url.replace("4bdc", "9999")

    assert failure(service) == "misconfigured"


def test_a_quota_is_told_from_a_wrong_key(service):
    service.is_used_up = True

    assert failure(service) == "quota"


def test_a_language_that_nobody_knows_is_told_from_a_service_that_is_down(service):
    assert failure(service, source="cy") == "unsupported"
    assert failure(service, target="cy") == "unsupported"


def test_a_server_that_is_another_one_is_misconfigured(service):
    service.url = service.url.replace("?", "/wrong?")

    assert failure(service) == "misconfigured"


@pytest.mark.parametrize(
    ("status", "code"),
    [(301, "misconfigured"), (429, "quota"), (500, "unavailable"), (503, "unavailable")],
)
def test_a_status_is_enough_to_tell_what_is_wrong(one_service, status, code):
    one_service.answer = lambda handler: send(handler, status, b"<p>Oops", Location="/elsewhere")

    assert failure(one_service) == code
    assert len(one_service.asked) == 1


NONSENSE = [
    b"",
    b"<html>",
    b"[" * 100_000,
    b"null",
    b"[]",
    b"{}",
    b'"text"',
    b'{"translatedText": "Hello"}',
    b'{"translatedText": [7]}',
    b'{"translations": [{"text": null}]}',
    b'{"translations": 7}',
    b'[{"translations": []}]',
    b'{"translatedText": ["a", "b"], "translations": [{"text": "a"}, {"text": "b"}]}',
    b"\xff\xfe",
    b"x" * (1024 * 1024 + 1),
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_makes_no_sense_is_no_translation(kind, once):
    with translator(kind) as service:
        for body in NONSENSE:
            service.answer = lambda handler, body=body: send(handler, 200, body)

            assert failure(service) == "unavailable", body[:40]


def test_a_service_that_is_slow_dripping_or_down_is_given_up_in_time(one_service, monkeypatch):
    monkeypatch.setattr(translators, "SECONDS", 0.2)

    one_service.answer = lambda _handler: bool(time.sleep(0.5)) or True
    assert failure(one_service) == "timeout"
    one_service.answer = drip
    assert failure(one_service) == "timeout"
    one_service.url = "deepl://key@127.0.0.1:1?tls=off"
    assert failure(one_service) == "unavailable"


# Posts


@pytest.fixture
def provider(request, make_app):
    """Yield a service, and let the application at hand use it."""
    with translator("libretranslate") as service:
        app = make_app(TRANSLATE_URL=service.url)
        with app.app_context():
            yield service
            db.session.rollback()


def make_spanish(author, text="El pan de hoy salió mejor.", **columns):
    post = make_post(author, text)
    for column, value in {"language": "es", **columns}.items():
        setattr(post, column, value)
    db.session.commit()
    return post


def translate_post(viewer, post, target="en"):
    found = translations.find(viewer, post.id, target)
    if found.kept:
        return found.kept
    translation = translations.ask(found)
    translations.keep(viewer, found, translation)
    db.session.commit()
    return translation


def test_a_post_is_translated_once_and_kept_for_all(susan, john, provider):
    post = make_spanish(susan, "El pan de hoy.\n\nMejor.", spoiler_text="Pan")

    first = translate_post(john, post)
    again = translate_post(susan, post)

    assert first == again
    assert first == TranslationRow(
        "<p>es&gt;en El pan de hoy.</p><p>Mejor.</p>", "es>en Pan", "en", "LibreTranslate"
    )
    assert len(provider.asked) == 1
    assert translate_post(john, post, target="ko").language == "ko"
    assert len(provider.asked) == 2


def test_only_the_words_are_sent(susan, john, provider):
    post = make_spanish(susan, "Hola, mundo", spoiler_text="Saludo")
    translate_post(john, post)

    assert provider.asked[0].content == {
        "q": ["Hola, mundo", "Saludo"],
        "source": "es",
        "target": "en",
        "format": "text",
        "api_key": KEY,
    }
    told = json.dumps(provider.asked[0].headers)
    assert not any(word in told.lower() for word in ("susan", "john", "cookie", str(post.id)))


def test_what_comes_back_is_cleaned_like_what_a_member_writes(susan, john, provider):
    text = "<script>alert(1)</script> @susan #pan <b onclick=x>https://example.org/a"
    provider.answer = lambda handler: reply(handler, 200, {"translatedText": [text, "a\n\tb"]})

    translation = translate_post(john, make_spanish(susan, spoiler_text="Pan"))

    assert "<script" not in translation.html
    assert "<b" not in translation.html
    assert '<a class="mention" href="/@susan" dir="ltr">@susan</a>' in translation.html
    assert '<a class="hashtag" href="/tags/pan">#pan</a>' in translation.html
    assert translation.spoiler_text == "a b"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", " \u200b ", "x" * 2001])
def test_a_translation_that_no_member_could_write_is_none(susan, john, provider, text):
    provider.answer = lambda handler: reply(handler, 200, {"translatedText": [text]})

    with pytest.raises(TranslationFailed, match="unavailable"):
        translate_post(john, make_spanish(susan))

    assert db.session.scalar(select(Translation.id)) is None


def test_an_edited_post_is_translated_anew(susan, john, provider):
    post = make_spanish(susan)
    translate_post(john, post)
    post.text, post.edits_count = "El pan de ayer.", 1
    db.session.commit()

    assert "El pan de ayer" in translate_post(john, post).html
    assert translations.find(john, post.id, "en").kept
    assert db.session.scalars(select(Translation.version)).all() == [1]


def test_two_who_ask_at_once_both_have_it_kept(susan, john, provider):
    found = translations.find(john, make_spanish(susan).id, "en")
    for viewer in (john, susan):
        translations.keep(viewer, found, translations.ask(found))
        db.session.commit()

    assert len(db.session.scalars(select(Translation.id)).all()) == 1


@pytest.mark.parametrize("happening", ["edited", "deleted"])
def test_nothing_is_kept_of_a_post_that_changed_meanwhile(susan, john, provider, happening):
    post = make_spanish(susan)
    found = translations.find(john, post.id, "en")
    translation = translations.ask(found)
    if happening == "deleted":
        posts.delete(susan, post.id)
    else:
        post.edits_count += 1
    db.session.commit()

    translations.keep(john, found, translation)
    db.session.commit()

    assert db.session.scalar(select(Translation.id)) is None


def test_nothing_is_kept_of_a_post_that_is_just_being_deleted(susan, john, provider):
    app = current_app._get_current_object()
    found = translations.find(john, make_spanish(susan).id, "en")
    translation = translations.ask(found)
    db.session.commit()

    def keep():
        with app.app_context():
            begin_writing(db)
            translations.keep(john, found, translation)
            db.session.commit()

    begin_writing(db)
    posts.delete(susan, found.post_id)
    with ThreadPoolExecutor(1) as pool:
        keeping = pool.submit(keep)
        time.sleep(0.2)
        assert not keeping.done()
        db.session.commit()
        keeping.result(timeout=5)

    assert db.session.scalar(select(Translation.id)) is None


@pytest.mark.parametrize("visibility", [Visibility.FOLLOWERS, Visibility.DIRECT])
def test_what_is_for_chosen_people_goes_to_no_service(susan, provider, visibility):
    post = make_spanish(susan, visibility=visibility)

    with pytest.raises(NotAllowed):
        translations.find(susan, post.id, "en")


def test_a_post_that_one_may_not_see_is_not_there_to_be_translated(susan, john, provider):
    post = make_spanish(susan)
    translate_post(john, post)
    # Kept or not.
    post.visibility = Visibility.DIRECT
    db.session.commit()

    for post_id in (post.id, post.id + 1):
        with pytest.raises(NotFound):
            translations.find(john, post_id, "en")


def test_a_translation_is_offered_only_between_two_languages_that_are_known(provider):
    wants = translations.wants

    assert wants("es", "en", Visibility.MEMBERS)
    assert not wants("es", "es", Visibility.PUBLIC)
    assert not wants(None, "en", Visibility.PUBLIC)
    assert not wants("es", "en", Visibility.FOLLOWERS)


def test_without_a_service_nothing_is_offered(susan, john):
    assert not translations.wants("es", "en", Visibility.PUBLIC)
    with pytest.raises(NotAllowed):
        translations.find(john, make_spanish(susan).id, "en")
