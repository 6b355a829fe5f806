"""Logging: one line a request, text for a terminal, JSON for a collector. Never secrets."""

import logging
import sys
from typing import Any

import structlog
from flask import Flask, g, request
from sqlalchemy import event

from app.extensions import db
from app.web.middleware import FACTS
from app.web.viewer import loaded_viewer_id
from config import Config

# What is no question to the database but about how to ask.
TRANSACTIONAL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


def configure(config: Config) -> None:
    """Send the application's and the libraries' messages to stderr in one format."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor
    if config.LOG_FORMAT == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # Local variables in a traceback may be passwords.
            exception_formatter=structlog.dev.plain_traceback,
        )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=config.APP_ENV != "testing",
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("request", "app"):
        logging.getLogger(name).setLevel(config.LOG_LEVEL)


def init_app(app: Flask) -> None:
    app.before_request(_note_route)
    app.teardown_request(_note_facts)


def count_queries(app: Flask) -> None:
    """Count the statements of each request."""
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _count_query)


def _note_route() -> None:
    rule = request.url_rule
    request.environ[FACTS]["route"] = rule.rule if rule else "-"


def _note_facts(_error: BaseException | None) -> None:
    facts: dict[str, Any] = request.environ.get(FACTS, {})
    facts["queries"] = g.get("queries", 0)
    facts["user_id"] = loaded_viewer_id()


def _count_query(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    if g and not statement.startswith(TRANSACTIONAL):
        g.queries = g.get("queries", 0) + 1
