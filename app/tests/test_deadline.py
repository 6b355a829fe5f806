"""How long statements may take."""

import pytest
from sqlalchemy import text

from app.database import begin_reading
from app.database.deadline import TookTooLong, no_time_limit, time_limit
from app.extensions import db

SLOW = text("SELECT pg_sleep(1.2)")


@pytest.fixture
def impatient(on_postgresql, app, make_app):
    with make_app(DATABASE_TIMEOUT=1).app_context():
        begin_reading(db)
        yield
        db.session.remove()


def test_a_job_may_take_longer_than_a_page(impatient):
    with no_time_limit(db):
        db.session.execute(SLOW)

    assert db.session.scalar(text("SHOW statement_timeout")) == "900ms"


def test_a_search_may_take_less(impatient):
    with pytest.raises(TookTooLong), time_limit(db, 0.05):
        db.session.execute(SLOW)
