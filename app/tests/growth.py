"""How work grows with its size, by processor time: other programs do not count."""

import time
from collections.abc import Callable


def is_linear(work: Callable[[int], object], size: int) -> bool:
    """Say whether four times the size takes at most some ten times as long; squared it takes 16."""
    small, large = (min(cpu_seconds(work, n) for _ in range(3)) for n in (size, 4 * size))
    return large < 10 * small + 0.05


def cpu_seconds(work: Callable[..., object], *args: object) -> float:
    started = time.process_time()
    work(*args)
    return time.process_time() - started
