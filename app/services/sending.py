"""Publishing what a form holds: once, however often it is sent."""

from datetime import timedelta

from sqlalchemy import select

from app.extensions import db
from app.models import Post, User, Visibility
from app.models.base import utc_now
from app.services import drafts, mentions, pictures, posts
from app.services.drafts import Writing
from app.services.errors import AlreadyPublished, FormUsed, NobodyMentioned, PicturesGone
from app.services.text import clean_text
from app.services.visibility import visible_as_post_to, visible_to

# The same words later are meant.
REPEATED_WITHIN = timedelta(minutes=10)


def send(author: User, writing: Writing) -> int:
    """Publish a post and return its id; that of the post that is there, if it was sent before.

    :raises FormUsed: if the form made a post before, and says something else now
    :raises PicturesGone: if one of its pictures is no longer there
    :raises NobodyMentioned: if it is for mentioned people, and mentions nobody
    :raises NotConfirmed, NotFound, TextMissing, TextTooLong, WarningTooLong, text.InvalidText: as
        `posts.publish`
    """
    wanted = [id_ for id_, _ in writing.content.pictures]
    found = pictures.drafts(author, wanted)
    # Asked after the pictures, which whoever was quicker has taken.
    if (post_id := _sent_before(author, writing)) is not None:
        return post_id
    if len(found) < len(wanted):
        raise PicturesGone
    _check_audience(writing)
    try:
        post_id = _publish(author, writing)
    except AlreadyPublished:
        # In this very moment; or it is deleted already.
        post_id = _sent_before(author, writing)
        if post_id is None:
            raise FormUsed from None
    return post_id


def is_repeated(author: User, writing: Writing) -> bool:
    """Say whether the author published the same just now, from another form.

    A browser that goes back to a page may fill in again what was sent from there.
    """
    newest = (
        select(Post.text, Post.in_reply_to_id, Post.form_key, Post.created_at)
        .where(Post.author_id == author.id, visible_as_post_to(author))
        .order_by(Post.id.desc())
        .limit(1)
    )
    last = db.session.execute(newest).one_or_none()
    if last is None or not last.text or last.form_key == writing.form_key:
        return False
    is_same = last.text == clean_text(writing.content.text, multiline=True)
    is_recent = last.created_at > utc_now() - REPEATED_WITHIN
    return bool(is_same and is_recent and last.in_reply_to_id == writing.in_reply_to)


def _check_audience(writing: Writing) -> None:
    """Make sure that a post for mentioned people has a reader."""
    if writing.visibility is Visibility.DIRECT and not mentions.named_in(writing.content.text):
        raise NobodyMentioned


def _publish(author: User, writing: Writing) -> int:
    post = posts.publish(
        author,
        writing.content,
        visibility=writing.visibility,
        in_reply_to=writing.in_reply_to,
        form_key=writing.form_key,
    )
    if writing.form_key:
        drafts.forget(author, writing.form_key)
    return post.id


def _sent_before(author: User, writing: Writing) -> int | None:
    if writing.form_key is None:
        return None
    post = db.session.execute(
        select(Post.id, Post.text, Post.spoiler_text).where(
            Post.author_id == author.id, Post.form_key == writing.form_key, visible_to(author)
        )
    ).one_or_none()
    if post is None:
        return None
    content = writing.content
    text = clean_text(content.text, multiline=True)
    warning = clean_text(content.warning, multiline=False)
    shown = [picture.id for picture in pictures.of_posts([post.id]).get(post.id, [])]
    sent = (text, warning, [id_ for id_, _ in content.pictures])
    if sent != (post.text, post.spoiler_text, shown):
        raise FormUsed
    drafts.forget(author, writing.form_key)
    return int(post.id)
