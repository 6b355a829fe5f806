"""wrk, which sends requests as fast as they are answered."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SCRIPT = """
local requests, last = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, cookie, encodings = line:match("^(.-)\\t(.-)\\t(.-)$")
    local headers = {Host = arguments[2]}
    if cookie ~= "" then headers["Cookie"] = cookie end
    if encodings ~= "" then headers["Accept-Encoding"] = encodings end
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("found %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
"""


class Request(NamedTuple):
    path: str
    cookie: str = ""
    encodings: str = ""


class Run(NamedTuple):
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float


def run(
    folder: Path, port: int, requests: Sequence[Request], *, seconds: int, connections: int
) -> Run:
    """Send requests by turns for so long, over so many connections.

    :raises RuntimeError: if one of them failed
    """
    script, lines = folder / "wrk.lua", folder / "wrk.txt"
    script.write_text(SCRIPT)
    lines.write_text("".join("\t".join(request) + "\n" for request in requests))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"-s{script}", "--timeout=30s"]
    command += [f"http://127.0.0.1:{port}/", "--", str(lines), f"localhost:{port}"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"found (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if found is None or int(found[5]):
        raise RuntimeError(f"{requests[0].path}:\n{output}")
    number, micros, p50, p99 = (int(found[place]) for place in range(1, 5))
    return Run(number, micros / 1e6, p50 / 1000, p99 / 1000)
