"""Who sees which post where: every viewer, every visibility, every place that shows posts."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from app.extensions import db
from app.models import Bookmark, Like, Pin, Post, Role, User, Visibility
from app.services import edits, personal_posts, reposts, sitemaps
from app.services.contents import Content
from app.services.errors import NotAllowed, NotFound
from app.tests.client import Client
from app.tests.factories import make_follow, make_post, make_user
from app.tests.pictures import make_picture

# The whole rule, written down once more: who sees a post of which visibility.
AUDIENCES = {
    "public": "nobody stranger follower mentioned author moderator",
    "unlisted": "nobody stranger follower mentioned author moderator",
    "members": "stranger follower mentioned author moderator",
    "followers": "follower mentioned author",
    "direct": "mentioned author",
}
VIEWERS = AUDIENCES["public"].split()


def sees(viewer: str, visibility: str) -> bool:
    return viewer in AUDIENCES[visibility].split()


def everybody_sees(_viewer: str, visibility: str) -> bool:
    """In numbers, and on pages that are the same whoever asks."""
    return visibility in {"public", "unlisted"}


def is_listed(_viewer: str, visibility: str) -> bool:
    return visibility == "public"


def is_at_home(viewer: str, visibility: str) -> bool:
    """The home of somebody signed out is the list of everybody's posts."""
    if viewer == "nobody":
        return is_listed(viewer, visibility)
    return viewer in {"follower", "author"} and sees(viewer, visibility)


def sees_repost(viewer: str, visibility: str) -> bool:
    """Everybody follows who reposted; what is for chosen people only cannot be reposted."""
    return visibility in {"public", "unlisted", "members"} and sees(viewer, visibility)


def sees_repost_at_home(viewer: str, visibility: str) -> bool:
    if viewer == "nobody":
        return is_listed(viewer, visibility)
    return is_at_home(viewer, visibility) or sees_repost(viewer, visibility)


def has_marked(viewer: str, visibility: str) -> bool:
    """All of them have liked and kept every post once; signed out, nobody has such a list."""
    return viewer != "nobody" and sees(viewer, visibility)


def sees_former(viewer: str, visibility: str) -> bool:
    """A post for chosen people can name others later; what it said before is not for them."""
    return viewer == "author" or (
        visibility not in {"followers", "direct"} and sees(viewer, visibility)
    )


def is_own(viewer: str, _visibility: str) -> bool:
    return viewer == "author"


@dataclass
class Reader:
    """A viewer, with what they were shown so far.

    :ivar user: None for nobody
    """

    name: str
    town: SimpleNamespace
    browser: Client
    user: User | None
    seen: dict[str, str] = field(default_factory=dict)

    def reads(self, path: str, words: str) -> bool:
        """Say whether words stand on a page, whatever its status."""
        if path not in self.seen:
            self.seen[path] = self.browser.get(path).text
        return words in self.seen[path]

    def opens(self, path: str) -> bool:
        return self.browser.get(path).status_code == 200

    def exported(self) -> str:
        """Return what the viewer takes along when they leave."""
        if self.user is None:
            return ""
        if "" not in self.seen:
            lists = (
                map(personal_posts.post_json, batch)
                for batch in personal_posts.posts(self.user, 2**63 - 1)
            )
            self.seen[""] = json.dumps([[*each] for each in lists])
        return self.seen[""]


Shows = Callable[[Reader, str], bool]


def page(path: str, words: str) -> Shows:
    """Return a place: a page, and the words that give a post away; in both, {} is its visibility.

    :param path: may name posts of the town, as in {root}
    """

    def shows(reader: Reader, visibility: str) -> bool:
        names = {name: posts[visibility].id for name, posts in reader.town.posts.items()}
        names |= {"key": reader.town.keys[visibility], "name": reader.name}
        names["day"] = reader.town.day
        return reader.reads(path.format(visibility, **names), words.format(visibility, **names))

    return shows


def file(size: str, reader: Reader, visibility: str) -> bool:
    return reader.opens(f"/media/{reader.town.keys[visibility]}/{size}.webp")


