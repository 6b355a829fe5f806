"""Rate limits: how often somebody may do something.

They hold across processes, because the counts are in the database, and outside the transaction of
the request.
"""

import hashlib
import ipaddress
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from app.models import Conversation
from app.services import addresses
from app.services.rate_limits import DatabaseStorage
from app.web import second_step
from app.web.viewer import client_address, member, viewer


def by_address() -> str:
    """Count per address; a home network has a whole /64 of IPv6 to itself."""
    given = client_address()
    if not given:
        return ""
    address = ipaddress.ip_address(given)
    if isinstance(address, ipaddress.IPv6Address):
        # So a socket that speaks both writes IPv4; their /64 would be all of it.
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def by_login() -> str:
    """Count per account and address, so that guessing from elsewhere locks nobody out."""
    name = request.form.get("username", "").strip().removeprefix("@")
    # As it is looked up: other ways to write an address are no further guesses.
    name = addresses.key(name) if "@" in name else name.casefold()
    # Hashed, since what is typed there has any length, and now and then is a password.
    return f"{by_address()} {hashlib.sha256(name.encode()).hexdigest()}"


def by_member() -> str:
    return str(member().id)


def by_account() -> str:
    """Count per account, be its owner signed in or between password and code.

    Who has not given the password now is counted by address: else a kept cookie of a first step
    long over would lock the owner out.
    """
    user = viewer() or second_step.user()
    return str(user.id) if user else by_address()


def one() -> int:
    return 1


def recipients() -> int:
    """Count for how many people a message is, as its form has it."""
    names = re.findall(r"[^\s,;]+", request.form.get("to", ""))
    # More are refused, and then nobody has got anything.
    return max(1, min(len(names), Conversation.MAX_PARTICIPANTS))


@dataclass(frozen=True)
class Limit:
    """At most so many in a time, such as "10 per 15 minutes", counted for each key.

    :ivar cost: how many a request counts for
    """

    name: str
    item: RateLimitItem
    key: Callable[[], str]
    cost: Callable[[], int] = one

    @classmethod
    def of(
        cls, name: str, amount: str, key: Callable[[], str], cost: Callable[[], int] = one
    ) -> "Limit":
        return cls(name, parse(amount), key, cost)


SIGN_IN_BY_LOGIN = Limit.of("sign-in", "10 per 15 minutes", by_login)
SIGN_IN_BY_ADDRESS = Limit.of("sign-in-address", "100 per 15 minutes", by_address)
SIGN_UP = Limit.of("sign-up", "100 per hour", by_address)
RESET = Limit.of("reset", "20 per hour", by_address)
# What the links of mails lead to.
LINK = Limit.of("link", "60 per hour", by_address)
# Guesses at a password by somebody who is signed in already.
VERIFY = Limit.of("verify", "10 per 15 minutes", by_member)
# Guesses at a code. Six digits bear few: wherever they come from, they are counted together.
SECOND_FACTOR = Limit.of("second-factor", "6 per 15 minutes", by_account)
MAIL = Limit.of("mail", "5 per hour", by_member)
EXPORT = Limit.of("export", "5 per day", by_member)
WRITE = Limit.of("write", "30 per 5 minutes", by_member)
MESSAGE = Limit.of("message", "60 per 5 minutes", by_member)
# Writing to people who may not know the member.
BEGIN = Limit.of("begin", "30 per hour", by_member)
# To all of them together: a group may have nineteen.
REACH = Limit.of("reach", "100 per hour", by_member, recipients)
# Posts of members who are signed out.
DRAFT = Limit.of("draft", "30 per 5 minutes", by_address)
# Each may cost the site something at the provider's.
TRANSLATE = Limit.of("translate", "30 per 5 minutes", by_member)
ACT = Limit.of("act", "60 per minute", by_member)
SAVE = Limit.of("save", "30 per minute", by_member)
# What has been read: of home a browser tells every ten seconds at most, in each of its windows.
READ = Limit.of("read", "60 per minute", by_member)
# Each picture that is sent: to look at one takes more work than anything else members ask for.
UPLOAD = Limit.of("upload", "120 per hour", by_member)


def init_app(app: Flask) -> None:
    app.extensions["limits"] = FixedWindowRateLimiter(DatabaseStorage())


def hit(limit: Limit) -> None:
    """Count one more, or as many as a request counts for.

    :raises TooManyRequests: with the seconds to wait, if that is one too many
    """
    strategy = _strategy()
    if strategy is None:
        return
    key = limit.key()
    if strategy.hit(limit.item, limit.name, key, cost=limit.cost()):
        return
    reset_at = strategy.get_window_stats(limit.item, limit.name, key).reset_time
    raise TooManyRequests(retry_after=max(1, round(reset_at - time.time())))


def forgive(limit: Limit, key: str | None = None) -> None:
    """Forget all that was counted: it turned out to be well meant.

    :param key: what it was counted for, if not for this request
    """
    if strategy := _strategy():
        strategy.clear(limit.item, limit.name, limit.key() if key is None else key)


def take_back(limit: Limit, key: str | None = None) -> None:
    """Count one less: this once it was well meant."""
    if strategy := _strategy():
        strategy.hit(limit.item, limit.name, limit.key() if key is None else key, cost=-1)


def _strategy() -> FixedWindowRateLimiter | None:
    """Return what counts, unless counting is turned off."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return None
    strategy: FixedWindowRateLimiter = current_app.extensions["limits"]
    return strategy
