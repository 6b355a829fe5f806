"""What load balancers and container engines ask."""

from flask.typing import ResponseReturnValue

from app.main import bp
from app.services import health
from app.web.policy import Access, Cache, policy


@bp.get("/ping")
@policy(Access.ANYBODY, cache=Cache.NEVER, uses_database=False)
def ping() -> ResponseReturnValue:
    return "pong", {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/livez")
@policy(Access.ANYBODY, cache=Cache.NEVER, uses_database=False)
def livez() -> ResponseReturnValue:
    """Say that this process answers, whatever else may be wrong."""
    return {"status": "ok"}


@bp.get("/readyz")
@policy(Access.ANYBODY, cache=Cache.NEVER, uses_database=False)
def readyz() -> ResponseReturnValue:
    """Say whether requests can be served: database reachable, migrations current."""
    checks = health.checks()
    is_ready = all(checks.values())
    answer = {name: "ok" if passed else "failed" for name, passed in checks.items()}
    return {"status": "ok" if is_ready else "failed", **answer}, 200 if is_ready else 503
