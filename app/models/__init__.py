"""What the application remembers. Importing this package defines every table."""

from app.models.base import Base
from app.models.block import Block, Mute, ThreadMute
from app.models.credential import Credential, MessagesFrom, Theme
from app.models.draft import Draft
from app.models.email import Email, EmailState
from app.models.export import Export, ExportState
from app.models.follow import Follow, FollowState
from app.models.job import Job, JobSlot, JobState
from app.models.mention import Mention
from app.models.message import Conversation, Message, Participant, ParticipantState
from app.models.notification import (
    Notification,
    NotificationChoice,
    NotificationGroup,
    NotificationKind,
)
from app.models.picture import Picture
from app.models.post import Post, Visibility
from app.models.post_edit import PostEdit
from app.models.rate_limit import RateLimit
from app.models.reaction import Bookmark, Like, Pin
from app.models.recovery_code import RecoveryCode
from app.models.search import PostWords, TagWords, UserWords
from app.models.session import UserSession
from app.models.suggestion import PopularPerson, Suggestion
from app.models.tag import PostTag, Tag, TagFollow, TagTrend
from app.models.token import OneTimeToken, Purpose
from app.models.translation import Translation
from app.models.user import Role, User
from app.models.username import Username

__all__ = [
    "Base",
    "Block",
    "Bookmark",
    "Conversation",
    "Credential",
    "Draft",
    "Email",
    "EmailState",
    "Export",
    "ExportState",
    "Follow",
    "FollowState",
    "Job",
    "JobSlot",
    "JobState",
    "Like",
    "Mention",
    "Message",
    "MessagesFrom",
    "Mute",
    "Notification",
    "NotificationChoice",
    "NotificationGroup",
    "NotificationKind",
    "OneTimeToken",
    "Participant",
    "ParticipantState",
    "Picture",
    "Pin",
    "PopularPerson",
    "Post",
    "PostEdit",
    "PostTag",
    "PostWords",
    "Purpose",
    "RateLimit",
    "RecoveryCode",
    "Role",
    "Suggestion",
    "Tag",
    "TagFollow",
    "TagTrend",
    "TagWords",
    "Theme",
    "ThreadMute",
    "Translation",
    "User",
    "UserSession",
    "UserWords",
    "Username",
    "Visibility",
]
