"""What a page costs: requests by turns with a bare Flask application, in several rounds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import wrk
from bench.processes import Memory, children_of, cpu_seconds, memory, parent_of
from bench.servers import Server
from bench.wrk import Request, Run

BARE = [Request("/")]
WARM_UP = 2


class Cost(NamedTuple):
    """Of a request, in milliseconds, and how many there are in a second."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms_web: float
    cpu_ms_db: float

    @property
    def cpu_ms(self) -> float:
        return self.cpu_ms_web + self.cpu_ms_db


class Paired(NamedTuple):
    cost: Cost
    bare: Cost
    ratio: float


class Pace(NamedTuple):
    """How thoroughly to measure: so many rounds, seconds of each, connections at once."""

    rounds: int
    seconds: int
    clients: int


class Meter:
    """Measures two servers and the database of one of them.

    :ivar database: the process id of the PostgreSQL server, which is to be on this machine
    """

    def __init__(self, folder: Path, ours: Server, bare: Server, pace: Pace, backend: int) -> None:
        """Begin.

        :param backend: the process id of a connection to the database
        """
        self.folder = folder
        self.ours = ours
        self.bare = bare
        self.pace = pace
        self.database = parent_of(backend)
        # So far, of ours.
        self.requests = 0

    def in_rounds(
        self, pages: Mapping[str, Sequence[Request]], tell: Callable[[str], None]
    ) -> dict[str, Paired]:
        """Measure each page next to the bare application, and again in each round."""
        found: dict[str, list[tuple[Cost, Cost]]] = defaultdict(list)
        for name, requests in pages.items():
            self.run(self.ours, requests, WARM_UP)
            tell(name)
        for _ in range(self.pace.rounds):
            for name, requests in pages.items():
                bare = self.cost(self.bare, BARE)
                found[name].append((self.cost(self.ours, requests), bare))
                tell(name)
        return {name: _paired(costs) for name, costs in found.items()}

    def cost(self, server: Server, requests: Sequence[Request]) -> Cost:
        web, database = cpu_seconds(server.pid), cpu_seconds(self.database)
        run = self.run(server, requests, self.pace.seconds)
        # The bare application asks no database; what that does meanwhile is its own affair.
        database = cpu_seconds(self.database) - database if server is self.ours else 0.0
        web = cpu_seconds(server.pid) - web
        # One that is not answered in time is as if it had taken all of it.
        each = 1000 / max(1, run.requests)
        return Cost(run.requests / run.seconds, run.p50_ms, run.p99_ms, web * each, database * each)

    def run(self, server: Server, requests: Sequence[Request], seconds: int) -> Run:
        clients = self.pace.clients
        found = wrk.run(self.folder, server.port, requests, seconds=seconds, connections=clients)
        if server is self.ours:
            self.requests += found.requests
        return found

    def workers(self) -> list[Memory]:
        return [memory(pid) for pid in children_of(self.ours.pid)]


def _paired(costs: Iterable[tuple[Cost, Cost]]) -> Paired:
    ours, bare = zip(*costs, strict=True)
    ratio = median(one.cpu_ms / other.cpu_ms for one, other in zip(ours, bare, strict=True))
    return Paired(_median(ours), _median(bare), ratio)


def _median(costs: Iterable[Cost]) -> Cost:
    return Cost(*(median(column) for column in zip(*costs, strict=True)))
