"""Make .venv and put exactly the hashed requirements into it. Called by bin/setup.

Nothing is done when the stamp in .venv says that it is up to date. What `dev` installs includes
what `run` needs, in the same versions, so `make run` after `make test` changes nothing.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VERSION = ".".join(map(str, sys.version_info[:3]))
MINOR_VERSION = ".".join(map(str, sys.version_info[:2]))
PYTHON = str(VENV / "bin" / "python")
PIP = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
STAMP = VENV / "installed.json"
LOG = VENV / "install.log"
REQUIREMENTS = {
    "run": ROOT / "requirements" / "base.txt",
    "dev": ROOT / "requirements" / "dev.txt",
}
NETWORK = re.compile(r"error sending request|connect|resolve|timed? ?out|certificate|network", re.I)


class SetupError(Exception):
    """What went wrong and how to mend it, in one line."""


def main() -> None:
    group = sys.argv[1] if sys.argv[1:] else "run"
    if group not in REQUIREMENTS:
        raise SetupError("usage: bin/setup run|dev")
    if is_current(group):
        return
    if not is_usable():
        make_venv()
    install(group)
    STAMP.write_text(json.dumps(fingerprint(group)))


def fingerprint(group: str) -> dict[str, str]:
    """Say what an up-to-date .venv was made from."""
    return {
        "python": VERSION,
        # Scripts in .venv/bin carry their absolute path: a moved tree needs a new one.
        "path": str(VENV),
        "requirements": hashlib.sha256(REQUIREMENTS[group].read_bytes()).hexdigest(),
    }


def installed() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def is_current(group: str) -> bool:
    enough = ("dev",) if group == "dev" else ("run", "dev")
    return installed() in map(fingerprint, enough)


def is_usable() -> bool:
    """Say whether .venv is here, of this Python, in its place and has pip."""
    stamp = installed()
    if stamp and any(stamp.get(key) != fingerprint("run")[key] for key in ("python", "path")):
        return False
    try:
        answer = subprocess.run([*PIP, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    # The answer ends in "(python 3.11)".
    version = f"(python {MINOR_VERSION})"
    return answer.returncode == 0 and answer.stdout.strip().endswith(version)


def make_venv() -> None:
    # Asked from within .venv, the interpreter that it was made from is the one to use.
    python = getattr(sys, "_base_executable", None) or sys.executable
    say(f"Making .venv with Python {VERSION}")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([python, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not os.access(ROOT, os.W_OK):
        raise SetupError(f"cannot write to {ROOT}; make it writable and try again")
    if "ensurepip" in made.stdout + made.stderr or "No module named" in made.stderr:
        raise SetupError(
            f"this Python has no venv and pip; install them "
            f"(Debian and Ubuntu: apt install python{MINOR_VERSION}-venv) and try again"
        )
    raise SetupError(f"cannot make .venv: {last_line(made.stdout + made.stderr)}")


def install(group: str) -> None:
    requirements = REQUIREMENTS[group]
    count = len(re.findall(r"^[a-z0-9].*==", requirements.read_text(), re.M))
    what = "packages for tests and tools" if group == "dev" else "packages"
    say(f"Installing {count} {what} (once; from {requirements.relative_to(ROOT)})")
    started = time.monotonic()
    STAMP.unlink(missing_ok=True)
    LOG.unlink(missing_ok=True)
    bootstrap_uv()
    sync = [str(VENV / "bin" / "uv"), "pip", "sync", "--python", PYTHON]
    # The system's certificates, so that it also works behind a company's proxy; pip does the same.
    run([*sync, "--system-certs", "--require-hashes", str(requirements)])
    say(f"Installed in {time.monotonic() - started:.0f} s")


def bootstrap_uv() -> None:
    """Install uv by pip, pinned and hashed as in requirements/dev.txt."""
    pin = re.search(r"^uv==.*?[^\\]$", REQUIREMENTS["dev"].read_text(), re.M | re.S)
    if not pin:
        raise SetupError("requirements/dev.txt has no pin of uv; run `make lock`")
    wanted = VENV / "uv.txt"
    wanted.write_text(pin.group() + "\n")
    options = ["--quiet", "--no-deps", "--retries=2", "--require-hashes"]
    run([*PIP, "install", *options, "--requirement", str(wanted)])


def run(command: list[str]) -> None:
    """Run an installer; show its progress and keep its words in the log.

    :raises SetupError: if it fails
    """
    said = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            if line.lstrip().startswith(("Downloading", "Prepared")):
                say("  " + line.strip())
    with LOG.open("a") as log:
        log.writelines(said)
    if process.returncode:
        raise SetupError(explain("".join(said)))


def explain(output: str) -> str:
    details = f"(details: {LOG.relative_to(ROOT)})"
    if NETWORK.search(output) and "hash" not in output.lower():
        return (
            "the packages cannot be downloaded; check the network "
            f"(behind a proxy, set HTTPS_PROXY) and try again {details}"
        )
    return f"the packages cannot be installed: {last_line(output)} {details}"


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["no reason given"])[-1].removeprefix("error: ")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(f"Error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
