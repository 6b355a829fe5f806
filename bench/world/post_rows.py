"""What the database is given about posts: they, and all that hangs on them, a stretch at a time."""

import json
from collections import defaultdict
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from app.services.rendering import RENDERER_VERSION
from app.services.search_words import BREAK, post_words
from bench.world.people import FOLLOWING, NAMED
from bench.world.people_rows import PeopleRows, Row, WriteWords, stamp
from bench.world.pictures import Drawn
from bench.world.plan import POST, REPLY, REPOST, VISIBILITIES, Plan
from bench.world.texts import Text, compose, tag_name
from bench.world.words import WARNINGS

COLUMNS = {
    "posts": "id author_id text html renderer_version language visibility spoiler_text sensitive"
    " in_reply_to_id in_reply_to_user_id conversation_id repost_of_id uri created_at edited_at"
    " edits_count likes_count reposts_count replies_count pictures_count",
    "likes": "id user_id post_id created_at",
    "bookmarks": "id user_id post_id created_at",
    "post_tags": "tag_id post_id",
    "mentions": "post_id user_id",
    "pictures": "id owner_id post_id position key width height small_width small_height placeholder"
    " size alt created_at",
    "post_words": "post_id words",
    "post_edits": "id post_id version text html spoiler_text language alts created_at",
}
# Of posts that are no reposts.
MENTIONING = 0.06
WARNED = 0.02
WITH_PICTURES = 0.08
EDITED = 0.02
# Of those who like something, so many are one of the named members, to whom lists show that.
NAMED_LIKES = 0.02
# In milliseconds: how long after a post somebody edited it, liked it, ...
EDITED_AFTER = 5 * 60 * 1000
LIKED_AFTER = 10 * 60 * 1000
DIRECT = VISIBILITIES.index(VISIBILITIES[-1])

Batch = dict[str, list[Row]]


class Written(NamedTuple):
    text: Text
    warning: str
    pictures: list[Drawn]
    is_edited: bool


