"""The protocol of LibreTranslate, which one can run oneself.

https://docs.libretranslate.com/
"""

from collections.abc import Sequence
from typing import Any

from app.services import egress
from app.services.translators.provider import Problem, Provider, post, usual_problem
from config import TranslationServer

_CODES = {"no": "nb"}


def _request(
    server: TranslationServer, texts: Sequence[str], source: str | None, target: str
) -> egress.Request:
    content = {
        "q": list(texts),
        "source": _CODES.get(source, source) if source else "auto",
        "target": _CODES.get(target, target),
        "format": "text",
    }
    key = {"api_key": server.key} if server.key else {}
    return post(f"{server.base_url}/translate", content | key)


def _texts(answer: Any) -> list[Any]:
    return list(answer["translatedText"])


def _problem(status: int, answer: Any) -> Problem:
    # It tells in words only; without an Accept-Language, in English.
    words = str(answer.get("error", "")) if isinstance(answer, dict) else ""
    if status == 400 and "API key" in words:
        return "misconfigured"
    if status == 400 and ("not supported" in words or "not available" in words):
        return "unsupported"
    if status == 403 and "API key" not in words:
        # Shut out for a while, having asked too often.
        return "quota"
    return usual_problem(status)


PROVIDER = Provider("LibreTranslate", _request, _texts, _problem)
