"""Finding out the language of a post, and naming languages."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from babel import Locale

from app.services import languages

POSTS = [
    ("en", "The ferry is late again, but the light on the harbour is worth it."),
    ("en", "Anyone up for soup tonight?"),
    ("en", "Thanks @susan, see you tomorrow #club https://club.example/termine"),
    ("en", "GOOD MORNING EVERYONE"),
    ("es", "El pan de hoy salió mejor que el de ayer."),
    ("es", "¿Alguien sabe a qué hora abre la biblioteca?"),
    ("es", "Qué bonito está el mar hoy 🌊🌊🌊"),
    ("es", "mirad esto\nhttps://example.org/the-best-soup-of-all\nqué maravilla"),
    ("ko", "베란다의 감나무에 새잎이 났다. 물을 주고, 오늘의 첫 문장을 적는다."),
    ("ko", "안녕하세요"),
    ("ko", "새 앨범 나왔다 ㅋㅋㅋ new album!"),
    ("de", "Wer hat eigentlich beschlossen, dass Filterkaffee langweilig ist?"),
    ("de", "Guten Morgen zusammen"),
    ("fr", "Le marché est ouvert jusqu'à midi, venez nombreux !"),
    ("fr", "bonjour tout le monde"),
    ("ar", "كل مدينة لها صوتٌ قبل الفجر."),
    ("ar", "صباح الخير"),
    ("ja", "今日はとても寒いので、家で本を読みます。https://example.org/en/page"),
    ("ja", "おはよう"),
    ("zh", "今天的天气真好，我们去公园吧。"),
    ("zh", "早上好"),
    ("pt", "Hoje o mar está calmo e não há vento nenhum."),
    ("ru", "Сегодня в парке было очень тихо и светло."),
    ("uk", "Сьогодні ввечері ми граємо у шахи в бібліотеці."),
    ("it", "Buongiorno a tutti, ci vediamo stasera"),
    ("ca", "Avui hem anat a la platja i l'aigua era molt freda."),
    ("ca", "Bon dia a tothom, què feu aquest cap de setmana?"),
    ("gl", "Hoxe fomos á praia e a auga estaba moi fría."),
    ("nl", "Vandaag fietsen we naar het strand, wie gaat er mee?"),
    ("pl", "Dzisiaj w końcu świeci słońce i można wyjść na spacer."),
    ("tr", "Bugün hava çok güzel, sahilde yürüyüş yaptık."),
    ("el", "Σήμερα η θάλασσα είναι ήρεμη."),
    # Spanish and Portuguese alike; half Catalan, half Spanish.
    (None, "hola a todos"),
    (None, "Bona tarde, chicos, vamos a la playa"),
    (None, "ok"),
    (None, "haha"),
    (None, "42 : 0"),
    (None, "🌿🌿🌿"),
    (None, "https://example.org/the-best-soup-of-all"),
    (None, "example.org/the-best-soup-of-all"),
    (None, "@susan @the_best_of_us"),
    (None, "#soup #harbour"),
    (None, ""),
    (None, "\n\x00\n"),
    (None, "\ud800"),
]


@pytest.fixture(autouse=True)
def _once(once):
    """Nothing here asks a database."""


@pytest.mark.parametrize(("language", "text"), POSTS)
def test_the_language_of_a_post_is_found_where_it_is_clear(language, text):
    assert languages.detect(text) == language


def test_many_may_ask_at_once_and_the_first_time():
    languages._detectors.clear()
    posts = [post for post in POSTS if post[0]]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(languages.detect, [text for _language, text in posts]))

    assert found == [language for language, _text in posts]
    assert len(languages._detectors) == 1


def test_nothing_is_printed_and_nothing_downloaded(capfd, caplog, monkeypatch):
    languages._detectors.clear()
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    with caplog.at_level(logging.DEBUG):
        assert languages.detect("hola amigos de la montaña " * 500) == "es"

    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_a_post_is_published_even_if_the_model_is_broken(monkeypatch):
    monkeypatch.setattr(languages, "_detectors", [None])

    assert languages.detect("The ferry is late again.") is None


@pytest.mark.parametrize(
    "text", ["." * 9999, "a.b." * 2500, "a://" * 2500, "a" * 9999, "@a" * 5000, "é" * 9999]
)
def test_no_text_takes_long(text):
    languages.load()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(languages.detect, text).result(timeout=0.5)


def test_every_language_has_a_name_in_ours():
    assert tuple(sorted({*languages.CODES})) == languages.CODES
    for locale in ("en", "es", "ko"):
        names = Locale.parse(locale).languages
        assert {*languages.CODES} <= {*names}
        assert len(languages.choices(locale)) == len(languages.CODES)


def test_a_name_begins_large_in_a_menu_and_small_in_a_sentence():
    assert languages.name("es", "en") == "Spanish"
    assert languages.name("de", "es") == "Alemán"
    assert languages.name_in_text("de", "es") == "alemán"
    assert languages.name("es", "ko") == "스페인어"
    assert languages.name("xx", "en") == "Xx"


def test_a_menu_is_sorted_as_its_readers_sort():
    spanish = [name for _code, name in languages.choices("es")]
    korean = [name for _code, name in languages.choices("ko")]

    assert spanish.index("Alemán") < spanish.index("Árabe") < spanish.index("Armenio")
    assert korean[0] == "갈리시아어"
    assert korean == sorted(korean)


def test_only_what_can_be_chosen_is_known():
    assert languages.is_known("ko")
    assert not languages.is_known("xx")
    assert not languages.is_known(None)
