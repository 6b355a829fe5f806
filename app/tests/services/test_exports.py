"""Exports: all that a member wrote and did, nothing else, and one whole file or none."""

import io
import json
import os
import shutil
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from sqlalchemy import delete, func, insert, select, update

from app.extensions import db, settings
from app.jobs import archives
from app.models import (
    Email,
    Export,
    ExportState,
    Follow,
    FollowState,
    Job,
    JobState,
    Mention,
    Post,
    Visibility,
)
from app.models.base import utc_now
from app.models.ids import id_at
from app.services import (
    accounts,
    batches,
    drafts,
    edits,
    export_files,
    exports,
    form_keys,
    jobs,
    media_files,
    outbox,
    personal_posts,
    portraits,
    reactions,
    reposts,
    sessions,
    suspensions,
    tag_follows,
)
from app.services.contents import Content
from app.services.errors import AlreadyQueued, NotFound
from app.tests.dying import kill_a_worker
from app.tests.factories import make_follow, make_post, make_user
from app.tests.growth import is_linear
from app.tests.pictures import decoded, make_picture, picture
from app.tests.together import together

HOSTILE = '"><svg/onload=1>{{7*7}}'


def folder() -> Path:
    return settings.INSTANCE_PATH / "exports"


def files() -> list[str]:
    return sorted(path.name for path in folder().glob("*"))


def leave(name: str) -> Path:
    """Make an empty file in the folder."""
    folder().mkdir(exist_ok=True)
    path = folder() / name
    path.touch()
    return path


@pytest.fixture(autouse=True)
def _no_files(app):
    """Begin without a folder: what earlier tests made is in no database any more."""
    shutil.rmtree(folder(), ignore_errors=True)


@pytest.fixture
def request_export(app):
    """Return a function that asks for an export and commits."""

    def ask(user) -> int:
        export_id = exports.request(user)
        db.session.commit()
        return export_id

    return ask


@pytest.fixture
def make_export(request_export, run_jobs):
    """Return a function that gives the finished export of somebody."""

    def make(user) -> Export:
        export_id = request_export(user)
        run_jobs()
        db.session.expire_all()
        export = exports.ready(user, export_id)
        db.session.commit()
        return export

    return make


@pytest.fixture
def contents(make_export):
    """Return a function that gives what is in the export of somebody, by file name."""

    def read(user) -> dict[str, str]:
        with ZipFile(folder() / make_export(user).file_name) as archive:
            assert archive.testzip() is None
            texts = [name for name in archive.namelist() if not name.startswith("media/")]
            return {name: archive.read(name).decode() for name in texts}

    return read


def write_many(author, number: int, at: datetime = datetime(2026, 3, 20, 12, tzinfo=UTC)) -> None:
    """Write so many posts, a second apart, the quick way."""
    # Of each author in milliseconds of their own: now and then two posts of one would share an id.
    at += timedelta(milliseconds=(author.id & 0xFFFF) % 1000)
    rows = []
    for count in range(number):
        moment = at - timedelta(seconds=count)
        id_ = id_at(moment)
        rows.append(
            {
                "id": id_,
                "author_id": author.id,
                "text": f"Post {count} " + "x" * 400,
                "html": f"<p>Post {count} " + "x" * 400 + "</p>",
                "renderer_version": 1,
                "visibility": Visibility.PUBLIC,
                "conversation_id": id_,
                "uri": f"http://localhost/posts/{id_}",
                "created_at": moment,
            }
        )
    db.session.execute(insert(Post), rows)
    db.session.commit()


def test_an_export_holds_every_post_of_the_member_whoever_may_see_it(contents, susan, john):
    for visibility in Visibility:
        make_post(susan, f"For {visibility} with #soup and @john", visibility=visibility)
    make_post(john, "Not mine")
    posts = json.loads(contents(susan)["data/posts.json"])

    assert [post["visibility"] for post in posts] == [*reversed([*Visibility])]
    assert [post["text"] for post in posts][-1] == "For public with #soup and @john"
    assert all(isinstance(post["id"], str) for post in posts)
    assert all((post["mentions"], post["tags"]) == (["john"], ["soup"]) for post in posts)


