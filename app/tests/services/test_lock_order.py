"""What members do to each other in the same moment never waits in a circle.

PostgreSQL ends one of those who do; the request runs again then, and on a busy site in vain.
"""

from functools import partial
from itertools import chain

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Credential, NotificationGroup
from app.models.base import utc_now
from app.models.ids import MAX_ID
from app.services import (
    blocks,
    conversations,
    follows,
    messages,
    mutes,
    notifications,
    posts,
    reactions,
)
from app.services.contents import Content
from app.tests.factories import make_post, make_user
from app.tests.together import patiently, together

pytestmark = pytest.mark.usefixtures("on_postgresql")

ROUNDS = range(5)


@pytest.fixture
def act(app):
    """Return a function that does things at once, each in a transaction of its own."""

    def done(do, *arguments) -> None:
        with app.app_context():
            do(*arguments)
            db.session.commit()

    def run(*deeds) -> None:
        outcomes = together(partial(patiently, partial(done, *deed)) for deed in deeds)
        assert [each for each in outcomes if each is not None] == []
        assert_badges_are_right()

    return run


def assert_badges_are_right() -> None:
    query = select(NotificationGroup.user_id, func.count()).where(NotificationGroup.is_unread)
    unread = dict(db.session.execute(query.group_by(NotificationGroup.user_id)).all())
    for user_id, number in db.session.execute(
        select(Credential.user_id, Credential.unread_notifications)
    ):
        assert number == unread.get(user_id, 0)
    db.session.commit()


def confirmed(*people):
    for person in people:
        person.credential.email_confirmed_at = utc_now()
    db.session.commit()
    return people


@pytest.mark.parametrize("_round", ROUNDS)
def test_blocks_and_messages_in_a_group_they_share(susan, john, act, _round):
    mary, wren = make_user("mary"), make_user("wren")
    groups = [conversations.begin(susan, "john mary wren", "Hello") for _ in range(3)]
    conversations.begin(john, "susan", "Hello")
    act(
        (blocks.block, john, susan),
        (blocks.block, mary, john),
        (mutes.mute, susan, mary),
        *((messages.send, sender, group, "And?") for sender in (mary, wren) for group in groups),
        *((messages.mark_read, susan, group, MAX_ID) for group in groups),
    )
    act((blocks.unblock, john, susan), (mutes.unmute, susan, mary), (blocks.block, wren, susan))


@pytest.mark.parametrize("_round", ROUNDS)
def test_replies_that_name_others_crosswise(susan, john, act, _round):
    by_susan, by_john = make_post(susan), make_post(john)
    writers = confirmed(*(make_user() for _ in range(10)))
    act(
        *(
            (posts.publish, writer, Content("@john @susan Soup!"))
            if place % 5 == 0
            else (reply, writer, *((by_susan, "john") if place % 2 else (by_john, "susan")))
            for place, writer in enumerate(writers)
        )
    )


def reply(writer, post, name: str) -> None:
    posts.publish(writer, Content(f"@{name} Yes."), in_reply_to=post.id)


@pytest.mark.parametrize("_round", ROUNDS)
def test_blocks_and_follows_and_likes_and_deleting(susan, john, act, _round):
    confirmed(susan, john)
    fans = confirmed(*(make_user() for _ in range(6)))
    liked = {person: [make_post(person) for _ in range(4)] for person in (susan, john)}
    for fan in fans:
        for post in chain(*liked.values()):
            reactions.like(fan, post.id)
    for one, other in ((susan, john), (john, susan)):
        follows.follow(one, other)
        for post in liked[other]:
            reactions.like(one, post.id)
    db.session.commit()
    act(
        (blocks.block, susan, john),
        (blocks.block, john, susan),
        *((blocks.block, person, fans[0]) for person in (susan, john)),
        *((follows.follow, fan, person) for fan in fans for person in (susan, john)),
        *((posts.delete, person, each[0].id) for person, each in liked.items()),
        *((reactions.unlike, fan, each[1].id) for fan in fans for each in liked.values()),
    )


@pytest.mark.parametrize("_round", ROUNDS)
def test_reading_all_and_likes(susan, john, act, _round):
    fans = [make_user() for _ in range(8)]
    written = [make_post(susan) for _ in range(8)]
    for post in written:
        reactions.like(john, post.id)
    db.session.commit()
    act(
        *((notifications.mark_all_read, susan, MAX_ID) for _ in range(4)),
        (notifications.settle, susan.id),
        (blocks.block, john, susan),
        *(
            (reactions.like, fan, written[place].id)
            for turn, fan in enumerate(fans)
            for place in (turn, -turn)
        ),
    )
