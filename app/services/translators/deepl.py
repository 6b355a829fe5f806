"""The protocol of DeepL.

https://developers.deepl.com/docs/
"""

from collections.abc import Sequence
from typing import Any

from app.services import egress
from app.services.translators.provider import Problem, Provider, post, usual_problem
from config import TranslationServer

_CODES = {"no": "NB"}
# Into these it wants to know which variety.
_TARGETS = _CODES | {"en": "EN-GB", "pt": "PT-PT", "zh": "ZH-HANS"}
_QUOTA = {429, 456, 529}


def _request(
    server: TranslationServer, texts: Sequence[str], source: str | None, target: str
) -> egress.Request:
    content: dict[str, Any] = {
        "text": list(texts),
        "target_lang": _TARGETS.get(target, target.upper()),
    }
    if source:
        content["source_lang"] = _CODES.get(source, source.upper())
    key = {"Authorization": f"DeepL-Auth-Key {server.key}"}
    return post(f"{server.base_url}/v2/translate", content, key)


def _texts(answer: Any) -> list[Any]:
    return [translation["text"] for translation in answer["translations"]]


def _problem(status: int, answer: Any) -> Problem:
    if status in _QUOTA:
        return "quota"
    words = str(answer.get("message", "")) if isinstance(answer, dict) else ""
    # "Value for 'source_lang' not supported."
    if status == 400 and "_lang" in words:
        return "unsupported"
    return usual_problem(status)


PROVIDER = Provider("DeepL", _request, _texts, _problem)
