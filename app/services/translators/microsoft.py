"""The protocol of Microsoft Translator, version 3.

https://learn.microsoft.com/azure/ai-services/translator/
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from app.services import egress
from app.services.translators.provider import Problem, Provider, post, usual_problem
from config import TranslationServer

_CODES = {"mn": "mn-Cyrl", "no": "nb", "sr": "sr-Cyrl", "tl": "fil", "zh": "zh-Hans"}
# A language, or the pair of them, is missing, invalid or not supported.
_LANGUAGE_ERRORS = {400003, 400019, 400023, 400035, 400036}
_FREE_QUOTA_ERROR = 403001


def _request(
    server: TranslationServer, texts: Sequence[str], source: str | None, target: str
) -> egress.Request:
    options = {"api-version": "3.0", "to": _CODES.get(target, target)}
    if source:
        options["from"] = _CODES.get(source, source)
    headers = {"Ocp-Apim-Subscription-Key": server.key}
    if server.region:
        headers["Ocp-Apim-Subscription-Region"] = server.region
    content = [{"Text": text} for text in texts]
    return post(f"{server.base_url}/translate?{urlencode(options)}", content, headers)


def _texts(answer: Any) -> list[Any]:
    return [element["translations"][0]["text"] for element in answer]


def _problem(status: int, answer: Any) -> Problem:
    error = answer.get("error") if isinstance(answer, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if code in _LANGUAGE_ERRORS:
        return "unsupported"
    return "quota" if code == _FREE_QUOTA_ERROR else usual_problem(status)


PROVIDER = Provider("Microsoft Translator", _request, _texts, _problem)
