"""E-mail addresses: which are taken for one, and which count as the same."""

import pytest

from app.services import addresses
from app.services.errors import EmailInvalid


@pytest.mark.parametrize(
    "typed",
    [
        "süsan@mail.example",
        "수잔@mail.example",
        "sus\u0430n@mail.example",
        "susan",
        "a b@mail.example",
    ],
)
def test_an_address_that_not_every_mail_server_takes_is_refused(app, typed):
    with pytest.raises(EmailInvalid):
        addresses.normal(typed)


def test_the_host_of_an_address_may_have_any_letters(app):
    assert addresses.normal("Susan@Bücher.example") == "Susan@bücher.example"


def test_an_address_counts_once_in_whatever_letter_case(app):
    assert addresses.key("Susan@BÜCHER.example") == addresses.key("susan@bücher.example")
