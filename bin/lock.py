"""Write requirements/{base,dev}.txt from pyproject.toml; with --check, see if they are in step.

The check needs no network: each file ends with a fingerprint of the lists it was made from.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASE = ROOT / "requirements" / "base.txt"
DEV = ROOT / "requirements" / "dev.txt"
UV = ROOT / ".venv" / "bin" / "uv"
OPTIONS = (
    "--quiet",
    "--system-certs",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-annotate",
    "--custom-compile-command=make lock",
)


def main() -> None:
    if "--check" not in sys.argv[1:]:
        compile_to(BASE)
        compile_to(DEV, "--group=dev", f"--constraint={BASE.relative_to(ROOT)}")
    if problem := find_problem():
        sys.exit(f"Error: {problem}; run `make lock`")


def compile_to(output: Path, *options: str) -> None:
    """Pin and hash; versions already in the file stay, unless UPGRADE is given to `make lock`."""
    upgrade = [option for option in sys.argv[1:] if option.startswith("--upgrade")]
    command: list[str | Path]
    command = [UV, "pip", "compile", *OPTIONS, *options, *upgrade, "pyproject.toml", "-o", output]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with output.open("a") as file:
        file.write(f"{fingerprint_line()}\n")


def find_problem() -> str:
    for path in (BASE, DEV):
        if fingerprint_line() not in path.read_text().splitlines():
            return f"{path.relative_to(ROOT)} is not made from today's pyproject.toml"
    dev = pins(DEV)
    different = [pin for pin in pins(BASE) if pin not in dev]
    if different:
        return f"requirements/dev.txt disagrees with base.txt about {', '.join(different)}"
    return ""


def fingerprint_line() -> str:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    keys = ("requires-python", "dependencies", "optional-dependencies")
    sources = [pyproject["project"].get(key) for key in keys]
    text = json.dumps([*sources, pyproject.get("dependency-groups")])
    return f"# pyproject.toml: {hashlib.sha256(text.encode()).hexdigest()}"


def pins(path: Path) -> list[str]:
    """Return the pins with their markers, such as "colorama==0.4.6 ; sys_platform == 'win32'"."""
    return re.findall(r"^([a-z0-9][^\\\n]*?) *\\?$", path.read_text(), re.M)


if __name__ == "__main__":
    main()
