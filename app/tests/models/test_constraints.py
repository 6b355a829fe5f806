"""What the database itself refuses, and under which name: the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest
from sqlalchemy import (
    Executable,
    ForeignKeyConstraint,
    Table,
    column,
    delete,
    func,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.exc import IntegrityError, StatementError

from app.database import violated_constraint
from app.extensions import db
from app.models import (
    Base,
    Credential,
    Follow,
    Mention,
    Post,
    PostTag,
    RateLimit,
    Role,
    Tag,
    User,
    UserSession,
)
from app.models.ids import new_id
from app.tests.factories import make_follow, make_post

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
    row = {"email": "x@mail.example", "email_key": "x@mail.example", "password_hash": "-"}
    return insert(Credential).values(row | columns)


def add_session(user: User, **columns) -> Executable:
    row = {
        "token_hash": b"0" * 32,
        "user_id": user.id,
        "remembered": False,
        "last_seen_at": NOW,
        "expires_at": NOW,
        "ip": "",
        "user_agent": "",
    }
    return insert(UserSession).values(row | columns)


def add_follow(follower: User, followed: User, **columns) -> Executable:
    row = {"follower_id": follower.id, "followed_id": followed.id}
    return insert(Follow).values(row | columns)


def twice(make) -> tuple[Executable, Executable]:
    return make(), make()


def raw(name: str, **columns) -> Executable:
    """Return an UPDATE of all rows that goes around the types of the models."""
    return table(name, *map(column, columns)).update().values(columns)


# By constraint: from (susan, john, a post of susan's) to statements of which the last is refused.
VIOLATIONS = {
    "ck_credentials_theme": lambda s, j, p: [raw("credentials", theme="pink")],
    "ck_followers_not_oneself": lambda s, j, p: [add_follow(s, s)],
    "ck_followers_state": lambda s, j, p: [add_follow(s, j), raw("followers", state="maybe")],
    "ck_posts_counts": lambda s, j, p: [update(Post).values(likes_count=-1)],
    "ck_posts_tombstone": lambda s, j, p: [update(Post).values(deleted_at=NOW)],
    "ck_posts_visibility": lambda s, j, p: [raw("posts", visibility="secret")],
    "ck_users_counts": lambda s, j, p: [update(User).values(followers_count=-1)],
    "ck_users_role": lambda s, j, p: [raw("users", role="king")],
    "ck_users_username_length": lambda s, j, p: [add_user(username="x" * 31)],
    "pk_credentials": lambda s, j, p: [add_credential(user_id=s.id)],
    "pk_followers": lambda s, j, p: [add_follow(s, j, id=1), add_follow(j, s, id=1)],
    "pk_mentions": lambda s, j, p: twice(
        lambda: insert(Mention).values(post_id=p.id, user_id=j.id)
    ),
    "pk_post_tags": lambda s, j, p: [
        insert(Tag).values(id=1, name="soup"),
        *twice(lambda: insert(PostTag).values(post_id=p.id, tag_id=1)),
    ],
    "pk_posts": lambda s, j, p: [add_post(s, id=p.id)],
    "pk_rate_limits": lambda s, j, p: twice(
        lambda: insert(RateLimit).values(key="x", hits=1, expires_at=1.5)
    ),
    "pk_sessions": lambda s, j, p: [
        add_session(s, id=1, token_hash=b"1"),
        add_session(s, id=1, token_hash=b"2"),
    ],
    "pk_tags": lambda s, j, p: [
        insert(Tag).values(id=1, name="soup"),
        insert(Tag).values(id=1, name="bread"),
    ],
    "pk_users": lambda s, j, p: [add_user(id=s.id)],
    "uq_credentials_email_key": lambda s, j, p: [
        add_user(id=1),
        add_credential(user_id=1, email_key="susan@mail.example"),
    ],
    "uq_followers_follower_id_followed_id": lambda s, j, p: twice(lambda: add_follow(s, j)),
    "uq_posts_repost_of_id_author_id": lambda s, j, p: twice(
        lambda: add_post(j, repost_of_id=p.id)
    ),
    "uq_posts_uri": lambda s, j, p: [add_post(j, uri=p.uri)],
    "uq_sessions_token_hash": lambda s, j, p: twice(lambda: add_session(s)),
    "uq_tags_name": lambda s, j, p: twice(lambda: insert(Tag).values(name="soup")),
    "uq_users_owner": lambda s, j, p: [add_user(role=Role.OWNER)],
    "uq_users_uri": lambda s, j, p: [add_user(uri=s.uri)],
    "uq_users_username_domain": lambda s, j, p: [add_user(username="SuSan")],
}


@pytest.mark.parametrize("name", sorted(VIOLATIONS))
def test_database_refuses_and_tells_which_rule(name, susan, john):
    *before, wrong = VIOLATIONS[name](susan, john, make_post(susan))
    for statement in before:
        db.session.execute(statement)

    with pytest.raises(IntegrityError) as caught:
        db.session.execute(wrong)

    assert violated_constraint(caught.value) == name


def test_every_rule_of_the_models_is_tried():
    rules = {name for each in Base.metadata.sorted_tables for name in _rules_of(each)}

    assert rules == set(VIOLATIONS)


def _rules_of(table: Table) -> list[str]:
    constraints = [rule for rule in table.constraints if not isinstance(rule, ForeignKeyConstraint)]
    return [str(rule.name) for rule in [*constraints, *(i for i in table.indexes if i.unique)]]


def test_names_of_other_sites_may_be_short_long_and_taken_here(susan):
    db.session.execute(add_user(username="x", domain="other.example"))
    db.session.execute(add_user(username="y" * 60, domain="other.example"))
    db.session.execute(add_user(username="susan", domain="other.example"))

    assert db.session.scalar(select(func.count()).where(User.domain == "other.example")) == 3


def test_a_tombstone_may_keep_no_words(susan):
    post = make_post(susan)

    db.session.execute(update(Post).values(deleted_at=NOW, text="", html=""))

    assert db.session.scalar(select(Post.deleted_at).where(Post.id == post.id)) == NOW


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: insert(Follow).values(follower_id=1, followed_id=2), "fk_followers_"),
        (lambda: add_session(User(id=1)), "fk_sessions_user_id"),
        (lambda: add_post(User(id=1)), "fk_posts_author_id"),
        (lambda: add_credential(user_id=1), "fk_credentials_user_id"),
        (lambda: insert(PostTag).values(post_id=1, tag_id=1), "fk_post_tags_"),
        (lambda: insert(Mention).values(post_id=1, user_id=1), "fk_mentions_"),
    ],
)
def test_nothing_hangs_in_the_air(make, name, owner, database_kind):
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(make())

    told = violated_constraint(caught.value)
    # SQLite knows no more than that some foreign key failed.
    assert told is None if database_kind == "sqlite" else told.startswith(name)


def test_a_missing_value_violates_no_named_constraint(owner):
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(insert(Tag).values(name=None))

    assert violated_constraint(caught.value) is None


def test_everything_of_a_deleted_person_goes_with_them(susan, john):
    theirs = make_post(susan, "Soup for @john #soup")
    make_post(john, "Bread for @susan #bread")
    make_follow(susan, john)
    make_follow(john, susan)
    db.session.execute(add_session(susan))
    db.session.execute(add_post(john, repost_of_id=theirs.id))
    db.session.execute(add_post(john, in_reply_to_id=theirs.id, in_reply_to_user_id=susan.id))

    db.session.execute(delete(User).where(User.id == susan.id))

    left = {
        each.name: db.session.scalar(select(func.count()).select_from(each))
        for each in Base.metadata.sorted_tables
    }
    assert left == {
        "users": 2,
        "credentials": 2,
        "sessions": 0,
        "followers": 0,
        "mentions": 0,
        # John's post and his reply, which is now one to nobody; his repost has nothing to repeat.
        "posts": 2,
        "post_tags": 1,
        "tags": 2,
        "rate_limits": 0,
    }
    replies_to = db.session.execute(select(Post.in_reply_to_id, Post.in_reply_to_user_id)).all()
    assert replies_to == [(None, None)] * 2


def test_moments_come_back_aware_and_equal(susan):
    seoul = timezone(timedelta(hours=9))
    moment = datetime(2026, 3, 13, 3, 22, 1, 123456, tzinfo=seoul)

    db.session.execute(update(User).where(User.id == susan.id).values(suspended_at=moment))

    found = db.session.scalar(select(User.suspended_at).where(User.id == susan.id))
    assert found == moment
    assert found.utcoffset() == timedelta(0)
    assert db.session.scalar(select(User.id).where(User.suspended_at == moment)) == susan.id


def test_a_moment_without_a_time_zone_is_refused(susan):
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(StatementError, match="a moment without a time zone"):
        db.session.execute(update(User).values(suspended_at=naive))


def test_ids_of_63_bits_are_kept(susan):
    db.session.execute(add_post(susan, id=2**63 - 1))

    assert db.session.scalar(select(func.max(Post.id))) == 2**63 - 1
