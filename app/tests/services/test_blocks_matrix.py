"""Who is left with what of whom: every block and mute, from both sides, in every place."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import (
    Credential,
    Email,
    Follow,
    FollowState,
    Mute,
    Notification,
    NotificationChoice,
    NotificationGroup,
    NotificationKind,
    Participant,
    ParticipantState,
    Post,
    Suggestion,
    User,
)
from app.models.base import utc_now
from app.models.ids import MAX_ID
from app.services import (
    blocks,
    conversation_rows,
    conversations,
    digests,
    edits,
    follow_requests,
    follows,
    home,
    message_recipients,
    message_rows,
    messages,
    mutes,
    notification_mails,
    notification_rows,
    notifications,
    personal_data,
    personal_messages,
    personal_notifications,
    personal_posts,
    personal_reactions,
    posts,
    profiles,
    reactions,
    reposts,
    search,
    search_names,
    suggestions,
    tag_follows,
    thread_mutes,
    timelines,
    users,
)
from app.services.contents import Content
from app.services.errors import DomainError, NotFound
from app.services.pagination import Page
from app.services.search_language import parse, parse_names
from app.services.timelines import PostRow
from app.tests.client import Client
from app.tests.factories import make_follow, make_post, make_user
from app.tests.pictures import make_picture

# What stands between a and b. Each is looked at from both sides.
RELATIONS = ("none", "block", "mutual", "mute", "quiet", "expired", "thread")
SIDES = ("a", "b")
# The whole rule, written down once more: for whom the other one is gone, ...
BLOCKED = {"blocka", "blockb", "mutuala", "mutualb"}
# ... for whom that is so of what comes unasked; the mute of `quiet` leaves the notifications, ...
MUTED = {"mutea", "quieta"}
SILENCED = {"mutea"}
# ... and who has muted the conversations that the other one began.
THREADED = {"threada"}


def gone(viewer: str) -> bool:
    return viewer in BLOCKED


def gone_or_muted(viewer: str) -> bool:
    return viewer in BLOCKED | MUTED


def unwanted(viewer: str) -> bool:
    return viewer in BLOCKED | MUTED | THREADED


def unwanted_of_author(viewer: str) -> bool:
    """On the page of the author, who is looked at."""
    return viewer in BLOCKED | THREADED


def untold(viewer: str) -> bool:
    return viewer in BLOCKED | SILENCED


def untold_of_conversation(viewer: str) -> bool:
    return viewer in BLOCKED | SILENCED | THREADED


def hidden_profile(viewer: str) -> bool:
    """Who blocks is shown a profile, to end it there; unless both do."""
    return viewer in {"blockb", "mutuala", "mutualb"}


def never(_viewer: str) -> bool:
    """Pages for everybody are the same for everybody."""
    return False


@dataclass
class Reader:
    """Somebody, and whom they look at.

    :ivar seen: what they were shown so far
    """

    town: SimpleNamespace
    name: str
    other: str
    user: User
    browser: Client
    seen: dict[Any, Any] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        values = {"o": self.other, "v": self.name, "h": f"host{self.name[:-1]}"}
        ids = {name: post.id for name, post in self.town.posts.items()}
        for part in ("root", "target", "answer", "below", "pinned"):
            values[part] = ids[f"{part}{self.other}"]
            values[f"own_{part}"] = ids[f"{part}{self.name}"]
        values["chat"] = self.town.chats[self.name[:-1]]
        values["group"] = self.town.groups[self.other]
        return text.format(**values)

    def post(self, part: str) -> int:
        return self.town.posts[f"{part}{self.other}"].id

    def whom(self) -> User:
        return self.town.people[self.other]

    def get(self, path: str) -> TestResponse:
        address = self.fill(path)
        if address not in self.seen:
            self.seen[address] = self.browser.get(address)
        return self.seen[address]


Shows = Callable[[Reader], bool]


def page(path: str, words: str) -> Shows:
    """Return a place: a page, and the words that give somebody away."""
    return lambda reader: reader.fill(words) in reader.get(path).text


def opens(path: str) -> Shows:
    return lambda reader: reader.get(path).status_code == 200


def listing(find: Callable[[User, int | None], Page[PostRow]], words: str) -> Shows:
    """Return a place: a list of posts, to its end."""

    def shows(reader: Reader) -> bool:
        key = (find, "list")
        if key not in reader.seen:
            reader.seen[key] = " ".join(
                f"{row.html} {row.reposter_username}:{row.html}"
                for row in whole(partial(find, reader.user))
            )
        return reader.fill(words) in reader.seen[key]

    return shows


def whole(find: Callable[[int | None], Page[Any]]) -> Iterator[Any]:
    before = None
    while True:
        found = find(before)
        yield from found.items
        if found.older is None:
            return
        before = found.older


def people(find: Callable[[Reader, int | None], Page[Any]]) -> Shows:
    """Return a place: a list of people, in which the other one stands."""
    return lambda reader: any(row.username == reader.other for row in whole(partial(find, reader)))


def counts(number: Callable[[Reader], int], with_other: int) -> Shows:
    return lambda reader: number(reader) == with_other


def finds(typed: str, *, best: bool = False) -> Shows:
    def shows(reader: Reader) -> bool:
        asked = parse(reader.fill(typed))
        find = search.best if best else search.newest
        return any(reader.post("root") == row.id for row in find(reader.user, asked).items)

    return shows


def notified(kind: NotificationKind, part: str | None = None) -> Shows:
    """Return a place: the notifications of a kind by the other one, of a post of theirs or mine."""

    def shows(reader: Reader) -> bool:
        rows = whole(partial(notification_rows.listed, reader.user, notification_rows.Tab.ALL))
        return any(
            row.kind is kind
            and reader.other in [person.username for person in row.people]
            and (part is None or row.target_id == reader.town.posts[reader.fill(part)].id)
            for row in rows
        )

    return shows


def may(act: Callable[[Reader], object]) -> Shows:
    """Return a place: whether somebody may do something; it is taken back."""

    def shows(reader: Reader) -> bool:
        try:
            act(reader)
        except DomainError:
            return False
        finally:
            db.session.rollback()
        return True

    return shows


def once(change: Callable[[Reader], object], shows: Shows) -> Shows:
    """Return a place as it would be after something, which is taken back."""

    def shows_then(reader: Reader) -> bool:
        try:
            change(reader)
            return shows(reader)
        finally:
            db.session.rollback()

    return shows_then


def follow(reader: Reader) -> None:
    follows.unfollow(reader.user, reader.whom())
    follows.follow(reader.user, users.find(reader.other, reader.user))


def one(reader: Reader) -> PostRow:
    return timelines.one(reader.user, reader.post("target"))


def host_of(reader: Reader) -> Any:
    return profiles.profile(reader.user, reader.fill("{h}"))


def conversation_of(reader: Reader) -> int:
    return reader.town.chats[reader.name[:-1]]


def group_messages(reader: Reader) -> list[str]:
    group_id = reader.town.groups[reader.other]
    return [row.html for row in message_rows.page(reader.user, group_id).items]


def unread_messages(reader: Reader) -> int:
    return json.loads(reader.get("/live").text)["messages"]


def in_state(state: ParticipantState) -> Shows:
    return people(lambda reader, before: conversation_rows.listed(reader.user, state, before))


def ask_to_write(reader: Reader) -> None:
    """Let their conversation be one that the other one began, and that waits to be accepted."""
    db.session.execute(
        update(Participant)
        .where(
            Participant.user_id == reader.user.id,
            Participant.conversation_id == conversation_of(reader),
        )
        .values(state=ParticipantState.REQUESTED)
    )


def ask_to_follow(reader: Reader) -> None:
    """Let the other one ask to follow the reader."""
    pair = {"follower_id": reader.whom().id, "followed_id": reader.user.id}
    db.session.execute(delete(Follow).filter_by(**pair))
    db.session.add(Follow(**pair, state=FollowState.REQUESTED))
    db.session.flush()


def walk(viewer: User, before: int | None) -> Page[PostRow]:
    """Return home as of a member who follows many: found in the newest posts of all alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(home, "MANY", 0)
        patch.setattr(home, "is_window_full", lambda _rows: True)
        return home.home(viewer, before)


