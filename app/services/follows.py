"""Following and unfollowing."""

from sqlalchemy import case, delete, or_, update

from app.database import insert
from app.extensions import db
from app.models import Follow, FollowState, User
from app.permissions import can_follow, is_confirmed
from app.services import suggestions
from app.services.errors import NotAllowed, NotConfirmed


def follow(actor: User, target: User) -> None:
    """Let the actor follow the target. Doing it twice is the same as doing it once.

    :raises NotAllowed: if the target is the actor
    :raises NotConfirmed: if the actor has to confirm an address first
    """
    if not is_confirmed(actor):
        raise NotConfirmed
    if not can_follow(actor, target):
        raise NotAllowed
    statement = (
        insert(db, Follow)
        .values(follower_id=actor.id, followed_id=target.id)
        .on_conflict_do_nothing(index_elements=["follower_id", "followed_id"])
        .returning(Follow.id)
    )
    if db.session.execute(statement).first():
        _count(actor, target, 1)
        suggestions.forget(actor.id)
        suggestions.ask_for(actor)


def unfollow(actor: User, target: User) -> None:
    """Let the actor no longer follow the target."""
    statement = (
        delete(Follow)
        .where(Follow.follower_id == actor.id, Follow.followed_id == target.id)
        .returning(Follow.state)
    )
    # A request was never counted.
    if db.session.scalar(statement) is FollowState.ACCEPTED:
        _count(actor, target, -1)
        suggestions.forget(actor.id)


def _count(actor: User, target: User, change: int) -> None:
    # One statement for both. Two that cross may still deadlock; the loser runs again.
    statement = (
        update(User)
        .where(or_(User.id == actor.id, User.id == target.id))
        .values(
            following_count=User.following_count + case((User.id == actor.id, change), else_=0),
            followers_count=User.followers_count + case((User.id == target.id, change), else_=0),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.execute(statement)
