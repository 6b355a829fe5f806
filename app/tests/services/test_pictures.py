"""Pictures as rows: drafts, pictures of posts, room for them, and what nobody needs any more."""

import os
import time
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select, update

from app.database import begin_writing
from app.extensions import db, settings
from app.jobs.pictures import sweep_media, sweep_pictures
from app.models import Picture
from app.models.base import utc_now
from app.services import media_files, pictures, portraits
from app.services.errors import ImageInvalid, NotFound, QuotaExceeded, TextTooLong
from app.services.text import InvalidText
from app.tests.factories import make_post
from app.tests.pictures import make_picture, picture
from app.tests.together import together


def files_of(key):
    return [size for size in media_files.SIZES if is_there(media_files.name_of(key, size))]


def is_there(name):
    return (settings.media_store.path / name).exists()


def shown(post):
    return [
        (row.key, row.position, row.alt) for row in pictures.of_posts([post.id]).get(post.id, [])
    ]


def test_a_picture_waits_for_its_post_and_then_belongs_to_it(susan):
    post = make_post(susan)
    first, second = make_picture(susan), make_picture(susan)
    assert [row.key for row in pictures.drafts(susan, [second.id, first.id])] == [
        second.key,
        first.key,
    ]

    count = pictures.attach(susan, post.id, [(second.id, " Two "), (first.id, "One")])
    db.session.commit()

    assert count == 2
    assert shown(post) == [(second.key, 0, "Two"), (first.key, 1, "One")]
    assert pictures.drafts(susan, [first.id, second.id]) == []
    row = pictures.of_posts([post.id])[post.id][0]
    assert (row.width, row.height, row.small_width, row.small_height) == (60, 40, 60, 40)
    assert row.post_id == post.id


def test_pictures_of_many_posts_are_one_query_and_of_none_no_query(susan, count_queries):
    posts = [make_post(susan) for _ in range(3)]
    for post in posts[:2]:
        make_picture(susan, post)
    ids = [post.id for post in posts]
    count_queries.clear()

    assert set(pictures.of_posts(ids)) == set(ids[:2])
    assert len(count_queries) == 1
    assert pictures.of_posts([]) == {}
    assert pictures.drafts(susan, []) == []
    assert len(count_queries) == 1


def test_nobody_takes_pictures_of_others_or_of_other_posts(susan, john):
    post, other = make_post(susan), make_post(susan)
    foreign, elsewhere = make_picture(john), make_picture(susan, other)
    johns = make_picture(john, make_post(john))
    chosen = [(found.id, "") for found in (foreign, elsewhere, johns)] + [(1, "")]

    assert pictures.attach(susan, post.id, chosen) == 0
    assert pictures.drafts(susan, [foreign.id, johns.id]) == []
    assert shown(post) == []
    assert len(shown(other)) == 1


def test_a_post_has_four_pictures_at_most(susan):
    post = make_post(susan)
    chosen = [(make_picture(susan).id, "") for _ in range(5)]

    assert pictures.attach(susan, post.id, chosen) == 4


def test_an_edit_changes_order_and_words_and_removes_what_is_not_chosen(susan, run_jobs):
    post = make_post(susan)
    one, two, three = (make_picture(susan, post, alt) for alt in ("1", "2", "3"))

    count = pictures.attach(susan, post.id, [(three.id, "III"), (one.id, "1")])

    assert count == 2
    assert shown(post) == [(three.key, 0, "III"), (one.key, 1, "1")]
    run_jobs()
    assert files_of(two.key) == []
    assert files_of(one.key) == ["large", "small"]


@pytest.mark.parametrize(("alt", "problem"), [("x" * 1501, TextTooLong), ("\x07", InvalidText)])
def test_words_that_cannot_be_kept_are_refused(susan, alt, problem):
    post, draft = make_post(susan), make_picture(susan)

    with pytest.raises(problem):
        pictures.attach(susan, post.id, [(draft.id, alt)])
    with pytest.raises(problem):
        pictures.add(susan, pictures.prepare(picture()), alt)