def is_new(count: Callable[[User, int], int]) -> Shows:
    """Return a place: a number of new posts, among which is the newest by the other one."""

    def shows(reader: Reader) -> bool:
        newest = reader.post("later")
        return count(reader.user, newest - 1) - count(reader.user, newest) == 1

    return shows


def choose(choice: NotificationChoice) -> Callable[[Reader], None]:
    def change(reader: Reader) -> None:
        query = users.with_credential().where(User.id == reader.user.id)
        user = db.session.scalars(query).one()
        user.credential.notification_choices = {Kind.MENTION: choice}
        db.session.flush()

    return change


def name_now(reader: Reader) -> None:
    """Let the other one name the reader, who has read all there was."""
    notifications.mark_all_read(reader.user, MAX_ID)
    posts.publish(reader.whom(), Content(f"Are you there, @{reader.name}?"))


def name_in_edit(reader: Reader) -> None:
    notifications.mark_all_read(reader.user, MAX_ID)
    content = Content(f"Are you there, @{reader.name}?")
    edits.edit(reader.whom(), reader.post("pinned"), 0, content)


def name_by_mail(reader: Reader) -> None:
    choose(NotificationChoice.MAIL)(reader)
    name_now(reader)


def unread_notifications(reader: Reader) -> int:
    query = select(Credential.unread_notifications).where(Credential.user_id == reader.user.id)
    return db.session.scalars(query).one()


