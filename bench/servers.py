"""Servers to measure: Microblog, as it is run by tests or in production, and what it is beside."""

import http.client
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery staple"
PATIENCE = 60


class Server(NamedTuple):
    """A server that answers.

    :ivar pid: of gunicorn's master, whose children are the workers
    """

    port: int
    pid: int
    log: Path


@contextmanager
def server(application: str, folder: Path, workers: int = 1, threads: int = 2) -> Iterator[Server]:
    """Run an application under gunicorn. Its log is in the folder."""
    port = free_port()
    options = [f"--workers={workers}", f"--threads={threads}", "--worker-class=gthread"]
    options += ["--keep-alive=60", "--log-level=error", "--no-control-socket"]
    command = ["gunicorn", *options, f"--bind=127.0.0.1:{port}", application]
    with started(command, port, folder, environment(folder)) as running:
        yield running


@contextmanager
def production(folder: Path, database_url: str, **more: str) -> Iterator[Server]:
    """Run Microblog as `flask serve` does in production, but for its jobs and rate limits.

    :param more: further settings
    """
    port = free_port()
    settings = {
        "APP_ENV": "production",
        "BASE_URL": f"http://localhost:{port}",
        "DATABASE_URL": database_url,
        "SECRET_KEY": secrets.token_hex(32),
    }
    command = ["flask", "serve", "--no-worker"]
    with started(command, port, folder, environment(folder) | settings | more) as running:
        yield running


@contextmanager
def started(
    command: Sequence[str], port: int, folder: Path, variables: Mapping[str, str]
) -> Iterator[Server]:
    """Run a module of Python that serves on a port."""
    log = folder / f"{port}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT, stdout=file, stderr=file, env={**variables, "PORT": str(port)},
        )  # fmt: skip
    try:
        wait_for(port, process, log)
        yield Server(port, process.pid, log)
    finally:
        process.terminate()
        process.wait()


def seed(folder: Path) -> None:
    """Fill the database with the demo town."""
    for command in (["db", "upgrade"], ["seed", "--password", PASSWORD]):
        subprocess.run(
            [sys.executable, "-m", "flask", *command],
            cwd=ROOT, env=environment(folder), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    settings = {"INSTANCE_PATH": str(folder), "RATELIMIT_ENABLED": "0", "LOG_FORMAT": "json"}
    return {**os.environ, **settings}


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at and process.poll() is None:
        connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE)
        try:
            # The port is open before the workers are there.
            connection.request("HEAD", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise TimeoutError(f"nothing answers on port {port}:\n{log.read_text()[-2000:]}")


def need(program: str, package: str) -> None:
    """Make sure that a program is there."""
    if shutil.which(program) is None:
        sys.exit(f"{program} is missing; install it, such as with: apt install {package}")
