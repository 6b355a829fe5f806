"""Work done outside of requests: a shallow function for each kind of job, and the worker.

Importing this package registers every job.
"""

from app.jobs import (
    accounts,
    deletions,
    digests,
    exports,
    housekeeping,
    mail,
    messages,
    notifications,
    pictures,
    search,
    suggestions,
    trends,
)

__all__ = [
    "accounts",
    "deletions",
    "digests",
    "exports",
    "housekeeping",
    "mail",
    "messages",
    "notifications",
    "pictures",
    "search",
    "suggestions",
    "trends",
]