def unread_groups(reader: Reader) -> int:
    rows = whole(partial(notification_rows.listed, reader.user, notification_rows.Tab.ALL))
    return sum(row.is_unread for row in rows if row.kind is not Kind.MESSAGE)


def mails_to(reader: Reader) -> int:
    return len(db.session.scalars(select(Email.id).where(Email.user_id == reader.user.id)).all())


def group_of_mention(reader: Reader) -> int:
    """Return the id of the group that tells of a mention by the other one, which is unread."""
    told = Notification.actor_id == reader.whom().id, Notification.kind == Kind.MENTION
    statement = (
        update(NotificationGroup)
        .where(
            NotificationGroup.user_id == reader.user.id,
            NotificationGroup.target_id == reader.post("mention"),
            NotificationGroup.id.in_(select(Notification.group_id).where(*told)),
        )
        .values(is_unread=True)
    )
    found = db.session.scalars(statement.returning(NotificationGroup.id)).first()
    return found or 0


def mailed(choice: NotificationChoice, find: Callable[[User, int], object]) -> Shows:
    """Return a place: a mail about a mention that the reader has not read."""

    def send(reader: Reader) -> None:
        choose(choice)(reader)
        find(reader.user, group_of_mention(reader))

    return may(send)


def exported(records: Callable[[User], Iterator[Any]], name: str = "username") -> Shows:
    """Return a place: records of an export, of which one names the other one."""
    return lambda reader: any(
        getattr(record, name) == reader.other for batch in records(reader.user) for record in batch
    )


def exported_chats(user: User) -> Iterator[list[Any]]:
    for batch in personal_messages.conversations(user, MAX_ID):
        yield [member for chat in batch if chat.is_pair for member in chat.members]


def exported_messages(user: User) -> Iterator[list[Any]]:
    for batch in personal_messages.conversations(user, MAX_ID):
        for chat in batch:
            yield from personal_messages.messages(user, chat, MAX_ID)


def is_suggested(reader: Reader) -> None:
    follows.unfollow(reader.user, reader.whom())
    found = suggestions.listed(reader.user, suggestions.MAX)
    if reader.other not in [row.person.username for row in found]:
        raise NotFound