def test_an_export_tells_what_is_kept_about_the_member(contents, susan, john):
    make_follow(susan, john)
    make_follow(make_user("wren"), susan)
    sessions.start(susan, remembered=True, ip="192.0.2.7", user_agent="Firefox")
    accounts.update_profile(susan, "Susan", "Cooks #soup.")
    susan.credential.totp_enabled_at = utc_now()
    tag_follows.follow(susan, "bread")
    db.session.commit()
    found = contents(susan)

    account = json.loads(found["data/account.json"])
    assert account["email"] == "susan@mail.example"
    assert (account["display_name"], account["bio"]) == ("Susan", "Cooks #soup.")
    assert account["email_confirmed_at"]
    assert account["two_factor_since"]
    assert account["preferences"]["theme"] == "auto"
    assert account["preferences"]["keyboard_shortcuts"] is True
    assert account["home_read"] == {"up_to": None, "then_from": None, "down_to": None}
    [session] = json.loads(found["data/sessions.json"])
    assert (session["ip"], session["device"]) == ("192.0.2.7", "Firefox")
    assert [p["user_name"] for p in json.loads(found["data/following.json"])] == ["john"]
    assert [p["user_name"] for p in json.loads(found["data/followers.json"])] == ["wren"]
    [tag] = json.loads(found["data/followed_tags.json"])
    assert tag["name"] == "bread"


def test_an_export_tells_who_waits_to_follow(contents, susan, john):
    for follower, followed in ((susan, john), (make_user("wren"), susan)):
        make_follow(follower, followed)
    db.session.execute(update(Follow).values(state=FollowState.REQUESTED))
    db.session.commit()
    found = contents(susan)
    names = {
        name: [person["user_name"] for person in json.loads(found[f"data/{name}.json"])]
        for name in ("following", "followers", "requests_sent", "requests_received")
    }

    assert names == {
        "following": [],
        "followers": [],
        "requests_sent": ["john"],
        "requests_received": ["wren"],
    }


def test_an_export_holds_what_belongs_to_a_post(contents, susan, john):
    parent = make_post(john, "Soup?")
    post = make_post(susan, "First", reply_to=parent, warning="Food", language="en")
    make_picture(susan, post, "A <pot>")
    waiting = make_picture(susan, alt="A spoon")
    kept = [(each.id, "A pot") for each in edits.current(susan, post.id).pictures]
    edits.edit(susan, post.id, 0, Content("Second", language="en", pictures=kept, sensitive=True))
    reactions.pin(susan, post.id)
    drafts.keep(form_keys.make(susan.id), {"body": "Third"})
    db.session.commit()
    found = contents(susan)
    lists = {name: json.loads(found[f"data/{name}.json"]) for name in LISTS_OF_POSTS}

    [told] = lists["posts"]
    file = f"media/{post.id}-1.webp"
    assert told["pictures"] == [{"file": file, "alt": "A pot"}]
    assert (told["sensitive"], told["warning"], told["language"]) == (True, "", "en")
    assert (told["in_reply_to_user_name"], told["pinned"]) == ("john", 1)
    [former] = lists["former_versions"]
    assert (former["text"], former["warning"], former["version"]) == ("First", "Food", 0)
    assert (former["post_id"], former["alts"]) == (str(post.id), ["A <pot>"])
    assert [(each["file"], each["alt"]) for each in lists["pictures"]] == [
        (f"media/waiting-{waiting.id}.webp", "A spoon"),
        (file, "A pot"),
    ]
    assert [draft["fields"] for draft in lists["drafts"]] == [{"body": "Third"}]
    [page] = [text for name, text in found.items() if name.startswith("posts/")]
    assert f'<img src="../{file}" width="60" height="40" alt="A pot"' in page
    assert f'<a href="http://localhost/@john/{parent.id}"' in page


def test_former_versions_are_read_some_at_a_time_whatever_posts_they_are_of(
    susan, john, count_queries, monkeypatch
):
    monkeypatch.setattr(batches, "BATCH", 2)
    posts = [make_post(susan) for _ in range(3)]
    for author, post, number in [
        *((susan, post, 0) for post in posts),
        (susan, posts[1], 1),
        (john, make_post(john), 0),
    ]:
        edits.edit(author, post.id, number, Content(f"Edit {number}"))
    make_post(susan, "Not edited")
    count_queries.clear()

    found = [*chain.from_iterable(personal_posts.versions(susan))]

    first, second, third = (post.id for post in posts)
    assert [(each.post_id, each.version) for each in found] == [
        (third, 0),
        (second, 1),
        (second, 0),
        (first, 0),
    ]
    # The batch is full in the midst of a post; the last one tells that there are no more.
    assert len(count_queries) == 3


LISTS_OF_POSTS = ("posts", "former_versions", "pictures", "drafts")


