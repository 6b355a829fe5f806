"""What the database itself refuses, and under which name: the same on SQLite and PostgreSQL."""

from datetime import datetime, timedelta, timezone

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
    Bookmark,
    Credential,
    Follow,
    Job,
    JobSlot,
    Like,
    Mention,
    Notification,
    NotificationGroup,
    NotificationKind,
    Post,
    PostTag,
    PostWords,
    RateLimit,
    Role,
    Tag,
    TagWords,
    User,
    UserWords,
)
from app.tests.factories import make_follow, make_post
from app.tests.models.rows import (
    NOW,
    add_block,
    add_code,
    add_conversation,
    add_conversation_mute,
    add_credential,
    add_draft,
    add_edit,
    add_email,
    add_export,
    add_follow,
    add_group,
    add_job,
    add_message,
    add_mute,
    add_name,
    add_notification,
    add_participant,
    add_picture,
    add_pin,
    add_popular,
    add_post,
    add_reaction,
    add_session,
    add_suggestion,
    add_tag,
    add_tag_follow,
    add_token,
    add_translation,
    add_trend,
    add_user,
)


def twice(make) -> tuple[Executable, Executable]:
    return make(), make()


def raw(name: str, **columns) -> Executable:
    """Return an UPDATE of all rows that goes around the types of the models."""
    return table(name, *map(column, columns)).update().values(columns)