def reply(reader: Reader) -> None:
    posts.publish(reader.user, Content("A reply"), in_reply_to=reader.post("pinned"))


Kind = NotificationKind

# Each place with the rule of who is left without the other one there.
PLACES: dict[str, tuple[Shows, Callable[[str], bool]]] = {
    "permalink": (page("/@{o}/{root}", "root{o}"), gone),
    "profile": (opens("/@{o}"), hidden_profile),
    "profile, bio": (page("/@{o}", "bio{o}"), gone),
    "profile, posts": (page("/@{o}", "root{o}"), unwanted_of_author),
    "profile, pinned": (page("/@{o}", "pinned{o}"), unwanted_of_author),
    "profile, repost": (page("/@{o}", "brought{o}"), gone),
    "profile, replies": (page("/@{o}/replies", "reply{o}"), gone),
    "profile, media": (page("/@{o}/media", "/@{o}/{root}"), unwanted_of_author),
    "profile, followers": (opens("/@{o}/followers"), hidden_profile),
    "profile, their followers": (page("/@{o}/followers", "@{h}<"), gone),
    "hover card": (page("/@{o}/card", "bio{o}"), gone),
    "home": (listing(timelines.home, "root{o}"), unwanted),
    "home, reposted": (listing(timelines.home, "{h}:<p>shared{o}"), unwanted),
    "home, followed hashtag": (listing(timelines.home, "tagged{o}"), unwanted),
    "home, reposter": (listing(timelines.home, "{o}:<p>brought{o}"), gone_or_muted),
    "home, reply": (listing(timelines.home, "reply{o}"), gone_or_muted),
    "home of many": (listing(walk, "root{o}"), unwanted),
    "home of many, reposted": (listing(walk, "{h}:<p>shared{o}"), unwanted),
    "home of many, followed hashtag": (listing(walk, "tagged{o}"), unwanted),
    "home of many, reposter": (listing(walk, "{o}:<p>brought{o}"), gone_or_muted),
    "home of many, reply": (listing(walk, "reply{o}"), gone_or_muted),
    "home, news": (is_new(timelines.home_news), gone_or_muted),
    "explore, news": (is_new(timelines.explore_news), gone_or_muted),
    "explore": (listing(timelines.explore, "root{o}"), unwanted),
    "tag": (
        listing(lambda viewer, before: timelines.by_tag(viewer, "soup", before), "root{o}"),
        unwanted,
    ),
    "search": (finds("root{o}"), unwanted),
    "search, best": (finds("root{o}", best=True), unwanted),
    "search, author": (finds("from:{o}"), unwanted),
    "search, without": (finds("-nothing from:{o}"), unwanted),
    "search, people": (
        people(
            lambda reader, before: search_names.people(
                reader.user, parse_names(reader.other, "@"), before
            )
        ),
        gone_or_muted,
    ),
    "search, hashtags": (
        lambda reader: bool(
            search_names.tags(reader.user, parse_names(f"only{reader.other}", "#")).items
        ),
        unwanted,
    ),
    "likes": (
        people(lambda reader, before: reactions.likers(reader.user, reader.post("target"), before)),
        gone_or_muted,
    ),
    "reposts": (
        people(
            lambda reader, before: reposts.reposters(reader.user, reader.post("target"), before)
        ),
        gone_or_muted,
    ),
    "followers": (
        people(lambda reader, before: users.followers(reader.user, host_of(reader).id, before)),
        gone_or_muted,
    ),
    "following": (
        people(lambda reader, before: users.following(reader.user, host_of(reader).id, before)),
        gone_or_muted,
    ),
    "own followers": (
        people(lambda reader, before: users.followers(reader.user, reader.user.id, before)),
        gone_or_muted,
    ),
    "thread, below": (page("/@{h}/{target}", "reply{o}"), gone_or_muted),
    "thread, branch": (page("/@{h}/{target}", "below{o}"), gone_or_muted),
    "thread, above": (page("/@{h}/{answer}", "root{o}"), gone_or_muted),
    "thread, own": (page("/@{v}/{own_root}", "to{v}"), gone_or_muted),
    "excerpt": (page("/@{h}/replies", "root{o}"), unwanted),
    "own likes": (listing(timelines.liked_by, "root{o}"), unwanted),
    "bookmarks": (listing(timelines.bookmarked_by, "root{o}"), unwanted),
    "suggestions": (may(is_suggested), gone_or_muted),
    "count of likes": (counts(lambda reader: one(reader).likes_count, 1), gone_or_muted),
    "count of reposts": (counts(lambda reader: one(reader).reposts_count, 1), gone_or_muted),
    "count of replies": (counts(lambda reader: one(reader).replies_count, 1), gone_or_muted),
    "count of followers": (
        counts(lambda reader: host_of(reader).followers_count, 2),
        gone_or_muted,
    ),
    "count of following": (
        counts(lambda reader: host_of(reader).following_count, 2),
        gone_or_muted,
    ),
    "history": (opens("/@{o}/{root}/history"), gone),
    "picture": (opens("/@{o}/{root}/pictures/1"), gone),
    "likes of theirs": (opens("/@{o}/{root}/likes"), gone),
    "embed": (opens("/@{o}/{root}/embed"), never),
    "embed, code": (opens("/@{o}/{root}/embed-code"), never),
    "oEmbed": (opens("/oembed?url=http://localhost/@{o}/{root}"), never),
    "Atom": (page("/@{o}/feed.atom", "root{o}"), never),
    "told of a follow": (notified(Kind.FOLLOW), untold),
    "told of a like": (notified(Kind.LIKE, "root{v}"), untold),
    "told of a repost": (notified(Kind.REPOST, "root{v}"), untold),
    "told of a reply": (notified(Kind.REPLY, "to{v}"), untold),
    "told of a mention": (notified(Kind.MENTION, "mention{o}"), untold_of_conversation),
    "told of a later mention": (notified(Kind.MENTION, "later{o}"), untold),
    "told of a mention, in a mail": (
        mailed(NotificationChoice.MAIL, notification_mails.find),
        untold_of_conversation,
    ),
    "told of a mention, in a digest": (
        mailed(NotificationChoice.DIGEST, lambda user, id_: digests.find(user, [id_])),
        untold_of_conversation,
    ),
    "told of anything, in an export": (exported(personal_notifications.notifications), untold),
    "badge": (lambda reader: unread_notifications(reader) == unread_groups(reader), never),
    "badge, of a mention": (once(name_now, counts(unread_notifications, 1)), untold),
    "badge, of an edit": (
        once(name_in_edit, counts(unread_notifications, 1)),
        untold_of_conversation,
    ),
    "mail at once": (once(name_by_mail, counts(mails_to, 1)), untold),
    "messages": (in_state(ParticipantState.ACCEPTED), gone_or_muted),
    "messages, requests": (
        once(ask_to_write, in_state(ParticipantState.REQUESTED)),
        gone_or_muted,
    ),
    "messages, count of requests": (
        once(ask_to_write, counts(lambda r: conversation_rows.requests_count(r.user), 1)),
        gone_or_muted,
    ),
    "messages, page": (opens("/messages/{chat}"), gone),
    "messages, news": (may(lambda r: message_rows.news(r.user, conversation_of(r), 0)), gone),
    "messages, news of group": (page("/messages/{group}/news?after=0", "group{o}"), gone),
    "messages, badge": (counts(unread_messages, 1), gone_or_muted),
    # Opened by its address, it is read as it is.
    "messages, group": (
        lambda reader: any(f"group{reader.other}" in html for html in group_messages(reader)),
        gone,
    ),
    "requests to follow": (
        once(
            ask_to_follow,
            people(lambda reader, before: follow_requests.listed(reader.user, before)),
        ),
        gone_or_muted,
    ),
    "count of requests to follow": (
        once(
            ask_to_follow,
            counts(lambda r: profiles.profile(r.user, r.name).requests_count, 1),
        ),
        gone_or_muted,
    ),
    "export, likes": (exported(personal_reactions.likes), gone),
    "export, reposts": (exported(personal_reactions.reposts), gone),
    "export, replied to": (
        exported(lambda user: personal_posts.posts(user, MAX_ID), "reply_to"),
        gone,
    ),
    "export, followers": (exported(personal_data.followers), gone),
    "export, conversations": (exported(exported_chats), gone),
    "export, messages": (exported(exported_messages), gone),
    "may follow": (may(follow), gone),
    "may like": (may(lambda r: reactions.like(r.user, r.post("pinned"))), gone),
    "may repost": (may(lambda r: reposts.repost(r.user, r.post("pinned"))), gone),
    "may reply": (may(reply), gone),
    "may write": (may(lambda r: messages.send(r.user, conversation_of(r), "Hello")), gone),
    "may name": (may(lambda r: message_recipients.recipients(r.user, r.other)), gone),
    "may mute": (may(lambda r: users.find(r.other, r.user)), gone),
}


