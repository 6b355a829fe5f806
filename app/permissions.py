"""Who may do what: pure predicates over objects that are already loaded. Services check them."""

from app.models import User


def can_delete_post(actor: User, author_id: int) -> bool:
    return actor.id == author_id


def can_follow(actor: User, target: User) -> bool:
    return actor.id != target.id and target.suspended_at is None
