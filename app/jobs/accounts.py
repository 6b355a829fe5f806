"""What accounts need done that no page waits for."""

from flask_babel import force_locale

from app.jobs.registry import job
from app.services import confirmations, password_resets

# The language is that of the page on which somebody asked for the mail.


@job("welcome")
def welcome(user_id: int, locale: str) -> None:
    with force_locale(locale):
        confirmations.send_first(user_id)


@job("send_confirmation")
def send_confirmation(token_id: int, locale: str) -> None:
    with force_locale(locale):
        confirmations.send(token_id)


@job("request_password_reset")
def request_password_reset(email: str, locale: str) -> None:
    with force_locale(locale):
        password_resets.send(email)