@pytest.fixture
def town(owner) -> SimpleNamespace:
    """Return people by name, what they wrote by part and name, and their conversations."""
    made = SimpleNamespace(people={}, posts={}, chats={}, groups={})
    made.people["stranger"] = make_user("stranger")
    for relation in RELATIONS:
        _settle(made, relation)
    for relation in RELATIONS:
        for one, other in (SIDES, SIDES[::-1]):
            _write_later(made, f"{relation}{one}", f"{relation}{other}")
    return made


def _write_later(town: SimpleNamespace, author: str, other: str) -> None:
    name = f"later{author}"
    town.posts[name] = make_post(town.people[author], f"{name} @{other}")


def _settle(town: SimpleNamespace, relation: str) -> None:
    """Let two people know each other well, then let one of them hide the other."""
    host = make_user(f"host{relation}")
    a, b = (_make_person(town, f"{relation}{side}", host) for side in SIDES)
    for one, other in ((a, b), (b, a)):
        make_follow(one, other)
        db.session.add(
            Suggestion(user_id=one.id, position=0, suggested_id=other.id, common_count=1)
        )
    for one, other in ((a, b), (b, a)):
        _write(town, one, other, host)
    for one, other in ((a, b), (b, a)):
        _answer(town, one, other)
    _write_messages(town, a, b, host)
    db.session.commit()
    HIDE[relation](town, a, b)
    db.session.commit()


