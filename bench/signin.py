"""Whether an account exists must not show in how long an answer takes: pairs of known and unknown.

    python -m bench.signin --rounds 30

One gunicorn worker on a new database with the demo town, which asks for confirmed addresses.
Known and unknown alternate in one run; the medians are compared. With DATABASE_URL, on that
database, which must be empty.
"""

import argparse
import http.client
import os
import re
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from app.cli.town_people import PEOPLE
from bench.browser import cookie_of
from bench.servers import PASSWORD, seed, server

NAMES = [person.username for person in PEOPLE]
numbers = count(1)
Fields = dict[str, str]


class Form:
    """A form that is open in a signed-out browser and may be sent again and again."""

    def __init__(self, port: int, path: str, status: int) -> None:
        self.connection = http.client.HTTPConnection("localhost", port)
        self.path = path
        self.status = status
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        self.cookie = cookie_of(response)
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', response.read().decode())
        assert token, f"{path} has no token"
        self.token = token[1]

    def seconds(self, fields: Fields) -> float:
        """Send it and return how long the answer took."""
        body = urlencode({"csrf_token": self.token, **fields})
        kind = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        self.connection.request("POST", self.path, body, kind)
        response = self.connection.getresponse()
        response.read()
        took = time.perf_counter() - started
        if response.status != self.status:
            raise RuntimeError(f"{self.path}: {response.status}")
        return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    os.environ["REQUIRE_CONFIRMED_EMAIL"] = "1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seed(folder)
        with server("microblog:app", folder) as running:
            port = running.port
            print(f"{'form':<28}{'known ms':>10}{'unknown ms':>12}{'ratio':>8}")
            login = Form(port, "/auth/login", 422)
            compare("sign-in by name", login, by_name, rounds)
            compare("sign-in by address", login, by_address, rounds)
            compare("sign-up", Form(port, "/auth/register", 303), sign_up, rounds)
            reset = Form(port, "/auth/reset_password_request", 303)
            compare("asking for a new password", reset, ask_reset, rounds)


def compare(name: str, form: Form, fields_of: Callable[[str], Fields], rounds: int) -> None:
    """Send a form with names of members and of nobody by turns, and print the medians."""
    people = [NAMES[n % len(NAMES)] for n in range(rounds)]
    for warm_up in people[:3]:
        form.seconds(fields_of(warm_up))
    pairs = []
    for person in people:
        both = {who: form.seconds(fields_of(who)) for who in order(person)}
        pairs.append((both[person], both[stranger(person)]))
    known, unknown = (median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"{name:<28}{known:>10.2f}{unknown:>12.2f}{known / unknown:>8.3f}")


def order(person: str) -> list[str]:
    """Return a member and a stranger, now one first and now the other."""
    pair = [person, stranger(person)]
    return pair if next(numbers) % 2 else pair[::-1]


def stranger(person: str) -> str:
    """Return a name as long that nobody has."""
    return person[::-1] + "q"


def by_name(who: str) -> Fields:
    return {"username": who, "password": "not the password of anybody"}


def by_address(who: str) -> Fields:
    return by_name(address(who))


def sign_up(who: str) -> Fields:
    return {"username": f"fresh_{next(numbers)}", "email": address(who), "password": PASSWORD}


def ask_reset(who: str) -> Fields:
    return {"email": address(who)}


def address(who: str) -> str:
    return f"{who}@mail.example"


if __name__ == "__main__":
    main()
