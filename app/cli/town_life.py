"""What happens in the demo town besides its posts: private messages, and the news of the day."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta

from app.cli.town_messages import CONVERSATIONS, Talk
from app.cli.town_news import BLOCKS, FOLLOWS, LAST_LOOK, LIKES, LOCKED, MUTES, REQUESTS, Event
from app.models import MessagesFrom, User, clock
from app.models.base import utc_now
from app.models.ids import MAX_ID, id_at
from app.services import (
    blocks,
    conversations,
    follows,
    messages,
    mutes,
    notifications,
    privacy,
    reactions,
)

People = Mapping[str, User]


def ago(hours: float) -> AbstractContextManager[None]:
    return clock.ago(timedelta(hours=hours))


def talk(users: People) -> None:
    """Let people write to each other. Those whom they do not follow ask first."""
    for user in users.values():
        privacy.choose(user, approves_followers=False, messages_from=MessagesFrom.FOLLOWED)
    for conversation in CONVERSATIONS:
        _converse(users, conversation)


def bring_news(users: People, posts: Mapping[str, int]) -> None:
    """Let people look at their notifications, but for those of the last minutes.

    :param posts: the ids of those that have a name
    """
    privacy.choose(users[LOCKED], approves_followers=True, messages_from=MessagesFrom.FOLLOWED)
    for event in (*REQUESTS, *FOLLOWS):
        with ago(event.hours_ago):
            follows.follow(*_both(users, event))
    for event in LIKES:
        with ago(event.hours_ago):
            reactions.like(users[event.who], posts[event.target])
    for event in MUTES:
        with ago(event.hours_ago):
            mutes.mute(*_both(users, event), mutes.Duration.MONTH)
    for event in BLOCKS:
        with ago(event.hours_ago):
            blocks.block(*_both(users, event))
    seen = id_at(utc_now() - timedelta(hours=LAST_LOOK))
    for user in users.values():
        notifications.mark_all_read(user, seen)


def _both(users: People, event: Event) -> tuple[User, User]:
    return users[event.who], users[event.target]


def _converse(users: People, conversation: Talk) -> None:
    first, *rest = conversation.lines
    with ago(first.hours_ago):
        id_ = conversations.begin(users[first.author], ",".join(conversation.others), first.text)
    for line in rest:
        with ago(line.hours_ago):
            messages.send(users[line.author], id_, line.text)
    for name in {first.author, *conversation.others} - {*conversation.unread_by}:
        messages.mark_read(users[name], id_, MAX_ID)
