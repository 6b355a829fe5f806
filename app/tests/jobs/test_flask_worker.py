"""`flask worker` itself, as it is started by hand or by a service manager."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from app.database import begin_reading
from app.extensions import db
from app.models import Job, JobSlot
from app.tests.jobs.conftest import enqueue
from app.tests.workers import is_alive, wait_until
from config import ROOT

# Tells its process, and ends when told to.
SCRIPT = 'nohup "$0" -m flask worker --processes 1 > "$1" 2>&1 & echo $!; read _'


@pytest.fixture
def script(app, database_url, tmp_path):
    """Start `flask worker` from a script; yield that."""
    db.session.commit()
    settings = {"DATABASE_URL": database_url, "INSTANCE_PATH": str(tmp_path), "APP_ENV": "testing"}
    with subprocess.Popen(
        ["sh", "-c", SCRIPT, sys.executable, str(tmp_path / "worker.log")],
        cwd=ROOT,
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as script:
        yield script


def has_worked() -> bool:
    begin_reading(db)
    slots = db.session.scalar(select(func.count(JobSlot.name)))
    return bool(slots) and not db.session.scalar(select(func.count(Job.id)))


def test_it_goes_on_when_the_script_that_started_it_ends_until_it_is_stopped(script):
    worker = int(script.stdout.readline())
    try:
        wait_until(has_worked)
        script.communicate("end\n")
        enqueue("sweep_tokens")
        wait_until(has_worked)
    finally:
        os.kill(worker, signal.SIGTERM)

    wait_until(lambda: not is_alive(worker))
