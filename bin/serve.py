"""Run `flask serve` for `make run`."""

import signal

# Ctrl-C while it still starts is no error to report: it just ends.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from flask.cli import cli  # noqa: E402 - slow to import, so after the line above

cli.main(["serve"])
