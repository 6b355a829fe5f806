"""Jobs of the tests, and the table in which they leave what they did."""

import os
import signal
import time
from datetime import timedelta

from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from app.database import begin_writing, commit
from app.extensions import db
from app.jobs.registry import GiveUp, job, report

effects = Table("effects", MetaData(), Column("name", String(64)), Column("pid", Integer))


def leave(name: str) -> None:
    db.session.execute(insert(effects).values(name=name, pid=os.getpid()))


@job("test_effect")
def effect(name: str) -> None:
    leave(name)


@job("test_failure", max_attempts=3)
def failure(name: str) -> None:
    leave(name)
    raise RuntimeError(f"{name} went wrong")


@job("test_give_up", on_dead=lambda name: leave(f"{name} is dead"))
def give_up(name: str) -> None:
    leave(name)
    raise GiveUp("there is no hope")


@job("test_slow", transactional=False)
def slow(name: str, seconds: float = 600, *, once: bool = False) -> None:
    """Take a while before the effect; with `once`, only in the first run, which leaves a trace."""
    begin_writing(db)
    leave(f"begun {name}")
    commit(db)
    time.sleep(0 if once and _runs(name) > 1 else seconds)
    begin_writing(db)
    leave(name)


@job("test_too_long", transactional=False, time_limit=timedelta(seconds=0.5), max_attempts=1)
def too_long() -> None:
    begin_writing(db)
    leave("too long")
    time.sleep(600)


@job("test_stubborn", transactional=False, time_limit=timedelta(seconds=0.5), max_attempts=1)
def stubborn() -> None:
    """Heed no interruption."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    time.sleep(600)


@job("test_poison", max_attempts=2)
def poison() -> None:
    leave("poison")
    os.kill(os.getpid(), signal.SIGKILL)


@job("test_progress", transactional=False)
def progress(name: str) -> None:
    report(40, "reading")
    begin_writing(db)
    leave(name)


def _runs(name: str) -> int:
    query = effects.select().where(effects.c.name == f"begun {name}")
    return len(db.session.execute(query).all())