class PostRows:
    def __init__(
        self,
        plan: Plan,
        people: PeopleRows,
        drawn: Sequence[Drawn],
        write_words: WriteWords,
        seed: int,
    ) -> None:
        self.plan = plan
        self.people = people
        self.drawn = drawn
        self.write_words = write_words
        self.dice = Random(f"{seed} posts")
        self.known = plan.people.choice_of_popular(self.dice)
        self.authors = plan.people.choice_of_authors(self.dice)
        self.named = [NAMED.index("nobody"), NAMED.index("famous"), *FOLLOWING]
        self.batch: Batch = {}
        # Ids of likes and the like only grow.
        self.last_id = 0

    def between(self, first: int, last: int) -> Batch:
        """Return the rows of posts from one number to before another, by table."""
        self.batch = defaultdict(list)
        for number in range(first, last):
            if self.plan.kinds[number] == REPOST:
                self._add_repost(number)
            else:
                self._add(number)
        return self.batch

    def _add(self, number: int) -> None:
        plan, dice = self.plan, self.dice
        named = self._named(number)
        author = plan.authors[number]
        text = compose(dice, plan.people.languages[author], self._username(named))
        warning = WARNINGS[int(dice.random() * len(WARNINGS))] if dice.random() < WARNED else ""
        pictures = self._add_pictures(number) if dice.random() < WITH_PICTURES else []
        written = Written(text, warning, pictures, is_edited=dice.random() < EDITED)
        self._add_post(number, written)
        self._add_words(number, written)
        if written.is_edited:
            self._add_edit(number, written)
        if named >= 0:
            self.batch["mentions"].append((plan.ids[number], self.people.ids[named]))
        for tag in text.tags:
            self.batch["post_tags"].append((self.people.tag_ids[tag], plan.ids[number]))
        self._add_likes(number)

    def _add_post(self, number: int, written: Written) -> None:
        plan, ids = self.plan, self.plan.ids
        text, warning, pictures, is_edited = written
        id_, target = ids[number], plan.targets[number]
        is_reply = plan.kinds[number] == REPLY
        self.batch["posts"].append((
            id_, self.people.ids[plan.authors[number]], text.text, text.html, RENDERER_VERSION,
            text.language, VISIBILITIES[plan.visibilities[number]], warning,
            int(bool(warning and pictures)),
            ids[target] if is_reply else None,
            self.people.ids[plan.authors[target]] if is_reply else None,
            ids[plan.roots[number]], None, self._uri(id_), stamp(id_ >> 16),
            stamp((id_ >> 16) + EDITED_AFTER) if is_edited else None, int(is_edited),
            plan.likes[number], plan.reposts[number], plan.replies[number], len(pictures),
        ))  # fmt: skip

    def _add_words(self, number: int, written: Written) -> None:
        text, warning, pictures, _ = written
        others = post_words(
            "",
            author_id=self.people.ids[self.plan.authors[number]],
            warning=warning,
            alts=[picture.alt for picture in pictures],
            tags=[tag_name(tag) for tag in text.tags],
            language=text.language,
            has_image=bool(pictures),
            has_link=text.has_link,
        )
        # The words of each sentence are known; only what is to stand between them is not.
        between = [BREAK] if warning or pictures else []
        words = self.write_words([*text.words, *between, *others])
        self.batch["post_words"].append((self.plan.ids[number], words))

    def _add_repost(self, number: int) -> None:
        plan, ids = self.plan, self.plan.ids
        id_ = ids[number]
        self.batch["posts"].append((
            id_, self.people.ids[plan.authors[number]], "", "", RENDERER_VERSION, None,
            VISIBILITIES[plan.visibilities[number]], "", 0, None, None, id_,
            ids[plan.targets[number]], self._uri(id_), stamp(id_ >> 16), None, 0, 0, 0, 0, 0,
        ))  # fmt: skip

    def _add_edit(self, number: int, written: Written) -> None:
        """Add the former version, which was a little shorter."""
        text, id_ = written.text, self.plan.ids[number]
        former = text._replace(parts=text.parts[:-1] or text.parts, break_after=0)
        alts = json.dumps([picture.alt for picture in written.pictures])
        self.batch["post_edits"].append((
            self._next_id((id_ >> 16) + EDITED_AFTER), id_, 0, former.text, former.html,
            written.warning, text.language, alts, stamp(id_ >> 16),
        ))  # fmt: skip

    def _add_pictures(self, number: int) -> list[Drawn]:
        """Add one picture, or now and then several."""
        id_ = self.plan.ids[number]
        owner_id = self.people.ids[self.plan.authors[number]]
        count = 1 if self.dice.random() < 0.7 else 1 + int(self.dice.random() * 4)
        pictures = self.dice.choices(self.drawn, k=count)
        for position, drawn in enumerate(pictures):
            self.batch["pictures"].append((
                self._next_id(id_ >> 16), owner_id, id_, position,
                f"{self.dice.getrandbits(128):032x}", *drawn.sizes, drawn.placeholder,
                drawn.bytes, drawn.alt, stamp(id_ >> 16),
            ))  # fmt: skip
        return pictures

    def _add_likes(self, number: int) -> None:
        """Add likes of different people; of them, some also keep the post."""
        id_ = self.plan.ids[number]
        likers: set[int] = set()
        while len(likers) < self.plan.likes[number]:
            likers.add(self._liker())
        for liker in sorted(likers):
            like_id = self._next_id((id_ >> 16) + LIKED_AFTER)
            row = (like_id, self.people.ids[liker], id_, stamp(like_id >> 16))
            self.batch["likes"].append(row)
            if self.dice.random() < 0.05:
                self.batch["bookmarks"].append(row)

    def _liker(self) -> int:
        chance = self.dice.random()
        if chance < NAMED_LIKES:
            return self.named[int(chance / NAMED_LIKES * len(self.named))]
        # Who never writes may still like.
        return int(self.dice.random() * self.plan.people.number) if chance < 0.5 else self.authors()

    def _named(self, number: int) -> int:
        """Return whom a post names; -1 for nobody."""
        is_direct = self.plan.visibilities[number] == DIRECT and self.plan.kinds[number] == POST
        return self.known() if is_direct or self.dice.random() < MENTIONING else -1

    def _username(self, member: int) -> str:
        return self.plan.people.username(member) if member >= 0 else ""

    def _uri(self, id_: int) -> str:
        return f"{self.people.base_url}/posts/{id_}"

    def _next_id(self, milliseconds: int) -> int:
        """Return an id of this moment, or of a little later if that is needed for it to be new."""
        self.last_id = max(self.last_id + 1, min(milliseconds, self.plan.until) << 16)
        return self.last_id