def test_an_export_holds_the_files_of_pictures(make_export, susan, john):
    post = make_post(susan)
    for alt in ("A pot", "A spoon"):
        make_picture(susan, post, alt)
    gone = make_picture(susan)
    media_files.remove([gone.key])
    make_picture(john)
    for kind in portraits.KINDS:
        portraits.put(susan, kind, portraits.prepare(susan.id, kind, picture()))
    db.session.commit()
    with ZipFile(folder() / make_export(susan).file_name) as archive:
        media = [name for name in archive.namelist() if name.startswith("media/")]
        assert sorted(media) == [
            f"media/{post.id}-1.webp",
            f"media/{post.id}-2.webp",
            "media/avatar.webp",
            "media/header.webp",
        ]
        assert all(decoded(archive.read(name)).format == "WEBP" for name in media)
        account = json.loads(archive.read("data/account.json"))
        index = archive.read("index.html").decode()
    assert account["avatar"] == "media/avatar.webp"
    assert '<img src="media/avatar.webp"' in index


def test_an_export_tells_what_the_member_likes_keeps_and_reposts(contents, susan, john):
    post, hidden = make_post(john, "Soup"), make_post(john, "Secret @susan")
    for act in (reactions.like, reactions.bookmark, reposts.repost):
        for post_id in (post.id, hidden.id):
            act(susan, post_id)
    reactions.like(john, make_post(susan).id)
    db.session.commit()
    db.session.execute(
        update(Post)
        .where((Post.id == hidden.id) | (Post.repost_of_id == hidden.id))
        .values(visibility=Visibility.FOLLOWERS)
    )
    db.session.execute(delete(Mention))
    db.session.commit()
    found = contents(susan)

    for name in ("likes", "bookmarks", "reposts"):
        [told] = json.loads(found[f"data/{name}.json"])
        assert (told["uri"], told["user_name"]) == (post.uri, "john"), name
        assert told["since"]
    [own] = json.loads(found["data/posts.json"])
    assert own["likes"] == 1
    assert "Soup" not in "".join(found.values())


def test_an_export_tells_which_mails_went_where(contents, susan, john):
    outbox.write("email_changed", susan.credential, to="old@mail.example", old="x", new="y")
    outbox.write("two_factor_on", susan.credential)
    outbox.write("two_factor_on", john.credential)
    db.session.commit()
    mails = json.loads(contents(susan)["data/mails.json"])

    assert [(mail["kind"], mail["to"]) for mail in mails] == [
        ("two_factor_on", "susan@mail.example"),
        ("email_changed", "old@mail.example"),
    ]
    assert all(mail["written_at"] for mail in mails)


def test_reading_where_no_export_was_made_makes_no_folder(app):
    assert export_files.names() == set()
    export_files.sweep([])
    assert not folder().exists()


def test_an_export_of_nothing_is_whole(contents, susan):
    found = contents(susan)

    lists = ("posts", "former_versions", "pictures", "drafts", "reposts", "likes", "bookmarks")
    lists += ("following", "followers", "followed_tags", "requests_sent", "requests_received")
    lists += ("blocks", "mutes", "muted_conversations", "notifications", "conversations")
    for name in (*lists, "messages", "sessions", "mails"):
        assert f"data/{name}.json" in found["index.html"]
        assert json.loads(found[f"data/{name}.json"]) == []
    assert "No posts yet." in found["index.html"]


def test_an_export_holds_no_secrets(contents, susan):
    susan.credential.totp_seed = b"s" * 32
    token = sessions.start(susan, remembered=True, ip="192.0.2.7", user_agent="Firefox")
    text = "".join(contents(susan).values())

    assert "argon2" not in text
    assert "ssssssss" not in text
    assert token not in text
    assert "hash" not in text


def test_what_somebody_typed_is_escaped_wherever_it_stands(contents, susan):
    accounts.update_profile(susan, HOSTILE, HOSTILE)
    post = make_post(susan, HOSTILE)
    post.spoiler_text = HOSTILE
    susan.credential.email = f"{HOSTILE}@mail.example"
    db.session.commit()
    pages = {name: text for name, text in contents(susan).items() if name.endswith(".html")}

    assert len(pages) == 2
    for text in pages.values():
        assert "&gt;&lt;svg/onload=1&gt;{{7*7}}" in text
        assert "<svg" not in text
        assert "<script" not in text
        assert "49" not in text.replace(post.uri, "").split("{{7*7}}")[0][-9:]