def _make_person(town: SimpleNamespace, name: str, host: User) -> User:
    user = make_user(name, bio=f"bio{name}", bio_html=f"<p>bio{name}</p>")
    town.people[name] = user
    make_follow(user, host)
    make_follow(host, user)
    return user


def _write(town: SimpleNamespace, author: User, other: User, host: User) -> None:
    """Write one post for each place."""

    def make(part: str, by: User = author, more: str = "", reply_to: Post | None = None) -> Post:
        name = f"{part}{author.username}"
        town.posts[name] = make_post(by, f"{name} {more}", reply_to=reply_to)
        return town.posts[name]

    root = make("root", more=f"#soup #only{author.username}")
    make_picture(author, root, "A pot", size=(16, 12))
    make("answer", host, reply_to=root)
    reactions.pin(author, make("pinned").id)
    reposts.repost(host, make("shared").id)
    reposts.repost(author, make("brought", town.people["stranger"]).id)
    make("tagged", more=f"#found{author.username}")
    tag_follows.follow(other, f"found{author.username}")
    target = make("target", host)
    for act in (reactions.like, reposts.repost):
        act(author, target.id)
    make("below", host, reply_to=make("reply", reply_to=target))
    make("mention", more=f"@{other.username}")
    db.session.commit()


def _answer(town: SimpleNamespace, one: User, other: User) -> None:
    root = town.posts[f"root{other.username}"]
    for act in (reactions.like, reactions.bookmark, reposts.repost):
        act(one, root.id)
    name = f"to{other.username}"
    town.posts[name] = make_post(one, name, reply_to=root)