def test_a_file_that_is_too_large_is_not_looked_at(make_app):
    with make_app(MAX_PICTURE_MB=1).app_context():
        for data in (bytes(1024 * 1024 + 1), BytesIO(bytes(1024 * 1024 + 1))):
            with pytest.raises(ImageInvalid) as caught:
                pictures.prepare(data)
            assert caught.value.code == "bytes"


def test_pictures_of_deleted_posts_are_gone_at_once_and_their_files_soon(susan, run_jobs):
    post, kept = make_post(susan), make_post(susan)
    gone, other = make_picture(susan, post), make_picture(susan, kept)

    pictures.detach_all([post.id])
    db.session.commit()

    with pytest.raises(NotFound):
        pictures.is_open(susan, gone.key)
    assert pictures.of_posts([post.id]) == {}
    run_jobs()
    assert files_of(gone.key) == []
    assert files_of(other.key) == ["large", "small"]


def test_only_a_draft_of_ones_own_can_be_discarded(susan, john, run_jobs):
    mine, attached = make_picture(susan), make_picture(susan, make_post(susan))
    theirs = make_picture(john)

    for found in (mine, attached, theirs):
        pictures.discard(susan, found.id)

    run_jobs()
    assert set(db.session.scalars(select(Picture.key))) == {attached.key, theirs.key}
    assert [files_of(found.key) for found in (mine, theirs)] == [[], ["large", "small"]]


def test_the_room_for_pictures_ends_exactly_also_for_uploads_at_once(susan, make_app):
    limited = make_app(MEDIA_QUOTA_MB=1)
    with limited.app_context():
        prepared = [pictures.prepare(picture()) for _ in range(8)]
        large = [found._replace(size=200_000) for found in prepared]

        def upload(one):
            with limited.app_context():
                begin_writing(db)
                pictures.add(susan, one)
                db.session.commit()

        outcomes = together([lambda one=one: upload(one) for one in large])

        assert [type(outcome) for outcome in outcomes if outcome] == [QuotaExceeded] * 3
        sizes = db.session.scalars(select(Picture.size)).all()
        assert sizes == [200_000] * 5
        pictures.check_quota(susan)
        pictures.add(susan, prepared[0]._replace(size=1024 * 1024 - 1_000_000, key="0" * 32))
        with pytest.raises(QuotaExceeded):
            pictures.check_quota(susan)


def test_the_sweeps_remove_what_waits_in_vain_and_nothing_else(susan, run_jobs):
    old, young = make_picture(susan), make_picture(susan)
    attached = make_picture(susan, make_post(susan))
    stray, fresh = pictures.prepare(picture()), pictures.prepare(picture())
    portrait = portraits.prepare(susan.id, "avatar", picture())
    former = portraits.prepare(susan.id, "avatar", picture())
    portraits.put(susan, "avatar", portrait)
    long_ago = utc_now() - pictures.DRAFT_LIFE - timedelta(minutes=1)
    is_old = Picture.id.in_([old.id, attached.id])
    db.session.execute(update(Picture).where(is_old).values(created_at=long_ago))
    for key in (attached.key, stray.key, portrait, former):
        age(key)

    db.session.commit()
    sweep_pictures()
    run_jobs()
    assert [files_of(key) for key in (old.key, stray.key)] == [[], ["large", "small"]]
    sweep_media()

    assert [files_of(key) for key in (stray.key, former)] == [[], []]
    for key in (young.key, attached.key, fresh.key):
        assert files_of(key) == ["large", "small"]
    assert files_of(portrait) == ["avatar"]


def age(key):
    """Let the files of a key be of the day before yesterday."""
    moment = time.time() - 2 * 24 * 3600
    for size in files_of(key):
        os.utime(settings.media_store.path / media_files.name_of(key, size), (moment, moment))


def test_the_files_of_a_former_portrait_are_removed_but_those_in_use_are_not(susan, run_jobs):
    first, second = (portraits.prepare(susan.id, "header", picture()) for _ in range(2))
    for key in (first, second, second):
        portraits.put(susan, "header", key)
        db.session.commit()

    run_jobs()

    assert (files_of(first), files_of(second)) == ([], ["header"])
    # A job for what came back into use, or that runs again, removes nothing that is needed.
    pictures.forget([second])
    run_jobs()
    assert files_of(second) == ["header"]
