"""Commands of `flask`."""

from flask import Flask

from app.cli.config import config
from app.cli.jobs import jobs
from app.cli.mail import mail
from app.cli.search import search
from app.cli.seed import seed
from app.cli.serve import serve
from app.cli.translate import translate
from app.cli.users import users
from app.cli.worker import worker


def init_app(app: Flask) -> None:
    for command in (config, jobs, mail, search, seed, serve, translate, users, worker):
        app.cli.add_command(command)
