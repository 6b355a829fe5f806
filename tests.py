"""Run the whole test suite: on SQLite, then on PostgreSQL.

    python tests.py                       everything, on both
    python tests.py -k follow             a part; arguments are passed on to pytest
    python tests.py --database=sqlite     on one database only
    COVERAGE=1 python tests.py            also report what the tests do not reach, on the first

The tests start their own PostgreSQL, or use that of TEST_DATABASE_URL.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent
# Used also where nobody has activated .venv.
PYTHON = ROOT / ".venv" / "bin" / "python"
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# One more than cores: tests often wait for a browser or a lock. More than eight wait for the disk.
PROCESSES = min((os.cpu_count() or 2) + 1, 8)
NOTHING_SELECTED = 5
MEASURED = bool(os.environ.get("COVERAGE"))


def main() -> int:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--database", choices=DATABASES)
    options, arguments = parser.parse_known_args()
    chosen = [options.database] if options.database else list(DATABASES)
    started = time.monotonic()
    if MEASURED:
        python("coverage", "erase")
    # Measuring takes two thirds more time, and both databases reach nearly the same lines.
    results = {name: run(name, arguments, MEASURED and name == chosen[0]) for name in chosen}
    if MEASURED:
        python("coverage", "report", "--skip-covered")
    print_counts(
        {name: counts for name, (_, counts) in results.items()}, time.monotonic() - started
    )
    statuses = [status for status, _ in results.values()]
    if set(statuses) == {NOTHING_SELECTED}:
        print("Error: these arguments select no test")
        return NOTHING_SELECTED
    return next((status for status in statuses if status not in {0, NOTHING_SELECTED}), 0)


def run(database: str, arguments: list[str], is_measured: bool) -> tuple[int, Counter[str]]:
    """Run pytest on one database; return its exit status and the number of tests by outcome."""
    print(f"\nTests on {DATABASES[database]}", flush=True)
    measuring = ["--cov", "--cov-append", "--cov-report="] if is_measured else []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        status = python(
            "pytest",
            f"--database={database}",
            f"--numprocesses={PROCESSES}",
            # Neighbours stay together, which share what was made for them; who is done helps.
            "--dist=worksteal",
            f"--junit-xml={report}",
            *measuring,
            *arguments,
        )
        return status, read_counts(report)


def python(module: str, *arguments: str) -> int:
    interpreter = PYTHON if PYTHON.exists() else sys.executable
    # The tests start many processes: each would compile all modules anew, which takes seconds.
    environment = {key: os.environ[key] for key in os.environ if key != "PYTHONDONTWRITEBYTECODE"}
    command = [interpreter, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def read_counts(report: Path) -> Counter[str]:
    if not report.exists():
        return Counter()
    [suite] = ET.parse(report).iter("testsuite")  # noqa: S314 - written by pytest
    names = {"failed": "failures", "errors": "errors", "skipped": "skipped"}
    counts = Counter({name: int(suite.get(key, 0)) for name, key in names.items()})
    return Counter(passed=int(suite.get("tests", 0)) - counts.total(), **counts)


def print_counts(counts: dict[str, Counter[str]], seconds: float) -> None:
    print()
    for name, part in counts.items():
        print(f"{DATABASES[name]}: {in_words(part)}")
    print(f" {in_words(sum(counts.values(), Counter()))} in {seconds:.2f}s ".center(80, "="))


def in_words(counts: Counter[str]) -> str:
    words = [f"{counts[name]} {name}" for name in ("failed", "passed", "skipped", "errors")]
    return ", ".join(word for word in words if not word.startswith("0 ")) or "no tests ran"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
