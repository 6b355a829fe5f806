"""What is written in the past, and that nothing else is."""

from datetime import timedelta

from app.models import clock
from app.models.base import utc_now
from app.models.ids import new_id, time_of

DAY = timedelta(days=1)


def test_what_is_written_meanwhile_is_so_old():
    with clock.ago(DAY):
        moments = utc_now(), time_of(new_id())

    assert all(DAY <= utc_now() - moment < DAY + timedelta(minutes=1) for moment in moments)


def test_afterwards_the_time_is_right_again():
    before = new_id()
    with clock.ago(DAY):
        assert new_id() < before

    assert before < new_id()
    assert utc_now() - time_of(before) < timedelta(minutes=1)
