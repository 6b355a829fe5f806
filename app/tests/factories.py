"""People and posts for tests. Each function commits: what it makes is there for everybody."""

from datetime import datetime
from itertools import count

from app.extensions import db
from app.models import Post, User, Visibility
from app.models.base import utc_now
from app.models.ids import id_at
from app.services import accounts, follows, posts
from app.services.contents import Content

PASSWORD = "correct horse battery staple"
_numbers = count(1)


def make_user(username: str | None = None, *, email: str | None = None, **columns) -> User:
    """Make an account with the password `PASSWORD` and a confirmed address."""
    name = username or f"member{next(_numbers)}"
    user = accounts.register(name, email or f"{name.lower()}@mail.example", PASSWORD)
    user.credential.email_claimed = True
    user.credential.email_confirmed_at = utc_now()
    for column, value in columns.items():
        setattr(user, column, value)
    db.session.commit()
    return user


def make_post(
    author: User,
    text: str = "A post about soup.",
    *,
    visibility: Visibility = Visibility.PUBLIC,
    reply_to: Post | None = None,
    at: datetime | None = None,
    **content,
) -> Post:
    """Make a post; further names are those of a `Content`."""
    post = posts.publish(
        author,
        Content(text, **content),
        visibility=visibility,
        in_reply_to=reply_to.id if reply_to else None,
        post_id=id_at(at) if at else None,
    )
    db.session.commit()
    return post


def make_follow(follower: User, followed: User) -> None:
    follows.follow(follower, followed)
    db.session.commit()