def answers(path: str, reader: Reader, visibility: str) -> bool:
    """A page about a post that does not repeat it."""
    return reader.opens(path.format(reader.town.posts["root"][visibility].id))


def export(reader: Reader, visibility: str) -> bool:
    return f"root{visibility}" in reader.exported()


# Each place with the rule that it follows.
PLACES: dict[str, tuple[Shows, Callable[[str, str], bool]]] = {
    "permalink": (page("/@m_author/{root}", "root{}"), sees),
    "another author's address": (page("/@m_host/{root}", "root{}"), lambda *_: False),
    "profile": (page("/@m_author", "root{}"), sees),
    "profile, pinned": (page("/@m_author", "pinned{}"), sees),
    "profile, older": (page("/@m_author?before={newest}", "root{}"), sees),
    "profile, replies": (page("/@m_author/replies", "reply{}"), sees),
    "profile, media": (page("/@m_author/media", "{key}"), sees),
    "home": (page("/", "root{}"), is_at_home),
    "home, reply": (
        page("/", "reply{}"),
        lambda viewer, visibility: viewer != "nobody" and is_at_home(viewer, visibility),
    ),
    "home, repost": (page("/", "reposted{}"), sees_repost_at_home),
    "feed": (page("/?before={newest}", "root{}"), is_at_home),
    "explore": (page("/explore", "root{}"), is_listed),
    "explore, reply": (page("/explore", "reply{}"), lambda *_: False),
    "tag": (page("/tags/soup", "root{}"), is_listed),
    "tag, reply": (page("/tags/soup", "reply{}"), is_listed),
    "thread, below": (page("/@m_host/{parent}", "reply{}"), sees),
    "thread, above": (page("/@m_answerer/{answer}", "root{}"), sees),
    "excerpt": (page("/@m_answerer/replies", "root{}"), sees),
    "repost": (page("/@m_reposter", "reposted{}"), sees_repost),
    "likes": (partial(answers, "/@m_author/{}/likes"), sees),
    "reposts": (partial(answers, "/@m_author/{}/reposts"), sees),
    "history": (page("/@m_author/{root}/history", "root{}"), sees),
    "history, former": (page("/@m_author/{root}/history", "former{}"), sees_former),
    "count of posts": (page("/@m_of_{}", "<b>1</b> post<"), everybody_sees),
    "count of replies": (page("/@m_host/{parent}", "<b>1</b> reply<"), everybody_sees),
    "media": (partial(file, "small"), sees),
    "media, large": (partial(file, "large"), sees),
    "picture": (page("/@m_author/{root}/pictures/1", "{key}"), sees),
    "embed": (page("/@m_author/{root}/embed", "root{}"), everybody_sees),
    "embed, code": (partial(answers, "/@m_author/{}/embed-code"), everybody_sees),
    "oEmbed": (page("/oembed?url=http://localhost/@m_author/{root}", "{root}"), everybody_sees),
    "profile, Atom": (page("/@m_author/feed.atom", "root{}"), everybody_sees),
    "profile, RSS": (page("/@m_author/feed.rss", "root{}"), everybody_sees),
    "profile, JSON Feed": (page("/@m_author/feed.json", "root{}"), everybody_sees),
    "repost, Atom": (page("/@m_reposter/feed.atom", "reposted{}"), everybody_sees),
    "tag, Atom": (page("/tags/soup/feed.atom", "root{}"), is_listed),
    "explore, RSS": (page("/explore/feed.rss", "root{}"), is_listed),
    "sitemap": (page("/sitemaps/posts-{day}.xml", "/{root}<"), is_listed),
    "search": (page("/search?q=root{}", "/@m_author/{root}"), sees),
    "search, best": (page("/search?q=%23soup+root{}&sort=best", "/@m_author/{root}"), sees),
    "search, former": (page("/search?q=former{}", "/@m_author/{root}"), lambda *_: False),
    "own likes": (page("/@m_{name}/likes", "root{}"), has_marked),
    "bookmarks": (page("/bookmarks", "root{}"), has_marked),
    "edit": (page("/posts/{root}/edit", "root{}"), is_own),
    "delete": (page("/posts/{root}/delete", "root{}"), is_own),
    "export": (export, is_own),
}


