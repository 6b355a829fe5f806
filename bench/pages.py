"""What pages cost beside a bare Flask application, in one run.

    python -m bench.pages --rounds 5

Both run under gunicorn with one worker, on a new database with the demo town;
requests alternate between them, and the medians of the rounds are compared.
"""

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery staple"
PAGES = ["/", "/explore", "/@wren", "/tags/repaircaf%C3%A9", "/settings/profile"]
REQUESTS = 100
Get = Callable[[str], bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare = stack.enter_context(server("bench.bare:app", folder))
        seed(folder)
        ours = stack.enter_context(server("microblog:app", folder))
        get_bare = getter(bare)
        member, reader = getter(ours, sign_in(ours)), getter(ours)
        print(f"{'page':<24}{'ms':>8}{'bare ms':>9}{'ratio':>8}{'queries':>9}{'kB':>7}")
        log = folder / f"{ours}.log"
        for page in PAGES:
            report(page, compare(get_bare, member, page, rounds), log)
        report("/explore signed out", compare(get_bare, reader, "/explore", rounds), log)


def compare(get_bare: Get, get: Get, path: str, rounds: int) -> tuple[float, float, int]:
    """Return the seconds of a bare request and of one for the path, and the bytes of the latter."""
    pairs = [(seconds(get_bare, "/"), seconds(get, path)) for _ in range(rounds)]
    bare, ours = (median(column) for column in zip(*pairs, strict=True))
    return bare, ours, len(get(path))


def report(name: str, measured: tuple[float, float, int], log: Path) -> None:
    bare, ours, size = measured
    print(
        f"{name:<24}{ours * 1000:>8.2f}{bare * 1000:>9.2f}{ours / bare:>8.1f}"
        f"{last_queries(log):>9}{size / 1000:>7.1f}"
    )


def seconds(get: Get, path: str) -> float:
    """Return the mean duration of a request, one after the other."""
    started = time.perf_counter()
    for _ in range(REQUESTS):
        get(path)
    return (time.perf_counter() - started) / REQUESTS


def last_queries(log: Path) -> int:
    """Return how many queries the last request ran, as the application logged it."""
    return int(json.loads(log.read_text().splitlines()[-1])["queries"])


def seed(folder: Path) -> None:
    for command in (["db", "upgrade"], ["seed", "--password", PASSWORD]):
        subprocess.run(
            [sys.executable, "-m", "flask", *command],
            cwd=ROOT, env=environment(folder), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    settings = {"INSTANCE_PATH": str(folder), "RATELIMIT_ENABLED": "0", "LOG_FORMAT": "json"}
    return {**os.environ, **settings}


@contextmanager
def server(application: str, folder: Path, workers: int = 1) -> Iterator[int]:
    """Run an application under gunicorn; yield its port. Its log is in the folder."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    options = [f"--workers={workers}", "--threads=2", "--worker-class=gthread", "--keep-alive=60"]
    options += ["--log-level=error", "--no-control-socket", f"--bind=127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *options, application]
    with (folder / f"{port}.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stderr=log, env=environment(folder) | {"PORT": str(port)}
        )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port}")


def getter(port: int, cookie: str = "") -> Get:
    """Return a function that gets a path over one kept connection."""
    connection = http.client.HTTPConnection("localhost", port)

    def get(path: str) -> bytes:
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status}")
        return body

    return get


def sign_in(port: int) -> str:
    """Return the cookie of a member of the demo town."""
    connection = http.client.HTTPConnection("localhost", port)
    connection.request("GET", "/auth/login")
    response = connection.getresponse()
    cookie = cookie_of(response)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', response.read().decode())
    assert token, "the sign-in form has no token"
    form = f"csrf_token={token[1]}&username=noor&password={PASSWORD.replace(' ', '+')}"
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/auth/login", form, headers)
    return cookie_of(connection.getresponse())


def cookie_of(response: http.client.HTTPResponse) -> str:
    """Return the cookie of the session, beside which there may be others."""
    given = response.headers.get_all("Set-Cookie", [])
    return next((c.partition(";")[0] for c in given if c.startswith("session=")), "")


if __name__ == "__main__":
    main()
