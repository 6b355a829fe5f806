"""What processes take: time on the processor, and memory."""

import os
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")


class Memory(NamedTuple):
    """Megabytes of a process: all that it has loaded, and its share of it where others have it."""

    rss: float
    pss: float


def children_of(pid: int) -> list[int]:
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    """Return what a process and all that it started have calculated so far, ended ones included."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    # What comes after the name, which may hold anything: of its own, and of ended children.
    ticks = sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks / TICKS + sum(map(cpu_seconds, children_of(pid)))


def memory(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    found = {line.split(":")[0]: line.split()[1] for line in lines[1:]}
    return Memory(int(found["Rss"]) / 1024, int(found["Pss"]) / 1024)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
