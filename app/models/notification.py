"""What members are told: one row for each cause, and the groups that they are shown in."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, CreatedAt, Id, UserFK, text_enum


class NotificationKind(StrEnum):
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    MENTION = "mention"
    REPLY = "reply"
    LIKE = "like"
    REPOST = "repost"
    MESSAGE = "message"

    # That of Enum is written in Python, and the rows of lists are keys.
    __hash__ = str.__hash__


class NotificationChoice(StrEnum):
    """Where a kind of notification reaches a member."""

    PAGE = "page"
    MAIL = "mail"
    DIGEST = "digest"
    NOTHING = "nothing"


IS_UNREAD = text("is_unread")
AWAITS_DIGEST = text("awaits_digest")
# As words, not values: SQLite uses a partial index only for literal conditions.
IS_MENTION = text("kind IN ('mention', 'reply')")
IS_FOLLOW = text("kind IN ('follow', 'follow_request')")
IS_REACTION = text("kind IN ('like', 'repost')")


class NotificationGroup(Base):
    """What is shown as one: "Wren and 4 others liked your post".

    A group is of one kind and about one thing, for good: what comes later moves it up again.
    """

    __tablename__ = "notification_groups"

    id: Mapped[Id]
    user_id: Mapped[UserFK]
    kind: Mapped[NotificationKind] = mapped_column(text_enum(NotificationKind, "kind"))
    # The id of the post, or of the conversation of messages; of follows, the number of the day.
    target_id: Mapped[int] = mapped_column(BigId)
    # The id of its newest notification, by which groups are sorted.
    latest_id: Mapped[int] = mapped_column(BigId)
    # Of messages it is never set: whether those are read, the conversation knows.
    is_unread: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The id of the newest when it was marked as read. Unread is a group with a newer one that its
    # owner is shown: so what is taken back leaves nothing unread but what they have not seen.
    read_id: Mapped[int] = mapped_column(BigId, default=0, server_default="0")

    __table_args__ = (
        UniqueConstraint("user_id", "kind", "target_id"),
        Index(None, "user_id", "latest_id"),
        *(
            Index(
                f"ix_notification_groups_{name}",
                "user_id",
                "latest_id",
                sqlite_where=condition,
                postgresql_where=condition,
            )
            for name, condition in (
                ("unread", IS_UNREAD),
                ("mentions", IS_MENTION),
                ("follows", IS_FOLLOW),
                ("reactions", IS_REACTION),
            )
        ),
        CheckConstraint("kind <> 'message' OR NOT is_unread", name="messages"),
    )


class Notification(Base):
    """One cause of which one member is told."""

    __tablename__ = "notifications"

    id: Mapped[Id]
    group_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("notification_groups.id", ondelete="CASCADE")
    )
    user_id: Mapped[UserFK]
    kind: Mapped[NotificationKind] = mapped_column(text_enum(NotificationKind, "kind"))
    # Who liked, followed, wrote, ...
    actor_id: Mapped[UserFK]
    # The id of the post or the message; 0 of a follow. No foreign key, since it is one of two.
    cause_id: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    # Whether the next digest is to tell of it.
    awaits_digest: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("user_id", "kind", "actor_id", "cause_id"),
        Index(None, "group_id", "id"),
        Index(None, "cause_id"),
        Index(None, "actor_id", "user_id"),
        Index(
            "ix_notifications_digest",
            "user_id",
            "id",
            sqlite_where=AWAITS_DIGEST,
            postgresql_where=AWAITS_DIGEST,
        ),
    )
