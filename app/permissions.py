"""Who may do what: pure predicates over objects that are already loaded. Services check them."""

from app.extensions import settings
from app.models import Role, User, Visibility

# Who may see them is not for others to widen.
REPEATABLE = frozenset({Visibility.PUBLIC, Visibility.UNLISTED, Visibility.MEMBERS})


def is_confirmed(actor: User) -> bool:
    """Whether somebody may take part: with a confirmed address, where the site asks for one."""
    return not settings.require_confirmed_email or actor.credential.email_confirmed_at is not None


def is_hidden(user: User) -> bool:
    """Whether nobody sees an account: suspended, to be deleted, or erased."""
    return any((user.suspended_at, user.deletion_at, user.erased_at))


def can_delete_post(actor: User, author_id: int) -> bool:
    return actor.id == author_id


def can_edit_post(actor: User, author_id: int) -> bool:
    return actor.id == author_id


def can_pin_post(actor: User, author_id: int, visibility: Visibility) -> bool:
    return actor.id == author_id and visibility is not Visibility.DIRECT


def can_repost(visibility: Visibility) -> bool:
    """Whether those who see a post may repeat it to their own followers."""
    return visibility in REPEATABLE


def can_follow(actor: User, target: User) -> bool:
    return actor.id != target.id and not is_hidden(target)


def can_leave(actor: User) -> bool:
    """Whether the site can do without somebody: the owner has to hand it over first."""
    return actor.role is not Role.OWNER
