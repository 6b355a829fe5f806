"""Statements that add a row to each table: right by themselves, wrong as far as a test says so."""

from datetime import UTC, datetime
from itertools import count

from sqlalchemy import Executable, insert

from app.models import (
    Block,
    Bookmark,
    Conversation,
    Credential,
    Draft,
    Email,
    Export,
    Follow,
    Job,
    Like,
    Message,
    Mute,
    Notification,
    NotificationGroup,
    NotificationKind,
    OneTimeToken,
    Participant,
    Picture,
    Pin,
    PopularPerson,
    Post,
    PostEdit,
    Purpose,
    RecoveryCode,
    Suggestion,
    Tag,
    TagFollow,
    TagTrend,
    ThreadMute,
    Translation,
    User,
    Username,
    UserSession,
)
from app.models.ids import new_id

NOW = datetime(2026, 3, 12, 18, 22, tzinfo=UTC)
numbers = count(1)


def add_user(**columns) -> Executable:
    number = next(numbers)
    row = {"id": new_id(), "username": f"somebody{number}", "uri": f"urn:user:{number}"}
    return insert(User).values(row | columns)


def add_post(author: User, **columns) -> Executable:
    id_ = new_id()
    row = {
        "id": id_,
        "author_id": author.id,
        "text": "",
        "html": "",
        "renderer_version": 1,
        "conversation_id": id_,
        "uri": f"urn:post:{id_}",
    }
    return insert(Post).values(row | columns)


def add_credential(**columns) -> Executable:
    row = {
        "email": "x@mail.example",
        "email_key": "x@mail.example",
        "email_claimed": True,
        "password_hash": "-",
    }
    return insert(Credential).values(row | columns)


def add_session(user: User, **columns) -> Executable:
    row = {
        "token_hash": b"0" * 32,
        "user_id": user.id,
        "remembered": False,
        "last_seen_at": NOW,
        "verified_at": NOW,
        "expires_at": NOW,
        "ip": "",
        "user_agent": "",
    }
    return insert(UserSession).values(row | columns)


def add_token(user: User, **columns) -> Executable:
    row = {
        "token_hash": b"0" * 32,
        "purpose": Purpose.CONFIRM_EMAIL,
        "user_id": user.id,
        "payload": {},
        "expires_at": NOW,
    }
    return insert(OneTimeToken).values(row | columns)


def add_email(user: User, **columns) -> Executable:
    row = {
        "kind": "password_changed",
        "user_id": user.id,
        "recipient": "x@mail.example",
        "locale": "en",
        "details": {},
        "message_id": "<1@mail.example>",
    }
    return insert(Email).values(row | columns)


def add_export(user: User, **columns) -> Executable:
    return insert(Export).values({"user_id": user.id, "file_name": "a.zip"} | columns)


def add_job(**columns) -> Executable:
    row = {"name": "x", "queue": "default", "priority": 10, "arguments": {}}
    return insert(Job).values(row | columns)


def add_code(user: User) -> Executable:
    return insert(RecoveryCode).values(user_id=user.id, code_hash=b"0" * 32)


def add_name(user: User, name_hash: bytes = b"0" * 32) -> Executable:
    return insert(Username).values(name_hash=name_hash, user_id=user.id)


def add_follow(follower: User, followed: User, **columns) -> Executable:
    row = {"follower_id": follower.id, "followed_id": followed.id}
    return insert(Follow).values(row | columns)


def add_reaction(model: type[Like | Bookmark], user: User, post: Post, **columns) -> Executable:
    return insert(model).values({"user_id": user.id, "post_id": post.id} | columns)


def add_pin(post: Post, **columns) -> Executable:
    row = {"post_id": post.id, "user_id": post.author_id, "position": 1}
    return insert(Pin).values(row | columns)


def add_picture(owner: User, post: Post | None = None, **columns) -> Executable:
    sides = dict.fromkeys(("width", "height", "small_width", "small_height"), 8)
    row = {"owner_id": owner.id, "post_id": post and post.id, "key": f"{next(numbers):032x}"}
    return insert(Picture).values(row | sides | {"placeholder": "", "size": 1} | columns)


def add_edit(post: Post, **columns) -> Executable:
    row = {"version": 0, "text": "", "html": "", "spoiler_text": "", "alts": [], "created_at": NOW}
    return insert(PostEdit).values({"post_id": post.id} | row | columns)


def add_translation(post: Post, **columns) -> Executable:
    row = {"language": "es", "version": 0, "html": "", "provider": "x"}
    return insert(Translation).values({"post_id": post.id} | row | columns)


def add_draft(user: User, **columns) -> Executable:
    return insert(Draft).values({"user_id": user.id, "form_key": "x", "fields": {}} | columns)


def add_tag_follow(user: User) -> Executable:
    return insert(TagFollow).values(user_id=user.id, tag_id=1)


def add_trend(position: int = 0, tag_id: int = 1) -> Executable:
    row = {"position": position, "tag_id": tag_id, "posts_count": 1, "people_count": 1}
    return insert(TagTrend).values(row)


def add_suggestion(user: User, suggested: User) -> Executable:
    row = {"user_id": user.id, "position": 0, "suggested_id": suggested.id, "common_count": 1}
    return insert(Suggestion).values(row)


def add_popular(user: User, position: int = 0) -> Executable:
    return insert(PopularPerson).values(user_id=user.id, position=position)


def add_tag(id_: int, name: str) -> Executable:
    return insert(Tag).values(id=id_, name=name)


def add_group(user: User, **columns) -> Executable:
    row = {"user_id": user.id, "kind": NotificationKind.LIKE, "target_id": 1, "latest_id": 1}
    return insert(NotificationGroup).values(row | columns)


def add_notification(user: User, actor: User, **columns) -> Executable:
    row = {"group_id": 1, "user_id": user.id, "kind": NotificationKind.LIKE, "actor_id": actor.id}
    return insert(Notification).values(row | columns)


def add_conversation(id_: int = 1, **columns) -> Executable:
    return insert(Conversation).values({"id": id_} | columns)


def add_participant(user: User, **columns) -> Executable:
    return insert(Participant).values({"conversation_id": 1, "user_id": user.id} | columns)


def add_message(sender: User, **columns) -> Executable:
    row = {"conversation_id": 1, "sender_id": sender.id, "text": "Hi", "html": "<p>Hi</p>"}
    return insert(Message).values(row | columns)


def add_block(blocker: User, blocked: User, **columns) -> Executable:
    row = {"blocker_id": blocker.id, "blocked_id": blocked.id}
    return insert(Block).values(row | columns)


def add_mute(muter: User, muted: User, **columns) -> Executable:
    return insert(Mute).values({"muter_id": muter.id, "muted_id": muted.id} | columns)


def add_conversation_mute(user: User) -> Executable:
    return insert(ThreadMute).values(user_id=user.id, conversation_id=1)
