"""The made-up site that measurements run on is one that the application could have made."""

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Follow, Like, Mention, Picture, Post, PostTag, PostWords, Tag, User
from app.models.ids import time_of
from app.services import contents, search_index
from app.services.contents import Content
from app.services.visibility import OPEN
from app.tests.migrations.schema import schema
from bench.generate import Size, fill, imagine
from bench.world.people_rows import PASSWORD

pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression")

SIZE = Size(users=50, posts=500, follows=300)
UNTIL = 1_790_000_000_000


def test_a_made_up_site_is_as_the_application_makes_it(app, client):
    before = schema()

    fill(SIZE, seed=1, until=UNTIL)

    assert schema() == before
    posts = {post.id: post for post in db.session.scalars(select(Post))}
    assert len(posts) == SIZE.posts
    assert_people_are_counted()
    for post in posts.values():
        assert post.created_at == time_of(post.id)
        assert post.conversation_id == conversation_of(post, posts)
    assert_reactions_are_counted(posts)
    assert_texts_are_rendered([post for post in posts.values() if not post.repost_of_id])
    db.session.commit()
    client.sign_in("follows100", PASSWORD)
    assert client.get("/").text.count("<article") == 25


def test_a_made_up_site_is_the_same_for_the_same_seed():
    once, again, other = (imagine(SIZE, seed, UNTIL) for seed in (1, 1, 2))

    assert once.plan.ids == again.plan.ids
    assert once.plan.targets == again.plan.targets
    assert once.follows == again.follows
    assert once.plan.targets != other.plan.targets


def conversation_of(post: Post, posts: dict[int, Post]) -> int:
    return posts[post.in_reply_to_id].conversation_id if post.in_reply_to_id else post.id


def assert_people_are_counted() -> None:
    followers = counts(Follow.followed_id)
    following = counts(Follow.follower_id)
    written = counts(Post.author_id, Post.visibility.in_(OPEN), Post.repost_of_id.is_(None))
    for user in db.session.scalars(select(User)):
        counted = (user.followers_count, user.following_count, user.posts_count)
        assert counted == tuple(each.get(user.id, 0) for each in (followers, following, written))


def assert_reactions_are_counted(posts: dict[int, Post]) -> None:
    found = [counts(column) for column in (Post.in_reply_to_id, Post.repost_of_id)]
    found += [counts(Like.post_id), counts(Picture.post_id)]
    for post in posts.values():
        counted = (post.replies_count, post.reposts_count, post.likes_count, post.pictures_count)
        assert counted == tuple(each.get(post.id, 0) for each in found)
    assert all(len(each) > 20 for each in found)


def assert_texts_are_rendered(posts: list[Post]) -> None:
    """Write each text again: its HTML, whom and what it names, and its words come out the same."""
    names = dict(db.session.execute(select(Mention.post_id, User.username).join(User)).all())
    tags = set(db.session.execute(select(PostTag.post_id, Tag.name).join(Tag)).all())
    alts = dict(db.session.execute(select(Picture.post_id, Picture.alt)).all())
    before = words()
    for post in posts:
        content = Content(post.text, post.spoiler_text, language=post.language)
        columns, rendered = (written := contents.write(content)).columns, written.rendered
        assert post.html == rendered.html
        assert rendered.mentions == ((names.pop(post.id),) if post.id in names else ())
        assert {(post.id, tag) for tag in rendered.tags} == {t for t in tags if t[0] == post.id}
        if post.pictures_count < 2:
            described = [alts[post.id]] if post.pictures_count else []
            search_index.put_post(post.id, post.author_id, columns, rendered, described)
    assert not names
    assert words() == before
    assert before.keys() == {post.id for post in posts}


def counts(column, *conditions) -> dict[int, int]:
    query = select(column, func.count(column)).where(column.is_not(None), *conditions)
    return dict(db.session.execute(query.group_by(column)).all())


def words() -> dict[int, str]:
    return dict(db.session.execute(select(PostWords.post_id, PostWords.words)).all())