def _write_messages(town: SimpleNamespace, a: User, b: User, host: User) -> None:
    """Let two write to each other, and each in a group, which the other has not read."""
    chat = town.chats[a.username[:-1]] = conversations.begin(a, b.username, "Hello")
    _read(a, chat, messages.send(b, chat, "Hello yourself"))
    for sender, other in ((a, b), (b, a)):
        group = conversations.begin(host, f"{a.username} {b.username}", "Hello")
        for reader in (sender, other):
            _read(reader, group, 2**62)
        messages.send(sender, group, f"group{sender.username}")
        town.groups[sender.username] = group


def _read(reader: User, conversation_id: int, message_id: int) -> None:
    messages.mark_read(reader, conversation_id, message_id)


def _block_each_other(_town: SimpleNamespace, a: User, b: User) -> None:
    blocks.block(a, b)
    blocks.block(b, a)


def _mute_until_now(_town: SimpleNamespace, a: User, b: User) -> None:
    db.session.add(Mute(muter_id=a.id, muted_id=b.id, expires_at=utc_now()))


def _mute_conversations(town: SimpleNamespace, a: User, b: User) -> None:
    for part in ("root", "pinned", "shared", "tagged", "mention"):
        thread_mutes.mute(a, town.posts[f"{part}{b.username}"].id)


HIDE: dict[str, Callable[[SimpleNamespace, User, User], None]] = {
    "none": lambda *_: None,
    "block": lambda _, a, b: blocks.block(a, b),
    "mutual": _block_each_other,
    "mute": lambda _, a, b: mutes.mute(a, b),
    "quiet": lambda _, a, b: mutes.mute(a, b, hides_notifications=False),
    "expired": _mute_until_now,
    "thread": _mute_conversations,
}


@pytest.fixture
def readers(town, client_of) -> list[Reader]:
    return [
        Reader(town, f"{relation}{side}", f"{relation}{other}", user, client_of(user))
        for relation in RELATIONS
        for side, other in (SIDES, SIDES[::-1])
        for user in [town.people[f"{relation}{side}"]]
    ]


def wrong_cells(readers: list[Reader], is_shown: Callable[[str, str], bool]) -> list[str]:
    wrong, count = [], 0
    for reader in readers:
        reader.seen.clear()
        for place, (shows, _) in PLACES.items():
            count += 1
            expected = is_shown(reader.name, place)
            if shows(reader) is not expected:
                wrong.append(f"{reader.name}, {place}: not {expected}")
    assert count == len(RELATIONS) * len(SIDES) * len(PLACES)
    return wrong


def is_shown_now(viewer: str, place: str) -> bool:
    _, is_hidden = PLACES[place]
    return not is_hidden(viewer)


# What follows from following, which a block has ended.
ENDED = {
    "home, reposter",
    "home, reply",
    "home, news",
    "home of many, reposter",
    "home of many, reply",
    "own followers",
    "export, followers",
    "suggestions",
}


def is_shown_again(viewer: str, place: str) -> bool:
    """What a block has ended stays so, and of what one was not told, one is told no more."""
    if place == "told of a later mention":
        return not untold(viewer)
    is_ended = place in ENDED
    return not (gone(viewer) and (is_ended or place.startswith("told of")))


# One test for both, since the town takes long to build.
def test_everybody_is_left_with_what_they_may_and_want_to_see_until_it_is_over(town, readers):
    wrong = wrong_cells(readers, is_shown_now)
    assert not wrong, "\n".join(wrong)

    for relation in RELATIONS:
        _end(*(town.people[f"{relation}{side}"] for side in SIDES))
    wrong = wrong_cells(readers, is_shown_again)
    assert not wrong, "\n".join(wrong)


def _end(a: User, b: User) -> None:
    for one, other in ((a, b), (b, a)):
        blocks.unblock(one, other)
        mutes.unmute(one, other)
    for row in thread_mutes.listed(a).items:
        thread_mutes.unmute(a, row.key)
    db.session.commit()
