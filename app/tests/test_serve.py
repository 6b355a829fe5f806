"""`flask serve`: what it refuses to start with, and that it serves and stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from app import database
from app.cli import assets, preflight
from app.models import JobSlot
from config import ROOT, ConfigError


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_taken_port_is_named_with_a_way_out(make_config, taken_port):
    with pytest.raises(ConfigError, match=rf"^PORT: {taken_port} is already in use.*PORT=5001"):
        preflight.check_port(make_config(PORT=taken_port))


def test_a_foreign_address_is_named(make_config, free_port):
    with pytest.raises(ConfigError, match=r"^HOST: cannot listen on 192\.0\.2\.1 "):
        preflight.check_port(make_config(HOST="192.0.2.1", PORT=free_port))


def test_an_unwritable_folder_is_named(make_config, tmp_path):
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(ConfigError, match=rf"^INSTANCE_PATH: cannot write to {file}"):
        preflight.check_folder(make_config(INSTANCE_PATH=file))


def test_the_instance_folder_is_made_for_its_owner_alone(make_config, tmp_path):
    preflight.check_folder(make_config(INSTANCE_PATH=tmp_path / "instance"))

    assert (tmp_path / "instance").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_no_database_is_named(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("Milk, bread, a newspaper and something for the cat. " * 40)

    assert "notes.txt is not a SQLite file" in refusal(f"sqlite:///{file}")


def test_a_database_without_its_folder_is_named(tmp_path):
    assert f"cannot use {tmp_path}/absent/db" in refusal(f"sqlite:///{tmp_path}/absent/db")


@pytest.mark.parametrize(
    ("place", "advice"),
    [
        ("127.0.0.1:1", "nothing answers at 127.0.0.1:1"),
        ("absent.invalid", "there is no host absent.invalid"),
        ("/town?host=/absent", "nothing answers at /absent"),
        ("127.0.0.1/town?sslmode=bear", 'invalid sslmode value: "bear"'),
    ],
)
def test_an_unreachable_server_is_named_without_the_password(place, advice):
    message = refusal(f"postgresql+psycopg2://susan:bear@{place}")

    assert advice.replace("bear", "***") in message
    assert "bear" not in message
    assert "\n" not in message


def refusal(url):
    engine = create_engine(url)
    database.prepare_engine(engine)
    with pytest.raises(ConfigError) as caught:
        preflight.check_database(engine)
    return caught.value.message


def test_what_is_older_than_its_source_is_made_anew(tmp_path):
    source = tmp_path / "theme.css"
    source.write_text("body { color: black } " * 20)
    assets.compress(source)
    fresh = assets.is_stale(assets.compressed(source), source)
    os.utime(source, (2**31, 2**31))

    assert (fresh, assets.is_stale(assets.compressed(source), source)) == (False, True)


def test_it_serves_until_it_is_interrupted(database_url, free_port, tmp_path):
    settings = {
        "DATABASE_URL": database_url,
        "PORT": str(free_port),
        "INSTANCE_PATH": str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "serve"],
        cwd=ROOT,
        env=os.environ | settings | {"BASE_URL": "", "LOG_FORMAT": "text"},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        first, second = server.stdout.readline(), server.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/ping") as answer:
            pong = answer.read()
        worker = slots_filled(database_url) and worker_of(server)
        server.send_signal(signal.SIGINT)

    assert first == f"Microblog is running at http://localhost:{free_port}\n"
    assert re.match("Its data is in .", second)
    assert pong.strip() == b"pong"
    assert server.returncode == 0
    assert not Path(f"/proc/{worker}").exists()


def slots_filled(database_url):
    """Wait until the workers of the server have looked for what is due."""
    engine = create_engine(database_url)
    give_up_at = time.monotonic() + 20
    while time.monotonic() < give_up_at:
        with engine.connect() as connection:
            found = connection.scalars(select(JobSlot.name)).all()
        if "sweep_sessions" in found:
            break
        time.sleep(0.1)
    engine.dispose()
    return found


def worker_of(server):
    """Return the process that `flask serve` has left the workers to."""
    environment = Path(f"/proc/{server.pid}/environ").read_bytes().split(b"\0")
    [pid] = [line for line in environment if line.startswith(b"WORKER_SUPERVISOR_PID=")]
    return int(pid.partition(b"=")[2])
