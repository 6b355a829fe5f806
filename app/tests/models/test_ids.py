"""Ids: order is time, and nobody ever gets one twice."""

import importlib.util
import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.models import ids as shared

MOMENT = datetime(2026, 3, 12, 18, 22, tzinfo=UTC)

# Makes an id every millisecond, beginning when all of its kind do.
WORKER = """
import json, runpy, sys, time
new_id = runpy.run_path(sys.argv[1])["new_id"]
time.sleep(max(0, float(sys.argv[2]) - time.time()))
made = []
for _ in range(100):
    made.append(new_id())
    time.sleep(0.001)
print(json.dumps(made))
"""


@pytest.fixture
def ids():
    """Return the module anew: what is done to its clock shall reach no other test."""
    spec = importlib.util.spec_from_file_location("fresh_ids", shared.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(ids, count: int) -> list[int]:
    return [ids.new_id() for _ in range(count)]


def test_ids_grow(ids):
    made = make(ids, 20_000)

    assert made == sorted(set(made))


@pytest.fixture
def restless():
    """Let threads take turns as often as they can, so that a missing lock shows."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
def test_threads_never_share_an_id(ids):
    found: list[list[int]] = []
    threads = [threading.Thread(target=lambda: found.append(make(ids, 20_000))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id_ for part in found for id_ in part}) == 8 * 20_000
    assert all(part == sorted(part) for part in found)


def test_processes_in_the_same_milliseconds_hardly_ever_share_an_id():
    start = str(time.time() + 0.5)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, shared.__file__, start],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]

    made = [id_ for worker in workers for id_ in json.loads(worker.communicate()[0])]

    # One meeting in a hundred runs of this test; three, never.
    assert len(made) == 400
    assert len(set(made)) > 400 - 3


def test_order_of_ids_is_order_of_time(ids):
    with time_machine.travel(MOMENT, tick=False) as clock:
        made = []
        for _ in range(50):
            made += make(ids, 1)
            clock.shift(timedelta(milliseconds=1))

    assert made == sorted(made)
    assert [ids.time_of(id_) for id_ in made] == [
        MOMENT + timedelta(milliseconds=n) for n in range(50)
    ]


def test_order_survives_a_clock_that_goes_back(ids):
    before = make(ids, 3)
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=10)):
        during = make(ids, 3)
    after = make(ids, 3)

    assert before + during + after == sorted({*before, *during, *after})


def test_a_full_millisecond_borrows_from_the_next(ids):
    with time_machine.travel(MOMENT, tick=False):
        made = make(ids, 70_000)

    assert made == sorted(set(made))
    assert ids.time_of(made[-1]) - MOMENT <= timedelta(milliseconds=2)


def test_an_imported_id_tells_its_moment(ids):
    # As a float of seconds this moment is a little less than itself.
    old = datetime(2004, 3, 12, 0, 0, 7, 919_000, tzinfo=UTC)

    assert ids.time_of(ids.id_at(old)) == old
    assert ids.id_at(old) < ids.id_at(old + timedelta(milliseconds=1)) < ids.new_id()


def test_ids_fit_63_bits_for_thousands_of_years(ids):
    with time_machine.travel(datetime(6000, 1, 1, tzinfo=UTC), tick=False):
        [made] = make(ids, 1)

    assert 0 < made <= ids.MAX_ID