# By constraint: from (susan, john, a post of susan's) to statements of which the last is refused.
VIOLATIONS = {
    "ck_blocks_not_oneself": lambda s, j, p: [add_block(s, s)],
    "ck_credentials_messages_from": lambda s, j, p: [raw("credentials", messages_from="some")],
    "ck_credentials_theme": lambda s, j, p: [raw("credentials", theme="pink")],
    "ck_credentials_unread_messages": lambda s, j, p: [raw("credentials", unread_messages=-1)],
    "ck_credentials_unread_notifications": lambda s, j, p: [
        raw("credentials", unread_notifications=-1)
    ],
    "ck_emails_state": lambda s, j, p: [add_email(s), raw("emails", state="lost")],
    "ck_exports_state": lambda s, j, p: [add_export(s), raw("exports", state="lost")],
    "ck_followers_not_oneself": lambda s, j, p: [add_follow(s, s)],
    "ck_followers_state": lambda s, j, p: [add_follow(s, j), raw("followers", state="maybe")],
    "ck_jobs_progress": lambda s, j, p: [add_job(progress=101)],
    "ck_jobs_state": lambda s, j, p: [add_job(), raw("jobs", state="lost")],
    "ck_messages_tombstone": lambda s, j, p: [
        add_conversation(),
        add_message(s, deleted_at=NOW),
    ],
    "ck_mutes_not_oneself": lambda s, j, p: [add_mute(s, s)],
    "ck_notification_groups_kind": lambda s, j, p: [
        add_group(s),
        raw("notification_groups", kind="rumour"),
    ],
    "ck_notification_groups_messages": lambda s, j, p: [
        add_group(s, kind=NotificationKind.MESSAGE, is_unread=True)
    ],
    "ck_notifications_kind": lambda s, j, p: [
        add_group(s, id=1),
        add_notification(s, j),
        raw("notifications", kind="rumour"),
    ],
    "ck_one_time_tokens_purpose": lambda s, j, p: [
        add_token(s),
        raw("one_time_tokens", purpose="magic"),
    ],
    "ck_participants_state": lambda s, j, p: [
        add_conversation(),
        add_participant(s),
        raw("participants", state="bored"),
    ],
    "ck_participants_unread_count": lambda s, j, p: [
        add_conversation(),
        add_participant(s, unread_count=-1),
    ],
    "ck_pictures_dimensions": lambda s, j, p: [add_picture(s, small_width=0)],
    "ck_pictures_position": lambda s, j, p: [add_picture(s, p, position=4)],
    "ck_pins_position": lambda s, j, p: [add_pin(p, position=6)],
    "ck_posts_counts": lambda s, j, p: [update(Post).values(likes_count=-1)],
    "ck_posts_tombstone": lambda s, j, p: [update(Post).values(deleted_at=NOW)],
    "ck_posts_visibility": lambda s, j, p: [raw("posts", visibility="secret")],
    "ck_users_counts": lambda s, j, p: [update(User).values(followers_count=-1)],
    "ck_users_role": lambda s, j, p: [raw("users", role="king")],
    "ck_users_username_length": lambda s, j, p: [add_user(username="x" * 31)],
    "pk_blocks": lambda s, j, p: [add_block(s, j, id=1), add_block(j, s, id=1)],
    "pk_bookmarks": lambda s, j, p: [
        add_reaction(Bookmark, s, p, id=1),
        add_reaction(Bookmark, j, p, id=1),
    ],
    "pk_thread_mutes": lambda s, j, p: twice(lambda: add_conversation_mute(s)),
    "pk_conversations": lambda s, j, p: twice(add_conversation),
    "pk_credentials": lambda s, j, p: [add_credential(user_id=s.id)],
    "pk_drafts": lambda s, j, p: [add_draft(s, id=1), add_draft(j, id=1)],
    "pk_emails": lambda s, j, p: [add_email(s, id=1), add_email(s, id=1, message_id="<2@x>")],
    "pk_exports": lambda s, j, p: [add_export(s, id=1), add_export(s, id=1, file_name="b.zip")],
    "pk_followers": lambda s, j, p: [add_follow(s, j, id=1), add_follow(j, s, id=1)],
    "pk_job_slots": lambda s, j, p: twice(lambda: insert(JobSlot).values(name="x", slot=1)),
    "pk_jobs": lambda s, j, p: twice(lambda: add_job(id=1)),
    "pk_likes": lambda s, j, p: [
        add_reaction(Like, s, p, id=1),
        add_reaction(Like, j, p, id=1),
    ],
    "pk_mentions": lambda s, j, p: twice(
        lambda: insert(Mention).values(post_id=p.id, user_id=j.id)
    ),
    "pk_messages": lambda s, j, p: [add_conversation(), *twice(lambda: add_message(s, id=1))],
    "pk_mutes": lambda s, j, p: [add_mute(s, j, id=1), add_mute(j, s, id=1)],
    "pk_notification_groups": lambda s, j, p: [add_group(s, id=1), add_group(j, id=1)],
    "pk_notifications": lambda s, j, p: [
        add_group(s, id=1),
        add_notification(s, j, id=1),
        add_notification(s, j, id=1, cause_id=1),
    ],
    "pk_one_time_tokens": lambda s, j, p: [
        add_token(s, id=1, token_hash=b"1"),
        add_token(s, id=1, token_hash=b"2"),
    ],
    "pk_participants": lambda s, j, p: [add_conversation(), *twice(lambda: add_participant(s))],
    "pk_post_tags": lambda s, j, p: [
        add_tag(1, "soup"),
        *twice(lambda: insert(PostTag).values(post_id=p.id, tag_id=1)),
    ],
    "pk_pictures": lambda s, j, p: twice(lambda: add_picture(s, id=1)),
    "pk_pins": lambda s, j, p: [add_pin(p), add_pin(p, position=2)],
    "pk_popular_people": lambda s, j, p: [add_popular(s), add_popular(j)],
    "pk_post_edits": lambda s, j, p: [add_edit(p, id=1), add_edit(p, id=1, version=1)],
    "pk_post_words": lambda s, j, p: [insert(PostWords).values(post_id=p.id, words="")],
    "pk_posts": lambda s, j, p: [add_post(s, id=p.id)],
    "pk_rate_limits": lambda s, j, p: twice(
        lambda: insert(RateLimit).values(key="x", hits=1, expires_at=1.5)
    ),
    "pk_recovery_codes": lambda s, j, p: twice(lambda: add_code(s)),
    "pk_sessions": lambda s, j, p: [
        add_session(s, id=1, token_hash=b"1"),
        add_session(s, id=1, token_hash=b"2"),
    ],
    "pk_suggestions": lambda s, j, p: [add_suggestion(s, j), add_suggestion(s, s)],
    "pk_tag_follows": lambda s, j, p: [add_tag(1, "soup"), *twice(lambda: add_tag_follow(s))],
    "pk_tag_trends": lambda s, j, p: [
        add_tag(1, "soup"),
        add_tag(2, "bread"),
        add_trend(),
        add_trend(tag_id=2),
    ],
    "pk_tag_words": lambda s, j, p: twice(lambda: insert(TagWords).values(tag_id=1, words="")),
    "pk_tags": lambda s, j, p: [add_tag(1, "soup"), add_tag(1, "bread")],
    "pk_translations": lambda s, j, p: [
        add_translation(p, id=1),
        add_translation(p, id=1, language="ko"),
    ],
    "pk_user_words": lambda s, j, p: [insert(UserWords).values(user_id=s.id, words="")],
    "pk_users": lambda s, j, p: [add_user(id=s.id)],
    "pk_usernames": lambda s, j, p: [add_name(s), add_name(j)],
    "uq_blocks_blocker_id_blocked_id": lambda s, j, p: twice(lambda: add_block(s, j)),
    "uq_bookmarks_user_id_post_id": lambda s, j, p: twice(lambda: add_reaction(Bookmark, j, p)),
    "uq_conversations_pair_key": lambda s, j, p: [
        add_conversation(1, pair_key="1:2"),
        add_conversation(2, pair_key="1:2"),
    ],
    "uq_credentials_email_key": lambda s, j, p: [
        add_user(id=1),
        add_credential(user_id=1, email_key="susan@mail.example"),
    ],
    "uq_drafts_user_id_form_key": lambda s, j, p: twice(lambda: add_draft(s)),
    "uq_emails_message_id": lambda s, j, p: twice(lambda: add_email(s)),
    "uq_exports_file_name": lambda s, j, p: twice(lambda: add_export(s)),
    "uq_followers_follower_id_followed_id": lambda s, j, p: twice(lambda: add_follow(s, j)),
    "uq_jobs_unique_key": lambda s, j, p: twice(lambda: add_job(unique_key="export:1")),
    "uq_likes_user_id_post_id": lambda s, j, p: twice(lambda: add_reaction(Like, j, p)),
    "uq_messages_sender_id_form_key": lambda s, j, p: [
        add_conversation(),
        *twice(lambda: add_message(s, form_key="x")),
    ],
    "uq_mutes_muter_id_muted_id": lambda s, j, p: twice(lambda: add_mute(s, j)),
    "uq_notification_groups_user_id_kind_target_id": lambda s, j, p: twice(lambda: add_group(s)),
    "uq_notifications_user_id_kind_actor_id_cause_id": lambda s, j, p: [
        add_group(s, id=1),
        *twice(lambda: add_notification(s, j)),
    ],
    "uq_one_time_tokens_token_hash": lambda s, j, p: twice(lambda: add_token(s)),
    "uq_pictures_key": lambda s, j, p: twice(lambda: add_picture(s, key="0" * 32)),
    "uq_pins_user_id_position": lambda s, j, p: [
        add_post(s, id=1),
        add_pin(p),
        add_pin(p, post_id=1),
    ],
    "uq_popular_people_user_id": lambda s, j, p: [add_popular(s), add_popular(s, position=1)],
    "uq_post_edits_post_id_version": lambda s, j, p: twice(lambda: add_edit(p)),
    "uq_posts_author_id_form_key": lambda s, j, p: twice(lambda: add_post(j, form_key="x")),
    "uq_posts_repost_of_id_author_id": lambda s, j, p: twice(
        lambda: add_post(j, repost_of_id=p.id)
    ),
    "uq_posts_uri": lambda s, j, p: [add_post(j, uri=p.uri)],
    "uq_sessions_token_hash": lambda s, j, p: twice(lambda: add_session(s)),
    "uq_tag_trends_tag_id": lambda s, j, p: [
        add_tag(1, "soup"),
        add_trend(),
        add_trend(position=1),
    ],
    "uq_tags_name": lambda s, j, p: twice(lambda: insert(Tag).values(name="soup")),
    "uq_translations_post_id_language": lambda s, j, p: twice(lambda: add_translation(p)),
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


def test_an_address_that_nobody_has_proved_may_be_given_again(susan):
    for user_id in (1, 2):
        db.session.execute(add_user(id=user_id))
        address = {"email": "susan@mail.example", "email_key": "susan@mail.example"}
        db.session.execute(add_credential(user_id=user_id, email_claimed=False, **address))

    same = select(func.count()).where(Credential.email_key == "susan@mail.example")
    assert db.session.scalar(same) == 3


def test_a_job_that_was_given_up_keeps_no_other_from_its_key(app):
    db.session.execute(add_job(unique_key="export:1", state="dead"))
    db.session.execute(add_job(unique_key="export:1"))

    assert db.session.scalar(select(func.count()).select_from(Job)) == 2


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
        (lambda: add_token(User(id=1)), "fk_one_time_tokens_user_id"),
        (lambda: add_email(User(id=1)), "fk_emails_user_id"),
        (lambda: add_export(User(id=1)), "fk_exports_user_id"),
        (lambda: add_code(User(id=1)), "fk_recovery_codes_user_id"),
        (lambda: add_name(User(id=1)), "fk_usernames_user_id"),
        (lambda: add_reaction(Like, User(id=1), Post(id=1)), "fk_likes_"),
        (lambda: add_reaction(Bookmark, User(id=1), Post(id=1)), "fk_bookmarks_"),
        (lambda: add_pin(Post(id=1, author_id=1)), "fk_pins_"),
        (lambda: add_picture(User(id=1)), "fk_pictures_owner_id"),
        (lambda: add_edit(Post(id=1)), "fk_post_edits_post_id"),
        (lambda: add_translation(Post(id=1)), "fk_translations_post_id"),
        (lambda: add_draft(User(id=1)), "fk_drafts_user_id"),
        (lambda: add_tag_follow(User(id=1)), "fk_tag_follows_"),
        (add_trend, "fk_tag_trends_tag_id"),
        (lambda: add_suggestion(User(id=1), User(id=1)), "fk_suggestions_"),
        (lambda: add_popular(User(id=1)), "fk_popular_people_user_id"),
        (lambda: add_group(User(id=1)), "fk_notification_groups_user_id"),
        (lambda: add_notification(User(id=1), User(id=1)), "fk_notifications_"),
        (lambda: add_participant(User(id=1)), "fk_participants_"),
        (lambda: add_message(User(id=1)), "fk_messages_"),
        (lambda: add_block(User(id=1), User(id=2)), "fk_blocks_"),
        (lambda: add_mute(User(id=1), User(id=2)), "fk_mutes_"),
        (lambda: add_conversation_mute(User(id=1)), "fk_thread_mutes_user_id"),
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


def let_them_talk(susan: User, john: User) -> None:
    """Let two people notify, write to, block and mute each other."""
    # What the posts and follows so far have told.
    for model in (Notification, NotificationGroup):
        db.session.execute(delete(model))
    for add in (add_group(susan, id=1), add_group(john, id=2)):
        db.session.execute(add)
    for add in (
        add_notification(susan, john, group_id=1),
        add_notification(john, susan, group_id=2),
        add_conversation(),
        add_participant(susan, other_id=john.id),
        add_participant(john, other_id=susan.id),
        add_message(susan),
        add_message(john),
        add_block(susan, john),
        add_block(john, susan),
        add_mute(susan, john),
        add_mute(john, susan),
        add_conversation_mute(susan),
    ):
        db.session.execute(add)


def test_everything_of_a_deleted_person_goes_with_them(susan, john):
    theirs = make_post(susan, "Soup for @john #soup")
    johns = make_post(john, "Bread for @susan #bread")
    make_follow(susan, john)
    make_follow(john, susan)
    for add in (add_session, add_token, add_email, add_export, add_code, add_name):
        db.session.execute(add(susan))
    db.session.execute(add_reaction(Like, susan, johns))
    for add in (add_reaction(Like, john, theirs), add_reaction(Bookmark, john, theirs)):
        db.session.execute(add)
    for add in (add_pin, add_edit, add_translation):
        db.session.execute(add(theirs))
    for add in (
        add_tag(1, "salt"),
        add_tag_follow(susan),
        add_suggestion(susan, john),
        add_suggestion(john, susan),
    ):
        db.session.execute(add)
    db.session.execute(add_popular(susan))
    for add in (add_picture(susan, theirs), add_draft(susan), add_picture(john, theirs)):
        db.session.execute(add)
    db.session.execute(add_post(john, repost_of_id=theirs.id))
    db.session.execute(add_post(john, in_reply_to_id=theirs.id, in_reply_to_user_id=susan.id))
    let_them_talk(susan, john)

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
        "tags": 3,
        "tag_follows": 0,
        "suggestions": 0,
        "popular_people": 0,
        # Words of what is gone find nothing, and `search_index` removes them.
        "post_words": 2,
        "user_words": 3,
        "tag_words": 2,
        "one_time_tokens": 0,
        "emails": 0,
        "exports": 0,
        "likes": 0,
        "bookmarks": 0,
        "pins": 0,
        "post_edits": 0,
        "translations": 0,
        "drafts": 0,
        # John's, which waits for a post again.
        "pictures": 1,
        "recovery_codes": 0,
        # Theirs as well. An account that ever was is therefore never deleted but erased: its row
        # stays and keeps the names.
        "usernames": 2,
        # John's, with nothing left in it: the application erases it with what it told of.
        "notification_groups": 1,
        "notifications": 0,
        # What John wrote stays; where the conversation was one of two, he no longer takes part.
        "conversations": 1,
        "participants": 0,
        "messages": 1,
        "blocks": 0,
        "mutes": 0,
        "thread_mutes": 0,
        # They belong to nobody.
        "rate_limits": 0,
        "tag_trends": 0,
        "job_slots": 0,
        # Whom each of them may want to follow.
        "jobs": 2,
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
