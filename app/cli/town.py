"""What the demo town is made of. All of it is made up; its addresses lead nowhere."""

from typing import NamedTuple

from app.models import Visibility


class Person(NamedTuple):
    """A member. Whom they follow are user names; the hashtags that they follow stand without #."""

    username: str
    display_name: str
    bio: str
    follows: tuple[str, ...]
    tags: tuple[str, ...] = ()


class Post(NamedTuple):
    """A post, and how many hours before the seeding it was written.

    :ivar name: by which others reply to it
    :ivar pictures: names of `town_pictures.DRAWINGS`, with what is on them
    :ivar formerly: what it said before it was edited
    :ivar reposted_by: who, and how many hours before the seeding
    """

    author: str
    hours_ago: float
    text: str
    name: str = ""
    reply_to: str = ""
    visibility: Visibility = Visibility.PUBLIC
    warning: str = ""
    sensitive: bool = False
    pictures: tuple[tuple[str, str], ...] = ()
    formerly: str = ""
    pinned: bool = False
    liked_by: tuple[str, ...] = ()
    kept_by: tuple[str, ...] = ()
    reposted_by: tuple[tuple[str, float], ...] = ()
