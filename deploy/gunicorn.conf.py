"""How gunicorn serves Microblog. `flask serve` uses it, and so may systemd directly.

What depends on the machine (HOST, PORT, WEB_CONCURRENCY, WEB_THREADS) comes from config.py.
"""

import os
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy import make_url

from config import ROOT, load

# Ctrl-C while the application still loads is no error to report: it just ends. `flask serve` has
# held it back until here.
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

settings = load()

chdir = str(ROOT)
wsgi_app = "microblog:app"
host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
bind = f"{host}:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
worker_class = "gthread"
threads = settings.WEB_THREADS

# Loaded once and shared by the workers, which saves start-up time and memory; an application that
# cannot start is one error instead of one per worker. What must not be shared, `post_fork` drops.
preload_app = True

# A worker that does not show a sign of life for this long is replaced.
timeout = 30
graceful_timeout = 10
keepalive = 5
# Workers are not recycled (max_requests): a leak should be seen and mended, not hidden.

# Seconds that the workers of `flask serve` get to stop; they take a little less.
WORKER_PATIENCE = 10
# Seconds that a client may be silent in the middle of a request.
SILENCE = 10
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# Whom to believe about X-Forwarded-* is up to PROXY_HOPS, not to gunicorn.
forwarded_allow_ips = ""
forwarder_headers = ""

# The application logs each request itself, with its id, route and number of queries.
accesslog = None
loglevel = "warning"
control_socket_disable = True
# Heartbeats go to memory: on a busy disk they would block, and the worker would be replaced.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def on_starting(server: Any) -> None:
    """Send gunicorn's own warnings the way of the application's."""
    server.log.error_log.handlers.clear()
    server.log.error_log.propagate = True


def post_fork(_server: Any, _worker: Any) -> None:
    """Let go of connections made before the fork, without closing them for the master."""
    from app.extensions import db  # noqa: PLC0415 - the application is loaded after this file
    from microblog import app  # noqa: PLC0415

    with app.app_context():
        db.engine.dispose(close=False)


def post_worker_init(_worker: Any) -> None:
    """Leave Ctrl-C, which a terminal sends to all of them, to the master: it stops the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def when_ready(server: Any) -> None:
    """Say where it runs and where its data lies, once the port is open; the workers come after."""
    for listener in server.LISTENERS:
        # Inherited by each connection: whoever falls silent amid a request keeps no thread.
        silence = struct.pack("ll", SILENCE, 0)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, silence)
    _load_models()
    if settings.LOG_FORMAT == "json":
        structlog.get_logger("app").info("running", url=settings.base_url, data=place_of_data())
        return
    print(f"Microblog is running at {settings.base_url}")
    print(f"Its data is in {place_of_data()}")
    if sys.stdin.isatty():
        print("Press Ctrl-C to stop it")
    sys.stdout.flush()


def _load_models() -> None:
    """Load what recognises languages once for all workers, rather than with the first post."""
    from app.services import languages  # noqa: PLC0415 - the application is loaded after this file

    languages.load()


def on_exit(_server: Any) -> None:
    """Stop the workers that `flask serve` has started, and let them finish what is at hand."""
    pid = int(os.environ.get("WORKER_SUPERVISOR_PID", "0"))
    give_up_at = time.monotonic() + WORKER_PATIENCE
    # No child of ours: it has ended before.
    with suppress(ChildProcessError):
        if pid and os.waitpid(pid, os.WNOHANG) == (0, 0):
            os.kill(pid, signal.SIGTERM)
            while os.waitpid(pid, os.WNOHANG) == (0, 0) and time.monotonic() < give_up_at:
                time.sleep(0.02)


def place_of_data() -> str:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return str(settings.INSTANCE_PATH / str(url.database))
    server = url.host or url.query.get("host") or "this machine"
    return f"the PostgreSQL database {url.database} on {server}"