def test_links_to_the_site_lead_there_from_anywhere(contents, susan, john):
    text = '@john href="/not-a-link #soup'
    make_post(susan, text)
    found = contents(susan)
    [page] = [text for name, text in found.items() if name.startswith("posts/")]
    [post] = json.loads(found["data/posts.json"])

    for html in (page, post["html"]):
        assert '<a class="mention" href="http://localhost/@john" dir="ltr">' in html
        assert '<a class="hashtag" href="http://localhost/tags/soup">' in html
        assert 'href="/not-a-link' in html
    assert post["text"] == text


def test_every_link_between_the_pages_leads_to_a_page(contents, susan):
    write_many(susan, 501)
    write_many(susan, 1, datetime(2026, 2, 1, tzinfo=UTC))
    found = contents(susan)

    months = [name for name in found if name.startswith("posts/")]
    assert months == ["posts/2026-03.html", "posts/2026-03-2.html", "posts/2026-02.html"]
    for name in months:
        assert f'href="{name}"' in found["index.html"]
    assert "500 posts" in found["index.html"]
    middle = found["posts/2026-03-2.html"]
    assert 'href="../posts/2026-03.html"' in middle
    assert 'href="../posts/2026-02.html"' in middle
    assert sum(text.count("<article") for text in found.values()) == 502


def test_the_pages_speak_the_language_and_keep_the_time_of_the_member(contents, susan):
    susan.credential.locale = "es"
    susan.credential.time_zone = "Asia/Seoul"
    make_post(susan, at=datetime(2026, 3, 31, 20, tzinfo=UTC))
    found = contents(susan)

    assert '<html lang="es"' in found["index.html"]
    # There it is April already.
    assert "abril de 2026" in found["posts/2026-04.html"]


def test_a_member_has_one_export_in_the_making(request_export, susan, john):
    request_export(susan)

    with pytest.raises(AlreadyQueued):
        exports.request(susan)
    assert exports.request(john)


def test_of_many_requests_at_once_one_counts(app, susan):
    def ask() -> None:
        with app.app_context():
            exports.request(susan)
            db.session.commit()

    outcomes = together([ask] * 20)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == (
        ["AlreadyQueued"] * 19 + ["NoneType"]
    )
    assert db.session.scalars(select(Export.state)).all() == [ExportState.PENDING]


def test_only_its_member_gets_an_export(make_export, susan, john):
    export = make_export(susan)

    assert exports.ready(susan, export.id)
    for user, export_id in ((john, export.id), (susan, export.id + 1)):
        with pytest.raises(NotFound):
            exports.ready(user, export_id)
        with pytest.raises(NotFound):
            exports.discard(user, export_id)


def test_only_the_application_may_read_the_files(make_export, susan):
    export = make_export(susan)

    assert folder().stat().st_mode & 0o777 == 0o700
    path = folder() / export.file_name
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size == export.size > 0


def test_the_member_is_told_once(make_export, susan, mailbox):
    export = make_export(susan)
    [message] = mailbox.receive() or mailbox.server.messages

    assert message["To"] == "susan@mail.example"
    assert mailbox.link(message) == f"/settings/data/exports/{export.id}"


def test_who_wants_no_mail_gets_none(make_export, susan):
    susan.credential.unwanted_mails = ["export_ready"]
    make_export(susan)

    assert db.session.scalars(select(Email.kind)).all() == []


def test_an_export_goes_after_a_week(make_export, run_jobs, susan):
    export = make_export(susan)
    assert export.expires_at - utc_now() > timedelta(days=6, hours=23)
    with time_machine.travel(utc_now() + timedelta(days=7, minutes=1), tick=True):
        with pytest.raises(NotFound):
            exports.ready(susan, export.id)
        assert exports.listed(susan) == []
        assert files() == [export.file_name]

        jobs.enqueue("sweep_exports")
        run_jobs()

    assert files() == []
    assert db.session.scalars(select(Export)).all() == []


def test_the_sweep_keeps_what_is_wanted_and_being_written(make_export, run_jobs, susan):
    export = make_export(susan)
    for name, hours in (("orphan.zip", 0), ("a.zip.1.part", 1), ("b.zip.2.part", 4)):
        path = leave(name)
        at = path.stat().st_mtime - hours * 3600
        os.utime(path, (at, at))
    jobs.enqueue("sweep_exports")
    run_jobs()

    assert files() == sorted([export.file_name, "a.zip.1.part"])


