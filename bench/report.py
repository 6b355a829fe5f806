"""What was measured: in a file for programs, as tables and a plot for readers."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from typing import Any

from bench import plot
from bench.servers import ROOT

RESULTS = ROOT / "bench" / "results" / "latest.json"
DOCUMENT = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
DIGITS = {"requests_per_s": 1, "ratio_to_bare": 2, "bytes": 0, "bytes_compressed": 0, "queries": 0}
HEAD = (
    "| Page | Requests/s | p50 ms | p99 ms | CPU ms: web | database | × bare | Queries | kB |"
    " compressed |\n| --- | " + " | ".join(["---:"] * 9) + " |"
)

Page = Mapping[str, Any]


def commit() -> str:
    """Return which version of the code this is, with a star if it has changed since."""
    command = ["git", "describe", "--always", "--dirty=*"]
    found = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return found.stdout.strip() or "unknown"


def rounded(page: Page) -> Page:
    return {
        name: None if value is None else round(value, DIGITS.get(name, 3)) or 0
        for name, value in page.items()
    }


def keep(size: str, found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put what was found at a size beside what was found at others; return all of it."""
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"sizes": {}}
    results["sizes"][size] = {**results["sizes"].get(size, {}), **found}
    for name in ("date", "commit", "cores"):
        results[name] = found.get(name, results.get(name))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    return results


def publish(results: Mapping[str, Any]) -> None:
    """Write the tables and the plot into the documents."""
    sizes = {
        name: results["sizes"][name] for name in "SML" if "pages" in results["sizes"].get(name, {})
    }
    PLOT.write_text(plot.bars({name: _ratios(found) for name, found in sizes.items()}))
    picture = f"![How many times a bare Flask application's CPU each page takes]({PLOT.name})"
    tables = "\n\n".join(_section(name, found) for name, found in sizes.items())
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{picture}\n\n{tables}\n\n{END}{after}")


def rows(pages: Mapping[str, Page]) -> Iterable[tuple[str, ...]]:
    for name, page in pages.items():
        yield (
            name,
            f"{page['requests_per_s']:.0f}",
            f"{page['p50_ms']:.1f}",
            f"{page['p99_ms']:.1f}",
            f"{page['cpu_ms_web']:.2f}",
            f"{page['cpu_ms_db']:.2f}",
            f"{page['ratio_to_bare']:.1f}",
            _or_dash(page["queries"], 1),
            _or_dash(page["bytes"], 1000),
            _or_dash(page["bytes_compressed"], 1000),
        )


def _or_dash(value: float | None, unit: int) -> str:
    if value is None:
        return ""
    return str(value) if unit == 1 else f"{value / unit:.1f}"


def _section(size: str, found: Mapping[str, Any]) -> str:
    title = f"### {size}: {found['users']:,} members, {found['posts']:,} posts"
    about = (
        f"{found['date']}, {found['commit']}, {found['cores']} cores, {found['database']}. Bare "
        f"Flask: {found['bare']['requests_per_s']:.0f} requests a second, "
        f"{found['bare']['cpu_ms_web']:.3f} ms of CPU each. Memory of a worker: {_memory(found)}."
    )
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows(found["pages"]))
    return f"{title}\n\n{about}\n\n{HEAD}\n{table}"


def _memory(found: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{one['rss_mb']:.0f} MB ({one['pss_mb']:.0f} its own) after {one['requests']:,} requests"
        for one in found.get("memory", [found["worker"]])
    )


def _ratios(found: Mapping[str, Any]) -> Mapping[str, float]:
    return {name: page["ratio_to_bare"] for name, page in found["pages"].items()}
