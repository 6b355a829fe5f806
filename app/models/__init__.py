"""What the application remembers. Importing this package defines every table."""

from app.models.base import Base
from app.models.credential import Credential, Theme
from app.models.follow import Follow, FollowState
from app.models.mention import Mention
from app.models.post import Post, Visibility
from app.models.rate_limit import RateLimit
from app.models.session import UserSession
from app.models.tag import PostTag, Tag
from app.models.user import Role, User

__all__ = [
    "Base",
    "Credential",
    "Follow",
    "FollowState",
    "Mention",
    "Post",
    "PostTag",
    "RateLimit",
    "Role",
    "Tag",
    "Theme",
    "User",
    "UserSession",
    "Visibility",
]
