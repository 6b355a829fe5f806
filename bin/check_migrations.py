"""Run `flask db upgrade` and `flask db check` on a new database: SQLite, then PostgreSQL.

To be run from the root: python -m bin.check_migrations
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from app.tests.databases import test_database


def main() -> None:
    for kind in ("sqlite", "postgresql"):
        with (
            tempfile.TemporaryDirectory() as folder,
            test_database(kind, Path(folder)) as url,
        ):
            check(kind, {"DATABASE_URL": url, "INSTANCE_PATH": folder, "APP_ENV": "testing"})


def check(kind: str, settings: dict[str, str]) -> None:
    """Stop with what was said if the migrations fail or the models differ from them."""
    for action in ("upgrade", "check"):
        command = [sys.executable, "-m", "flask", "db", action]
        done = subprocess.run(
            command, env=os.environ | settings, check=False, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"flask db {action} on {kind}:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
