"""Commands of `flask`."""

from flask import Flask

from app.cli.config import config
from app.cli.seed import seed
from app.cli.serve import serve
from app.cli.translate import translate
from app.cli.worker import worker


def init_app(app: Flask) -> None:
    for command in (config, seed, serve, translate, worker):
        app.cli.add_command(command)