def test_a_full_disk_fails_an_export_and_leaves_no_half_file(
    request_export, run_jobs, susan, monkeypatch
):
    request_export(susan)
    open_file = os.open

    def open_on_full_disk(path, flags, mode=0o777, **more) -> int:
        if str(path).endswith(".part"):
            # The device that is always full.
            os.symlink("/dev/full", path)
            flags &= ~(os.O_EXCL | os.O_CREAT)
        return open_file(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", open_on_full_disk)
    run_jobs()

    [export] = exports.listed(susan)
    assert export.state is ExportState.FAILED
    assert files() == []
    [job] = jobs.listed(JobState.DEAD)
    assert job.error == "the export cannot be written: No space left on device"
    assert db.session.scalars(select(Email)).all() == []


def test_after_a_failure_one_can_ask_again(request_export, make_export, susan):
    failed_id = request_export(susan)
    exports.note_failed(failed_id)
    db.session.execute(update(Job).values(state=JobState.DEAD))
    export = make_export(susan)

    assert [found.id for found in exports.listed(susan)] == [export.id]


def test_a_worker_killed_at_any_moment_leaves_one_whole_file(app, request_export, run_jobs, susan):
    make_post(susan, "Hello #soup")
    was_killed = True
    moment = 0
    while was_killed:
        moment += 1
        export_id = request_export(susan)
        was_killed = kill_a_worker(app, moment)
        run_jobs()

        export = exports.ready(susan, export_id)
        assert files() == [export.file_name], moment
        with ZipFile(folder() / export.file_name) as archive:
            assert json.loads(archive.read("data/posts.json"))[0]["text"] == "Hello #soup"
        mails = db.session.scalar(select(func.count()).select_from(Email))
        assert mails == moment, moment
        (folder() / export.file_name).unlink()
        db.session.commit()
    assert moment > 20


def test_what_a_killed_run_left_is_gone_after_the_next(request_export, run_jobs, susan):
    export_id = request_export(susan)
    name = db.session.scalar(select(Export.file_name).where(Export.id == export_id))
    leave(f"{name}.dead.part")
    run_jobs()

    assert files() == [name]


def test_an_export_taken_back_meanwhile_is_not_kept(request_export, run_jobs, susan, monkeypatch):
    request_export(susan)
    write = archives.write

    def write_and_take_back(*arguments) -> None:
        write(*arguments)
        exports.end_pending(susan.id)

    monkeypatch.setattr(archives, "write", write_and_take_back)
    run_jobs()

    assert files() == []
    assert db.session.scalars(select(Email)).all() == []


def test_nothing_is_written_for_somebody_suspended(request_export, run_jobs, susan):
    request_export(susan)
    suspensions.suspend(susan)
    run_jobs()

    assert files() == []
    assert db.session.scalars(select(Export)).all() == []


def test_progress_only_grows(request_export, run_jobs, susan, monkeypatch):
    write_many(susan, 1_100)
    susan.posts_count = 1_100
    request_export(susan)
    seen = []
    monkeypatch.setattr("app.jobs.exports.report", lambda *said: seen.append(said))
    run_jobs()

    percents = [percent for percent, _ in seen]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1] > 90, percents[-1] < 100) == (0, True, True)
    assert {part for _, part in seen} == {"posts", "pages"}


def test_progress_can_be_read_while_it_grows(app, request_export, susan):
    write_many(susan, 600)
    susan.posts_count = 600
    request_export(susan)
    assert exports.progress(susan) == (0, "")
    moment = 0
    while exports.progress(susan).percent < 50:
        moment += 1
        assert kill_a_worker(app, moment)
        db.session.execute(update(Job).values(attempts=0))
        db.session.commit()

    assert exports.progress(susan).text == "pages"


def write_archive(user) -> int:
    """Write somebody's export into nothing; return the most memory that took, in bytes."""
    tracemalloc.start()
    archives.write(Nowhere(), user, lambda *_: None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


class Nowhere(io.BytesIO):
    """A file that takes everything and keeps nothing."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation

    def write(self, data) -> int:
        return len(data)


def test_memory_does_not_grow_with_the_posts(owner, susan, john):
    write_many(owner, 10)
    write_many(susan, 1_500)
    write_many(john, 3_000)
    write_archive(owner)

    # Three pages of posts at a time, however many there are.
    assert write_archive(john) < 1.3 * write_archive(susan)


def test_time_grows_with_the_posts_and_no_faster(app, owner):
    people = {}
    for number in (400, 1_600):
        people[number] = make_user()
        write_many(people[number], number)

    def work(number) -> None:
        archives.write(Nowhere(), people[number], lambda *_: None)

    assert is_linear(work, 400)
