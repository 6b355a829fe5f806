"""Following and unfollowing, and removing a follower."""

from sqlalchemy import case, delete, literal, or_, select, update

from app.database import insert
from app.extensions import db
from app.models import Follow, FollowState, NotificationKind, User
from app.permissions import can_follow, is_confirmed
from app.services import notifications, pairs, suggestions
from app.services.errors import NotAllowed, NotConfirmed
from app.services.visibility import is_shown_to

# What the other one is told of.
KINDS = {
    FollowState.ACCEPTED: NotificationKind.FOLLOW,
    FollowState.REQUESTED: NotificationKind.FOLLOW_REQUEST,
}


def follow(actor: User, target: User) -> None:
    """Let the actor follow the target, or ask to: who is locked approves followers.

    Doing it twice is the same as doing it once. If one of them has just blocked the other, nothing
    happens.

    :raises NotAllowed: if the target is the actor
    :raises NotConfirmed: if the actor has to confirm an address first
    """
    if not is_confirmed(actor):
        raise NotConfirmed
    if not can_follow(actor, target):
        raise NotAllowed
    pairs.hold(actor.id, target.id)
    state = _insert(actor, target)
    if state is None:
        return
    if state is FollowState.ACCEPTED:
        count(actor.id, target.id, 1)
        suggestions.ask_for(actor)
    suggestions.forget(actor.id)
    notifications.tell(KINDS[state], actor, [target.id], target_id=notifications.today())


def unfollow(actor: User, target: User) -> None:
    """Let the actor no longer follow the target, nor ask to."""
    _end(actor.id, target.id)


def remove_follower(actor: User, follower: User) -> None:
    """Let somebody no longer follow the actor, nor ask to."""
    _end(follower.id, actor.id)


def part(one_id: int, other_id: int) -> bool:
    """Let neither of two follow the other, nor ask to; return whether either did.

    The caller holds the two, and takes back what they were told: see `blocks`.
    """
    ended = [_remove(one_id, other_id), _remove(other_id, one_id)]
    return any(ended)


def count(follower_id: int, followed_id: int, change: int) -> None:
    """Count a follow on both sides."""
    statement = (
        update(User)
        .where(or_(User.id == follower_id, User.id == followed_id))
        .values(
            following_count=User.following_count + case((User.id == follower_id, change), else_=0),
            followers_count=User.followers_count + case((User.id == followed_id, change), else_=0),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.execute(statement)


def _insert(actor: User, target: User) -> FollowState | None:
    """Return the state of a new follow; None if there was one, or one blocks the other."""
    # Whether they are locked, the row itself says, and not what was loaded before.
    state = case((User.locked, FollowState.REQUESTED.value), else_=FollowState.ACCEPTED.value)
    row = select(literal(actor.id), User.id, state).where(User.id == target.id, is_shown_to(actor))
    statement = (
        insert(db, Follow)
        .from_select(["follower_id", "followed_id", "state"], row)
        .on_conflict_do_nothing(index_elements=["follower_id", "followed_id"])
        .returning(Follow.state)
    )
    found: FollowState | None = db.session.scalar(statement)
    return found


def _end(follower_id: int, followed_id: int) -> None:
    """End a follow, or a request."""
    pairs.hold(follower_id, followed_id)
    state = _remove(follower_id, followed_id)
    if state is not None:
        # Of what was for followers, they see nothing any more.
        notifications.take_back(
            [KINDS[state]],
            actor_id=follower_id,
            user_ids=[followed_id],
            settling=[follower_id],
        )


def _remove(follower_id: int, followed_id: int) -> FollowState | None:
    """Remove a follow, or a request; return what it was, None if there was none."""
    statement = (
        delete(Follow)
        .where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
        .returning(Follow.state)
        .execution_options(synchronize_session=False)
    )
    state: FollowState | None = db.session.scalar(statement)
    if state is None:
        return None
    # A request was never counted.
    if state is FollowState.ACCEPTED:
        count(follower_id, followed_id, -1)
    suggestions.forget(follower_id)
    return state