@pytest.fixture
def town(owner) -> SimpleNamespace:
    """Return people, and posts by their part and visibility."""
    names = (*VIEWERS[1:], "host", "reposter", "answerer")
    people: dict[str, Any] = {name: make_user(f"m_{name}") for name in names}
    people["moderator"].role = Role.MODERATOR
    people["nobody"] = None
    for name in VIEWERS[1:]:
        make_follow(people[name], people["reposter"])
    for name in ("follower", "reposter"):
        make_follow(people[name], people["author"])
    made = SimpleNamespace(people=people, posts={}, keys={})
    for visibility in Visibility:
        _write(made, visibility)
    # To be mentioned elsewhere opens nothing.
    newest = make_post(people["host"], "For @m_stranger, @m_follower and @m_moderator")
    made.posts["newest"] = dict.fromkeys(Visibility, newest)
    # The file of the sitemap that they are in.
    made.day = sitemaps.numbers("posts")[0]
    # On SQLite, to look is to keep others from writing.
    db.session.commit()
    return made


def _write(town: SimpleNamespace, visibility: Visibility) -> None:
    """Write one post for each place."""
    people, author = town.people, town.people["author"]

    def make(
        name: str, by: User = author, seen_by=visibility, reply_to: Post | None = None
    ) -> Post:
        text = f"{name}{visibility} #soup @m_mentioned @m_answerer"
        post = make_post(by, text, visibility=seen_by, reply_to=reply_to)
        town.posts.setdefault(name, {})[visibility] = post
        return post

    root = make("root")
    town.keys[visibility] = _change(author, root, visibility)
    make("reply", reply_to=make("parent", people["host"], Visibility.PUBLIC))
    answer = make_post(people["answerer"], f"answer{visibility}", reply_to=root)
    town.posts.setdefault("answer", {})[visibility] = answer
    make("only", (only_one := make_user(f"m_of_{visibility}")))
    make_follow(people["follower"], only_one)
    _repost(people["reposter"], make("reposted"))
    pinned = make("pinned")
    place = [*Visibility].index(visibility) + 1
    db.session.add(Pin(post_id=pinned.id, user_id=author.id, position=place))
    for viewer in VIEWERS[1:]:
        for model in (Like, Bookmark):
            db.session.add(model(user_id=people[viewer].id, post_id=root.id))
    db.session.commit()


def _change(author: User, post: Post, visibility: Visibility) -> str:
    """Give a post a picture and a former version; return the key of the picture."""
    picture = make_picture(author, post, "A pot", size=(16, 12))
    edits.edit(author, post.id, 0, Content(f"former{visibility}", pictures=[(picture.id, "")]))
    words = f"root{visibility} #soup @m_mentioned @m_answerer"
    edits.edit(author, post.id, 1, Content(words, pictures=[(picture.id, "")]))
    db.session.commit()
    return picture.key


def _repost(reposter: User, post: Post) -> None:
    """Repost a post, if that is allowed."""
    try:
        reposts.repost(reposter, post.id)
    except (NotAllowed, NotFound):
        db.session.rollback()
    db.session.commit()


def cells() -> Iterator[tuple[str, str, str]]:
    for viewer in VIEWERS:
        for visibility in AUDIENCES:
            for place in PLACES:
                yield viewer, visibility, place


def test_every_viewer_sees_in_every_place_what_is_for_them_and_nothing_else(app, town, client_of):
    readers = {
        name: Reader(name, town, client_of(user) if user else Client(app), user)
        for name, user in town.people.items()
        if name in VIEWERS
    }
    wrong, count = [], 0
    for viewer, visibility, place in cells():
        shows, rule = PLACES[place]
        count += 1
        expected = rule(viewer, visibility)
        if shows(readers[viewer], visibility) is not expected:
            wrong.append(f"{viewer}, {visibility}, {place}: not {expected}")

    assert not wrong, "\n".join(wrong)
    assert count == len(VIEWERS) * len(Visibility) * len(PLACES)


def test_every_visibility_has_an_audience():
    assert set(AUDIENCES) == {each.value for each in Visibility}
