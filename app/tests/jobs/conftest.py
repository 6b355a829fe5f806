"""What the tests about jobs share: what jobs have done, and workers."""

import pytest
from sqlalchemy import select

from app.database import begin_reading, begin_writing
from app.extensions import db
from app.jobs.worker import Worker
from app.models import Job
from app.services import jobs
from app.tests.jobs import tasks


@pytest.fixture
def effects(app):
    """Return a function that tells what jobs have done, in order of the alphabet."""
    tasks.effects.create(db.engine, checkfirst=True)

    def read() -> list[str]:
        # In reading mode: an open transaction of ours would hold up the workers on SQLite.
        begin_reading(db)
        return list(db.session.scalars(select(tasks.effects.c.name).order_by("name")))

    yield read
    db.session.rollback()
    begin_writing(db)
    tasks.effects.drop(db.engine)


@pytest.fixture
def worker(app, effects):
    """Return a function that makes a worker for the test's own process."""
    db.session.commit()

    def make(name="worker", **options) -> Worker:
        return Worker(app, name, **options)

    return make


@pytest.fixture
def jobs_left(app):
    """Return a function that reads which jobs are left, but for the periodic ones."""

    def read() -> list[Job]:
        db.session.rollback()
        begin_reading(db)
        db.session.expire_all()
        is_ours = Job.name.startswith("test_")
        return list(db.session.scalars(select(Job).where(is_ours).order_by(Job.id)))

    return read


def enqueue(task, /, **options):
    """Queue a job at once."""
    begin_writing(db)
    id_ = jobs.enqueue(task, **options)
    db.session.commit()
    return id_
