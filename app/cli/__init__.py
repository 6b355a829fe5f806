"""Commands of `flask`."""

from flask import Flask

from app.cli.config import config
from app.cli.seed import seed
from app.cli.serve import serve
from app.cli.translate import translate


def init_app(app: Flask) -> None:
    for command in (config, seed, serve, translate):
        app.cli.add_command(command)
