"""Microblog: a self-hosted microblog for a club, a company or a town."""

import time

import structlog
from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

import config as configuration
from app import auth, cli, database, errors, main, models, settings
from app.extensions import babel, csrf, db, login, mail, migrate, moment
from app.web import (
    assets,
    boundary,
    bundles,
    compression,
    converters,
    i18n,
    limits,
    logs,
    middleware,
    page_cache,
    parts,
    policy,
    post_html,
    templating,
)
from app.web.viewer import forget_viewer
from config import Config

log = structlog.get_logger("app")

# How often a transaction is run again when the database asks for it.
ATTEMPTS = 3
# Seconds.
LOST_AT_ONCE = 1


class Microblog(Flask):
    """Flask, which runs a view again when its transaction lost to another one.

    Also when a connection was lost, if all that the view does is read.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        began = time.monotonic()
        for _ in range(ATTEMPTS - 1):
            try:
                return super().dispatch_request()
            except DBAPIError as error:
                if not database.is_transient(error) and not _was_lost_at_once(error, began):
                    raise
                log.warning("transaction runs again", reason=str(error.orig).strip())
                db.session.rollback()
                forget_viewer()
        return super().dispatch_request()


def _was_lost_at_once(error: DBAPIError, began: float) -> bool:
    """Whether a request that only reads may as well begin anew: its connection was dead already.

    Not one that was waited for: whoever asked has been patient enough.
    """
    is_reading = request.method in policy.SAFE_METHODS
    return error.connection_invalidated and is_reading and time.monotonic() - began < LOST_AT_ONCE


def create_app(config: Config | None = None) -> Microblog:
    """Return the application, ready to serve.

    :raises config.ConfigError: if a setting is wrong
    """
    config = config or configuration.load()
    app = Microblog(__name__, instance_path=str(config.INSTANCE_PATH), static_folder=None)
    app.extensions["config"] = config
    app.config.from_mapping(config.flask_settings())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(config)
    _init_extensions(app)
    converters.init_app(app)
    _register_blueprints(app)
    _init_web(app, config)
    _register_commands(app)
    _wrap(app, config)
    return app


def _init_extensions(app: Microblog) -> None:
    db.init_app(app)
    with app.app_context():
        database.prepare_engine(db.engine, prepares=app.extensions["config"].DATABASE_PREPARE)
    migrate.init_app(app, db, directory=str(configuration.ROOT / "migrations"))
    # Its context processor would load the viewer for every template, used or not.
    login.init_app(app, add_context_processor=False)
    # Sessions are rows in the database: Flask-Login has nothing to protect by itself.
    login.session_protection = None
    babel.init_app(app, locale_selector=i18n.choose_locale, timezone_selector=i18n.choose_time_zone)
    moment.init_app(app)
    mail.init_app(app)


def _register_blueprints(app: Microblog) -> None:
    for blueprint in (main.bp, auth.bp, settings.bp, errors.bp):
        app.register_blueprint(blueprint)


def _init_web(app: Microblog, config: Config) -> None:
    """Set up what happens before and after each view, in this order."""
    logs.configure(config)
    logs.init_app(app)
    logs.count_queries(app)
    assets.init_app(app)
    bundles.init_app(app)
    compression.init_app(app)
    templating.init_app(app)
    post_html.init_app(app)
    parts.init_app(app)
    limits.init_app(app)
    boundary.init_app(app)
    csrf.init_app(app)
    page_cache.init_app(app, config.PAGE_CACHE_MB)
    policy.init_app(app)
    errors.init_app(app)


def _register_commands(app: Microblog) -> None:
    cli.init_app(app)
    app.shell_context_processor(
        lambda: {"db": db, **{name: getattr(models, name) for name in models.__all__}}
    )


def _wrap(app: Microblog, config: Config) -> None:
    """Put the WSGI layers around the application, the innermost first."""
    if hops := config.PROXY_HOPS:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.wsgi_app = assets.serve(app.wsgi_app, app.extensions["assets"])  # type: ignore[method-assign]
    app.wsgi_app = middleware.Frame(app.wsgi_app, config)  # type: ignore[method-assign]
