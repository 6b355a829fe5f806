"""Deleting accounts: hidden at once, kept for a while, then gone from every column."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import delete, event, func, select, text, update

from app.extensions import db, settings
from app.jobs.deletions import erase_account
from app.models import (
    Base,
    Bookmark,
    Email,
    Export,
    Follow,
    FollowState,
    Job,
    JobState,
    Like,
    OneTimeToken,
    Post,
    Purpose,
    Role,
    Tag,
    Translation,
    User,
    UserSession,
    Visibility,
)
from app.models.base import utc_now
from app.services import (
    accounts,
    addresses,
    deletions,
    drafts,
    edits,
    exports,
    follows,
    form_keys,
    jobs,
    names,
    outbox,
    portraits,
    posts,
    reactions,
    recovery_codes,
    reposts,
    roles,
    sessions,
    signing_in,
    suggestions,
    suspensions,
    tag_follows,
    timelines,
    tokens,
    usernames,
    users,
)
from app.services.contents import Content
from app.services.errors import AlreadyQueued, NotFound, OwnerMustStay, UsernameTaken
from app.services.signing_in import Browser
from app.tests.client import Client
from app.tests.dying import kill_a_worker
from app.tests.factories import PASSWORD, make_follow, make_post, make_user
from app.tests.growth import is_linear
from app.tests.pictures import make_picture, picture
from app.tests.together import together


@pytest.fixture
def wren(owner):
    """Return somebody with a name that is in no other word."""
    return make_user("wrenfield", email="wren.field@mail.example")


def schedule(user) -> None:
    deletions.schedule(user)
    db.session.commit()


def make_due(user) -> None:
    deletions.schedule_now(user)
    db.session.commit()


def fresh(user) -> User:
    db.session.expire_all()
    found = db.session.get_one(User, user.id)
    db.session.commit()
    return found


def shown(find, *arguments) -> list[str]:
    """Return the user names in a list."""
    found = find(*arguments)
    db.session.commit()
    return [row.username for row in getattr(found, "items", found)]


def suggested(viewer, limit) -> list[users.PersonRow]:
    return [row.person for row in suggestions.listed(viewer, limit)]


def erase(user) -> None:
    """Erase an account as its job does."""
    make_due(user)
    erase_account(user.id)
    db.session.commit()


def as_text(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else repr(value)


def everything() -> str:
    """Return all that is in the database, as a dump would; on SQLite, what FTS5 keeps, too."""
    cells = []
    names = [table.name for table in Base.metadata.sorted_tables]
    if db.engine.dialect.name == "sqlite":
        tables = text("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [*db.session.scalars(tables)]
    for name in names:
        for row in db.session.execute(text(f"SELECT * FROM {name}")):
            cells += [f"{name}: {as_text(value)}" for value in row]
    db.session.commit()
    return "\n".join(cells).lower()


def test_a_deletion_is_30_days_ahead_and_ends_what_is_open(susan, john):
    for user in (susan, john):
        sessions.start(user, remembered=True, ip="192.0.2.7", user_agent="Firefox")
        tokens.issue(user.id, Purpose.CONFIRM_EMAIL, timedelta(days=1), email="a@b.example")
        exports.request(user)
    at = deletions.schedule(susan)
    db.session.commit()

    assert timedelta(days=29, hours=23) < at - utc_now() < timedelta(days=30)
    assert fresh(susan).deletion_at == at
    for model in (UserSession, OneTimeToken, Export):
        assert db.session.scalars(select(model.user_id)).all() == [john.id]


def test_a_deletion_is_told_by_mail(susan, mailbox):
    schedule(susan)
    [message] = mailbox.receive()

    assert message["To"] == "susan@mail.example"


def test_the_owner_cannot_leave(owner):
    with pytest.raises(OwnerMustStay):
        deletions.schedule(owner)

    assert fresh(owner).deletion_at is None


def test_who_becomes_owner_in_that_moment_cannot_leave(owner, susan):
    roles.assign(susan, Role.OWNER)
    db.session.flush()
    assert susan.role is Role.MEMBER

    with pytest.raises(OwnerMustStay):
        deletions.schedule(susan)


def test_who_left_is_in_no_list(app, susan, john):
    make_follow(susan, john)
    make_follow(john, susan)
    post = make_post(susan, "My #soup for @john")
    make_post(john, "Mine for @susan")
    lists = {
        "followers": (users.followers, None, john.id),
        "following": (users.following, None, john.id),
        "suggestions": (suggested, make_user("third"), 10),
        "home": (timelines.home, john),
        "explore": (timelines.explore, None),
        "author": (timelines.by_author, None, susan.id),
        "tag": (timelines.by_tag, None, "soup"),
    }
    for name, ask in lists.items():
        assert "susan" in shown(*ask), name

    schedule(susan)
    for name, ask in lists.items():
        assert "susan" not in shown(*ask), name
    visitor = Client(app)
    for path in ("/@susan", f"/@susan/{post.id}", "/@susan/followers"):
        assert visitor.get(path).status_code == 404, path
    with pytest.raises(NotFound):
        users.find("susan")
    assert "mention" not in posts.publish(john, Content("Where is @susan?")).html
    db.session.rollback()

    Client(app).sign_in("susan")
    for name, ask in lists.items():
        assert "susan" in shown(*ask), name
    assert visitor.get(f"/@susan/{post.id}").status_code == 200


def test_signing_in_calls_the_deletion_off(app, susan):
    schedule(susan)
    browser = Client(app)
    browser.get("/auth/login")
    browser.post("/auth/login", {"username": "susan", "password": PASSWORD})

    assert "Your account will not be deleted." in browser.get("/").text
    assert fresh(susan).deletion_at is None
    assert browser.get("/@susan").status_code == 200


def test_nothing_is_erased_before_its_time(run_jobs, susan):
    schedule(susan)
    with time_machine.travel(utc_now() + timedelta(days=29, hours=23), tick=True):
        jobs.enqueue("erase_due_accounts")
        jobs.enqueue("erase_account", user_id=susan.id)
        run_jobs()

        assert fresh(susan).username == "susan"


def test_what_is_due_is_erased_by_itself(app, run_jobs, susan, john):
    schedule(susan)
    with time_machine.travel(utc_now() + timedelta(days=30, minutes=1), tick=True):
        jobs.enqueue("erase_due_accounts")
        run_jobs()

        left = fresh(susan)
        assert left.username == names.erased(susan.id)
        assert left.erased_at is not None
        assert left.deletion_at is None
        assert fresh(john).username == "john"
        assert Client(app).sign_in("susan").status_code == 422


def test_a_dump_is_free_of_who_was_erased(app, run_jobs, mailbox, susan, wren):
    for folder in ("exports", "media"):
        shutil.rmtree(settings.INSTANCE_PATH / folder, ignore_errors=True)
    accounts.update_profile(wren, "Wren Displayname", "A biographic sentence")
    wren.credential.totp_seed = b"wrenseed" * 4
    recovery_codes.replace(wren)
    tokens.issue(wren.id, Purpose.CONFIRM_EMAIL, timedelta(days=1), email="wren.next@mail.example")
    addresses.tell_owner("susan@mail.example", besides=wren.id, username="wrenfield")
    make_follow(wren, susan)
    make_follow(susan, wren)
    for visibility in Visibility:
        post = make_post(wren, f"Words of {visibility} #onlyword #soup @susan")
        post.visibility, post.language = visibility, "xx-wren"
        post.spoiler_text = "A warning word"
    with_picture = make_picture(wren, post, "An altword")
    edits.edit(wren, post.id, 0, Content("Words again", pictures=[(with_picture.id, "A pictured")]))
    db.session.add(
        Translation(
            post_id=post.id, language="es", version=0, html="<p>translatedword</p>", provider="x"
        )
    )
    drafts.keep(form_keys.make(wren.id), {"body": "A draftword"})
    make_picture(wren, alt="A waitingword")
    portraits.put(wren, "avatar", portraits.prepare(wren.id, "avatar", picture()))
    make_post(susan, "Words by susan #soup")
    usernames.rename(wren, "wrenfields")
    db.session.commit()
    Client(app, "192.0.2.77").sign_in("wrenfields")
    exports.request(wren)
    jobs.enqueue("nonsense", email="wren.field@mail.example", unique_key="given-up")
    run_jobs()
    db.session.execute(update(Job).values(state=JobState.DEAD))
    db.session.commit()
    words = ("wren", "displayname", "biographic", "words of", "onlyword", "warning", "192.0.2.77")
    words += ("words again", "altword", "pictured", "translatedword", "draftword", "waitingword")
    before = everything()
    assert all(word in before for word in words)

    erase(wren)
    after = everything()

    assert [word for word in words if word in after] == []
    assert "words by susan" in after
    assert "soup" in after
    assert not list((settings.INSTANCE_PATH / "exports").glob("*"))
    assert len(files_of_pictures()) == 5
    run_jobs()
    assert files_of_pictures() == []


def files_of_pictures() -> list[Path]:
    return [path for path in (settings.INSTANCE_PATH / "media").rglob("*") if path.is_file()]


def test_mail_is_forgotten_without_a_look_at_all_of_it(susan):
    outbox.write("two_factor_on", susan.credential)
    make_due(susan)
    plans = []

    def explain(connection, _cursor, statement, parameters, *_rest) -> None:
        if statement.startswith("DELETE FROM emails"):
            raw = connection.connection.cursor()
            if db.engine.dialect.name == "postgresql":
                # Of a few rows, it would not use any index.
                raw.execute("SET LOCAL enable_seqscan = off")
                raw.execute("EXPLAIN " + statement, parameters)
            else:
                raw.execute("EXPLAIN QUERY PLAN " + statement, parameters)
            plans.append(str(raw.fetchall()))
            raw.close()

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        deletions.begin(susan.id)
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)

    indexes = ("ix_emails_user_id", "ix_emails_about_id", "ix_emails_recipient_created_at")
    for plan, index in zip(plans, indexes, strict=True):
        assert index in plan


def test_mail_that_names_somebody_goes_with_them_whatever_their_address_is_now(susan, wren):
    addresses.tell_owner("susan@mail.example", besides=wren.id, username="wrenfield")
    outbox.write("two_factor_on", susan.credential)
    wren.credential.email = "elsewhere@mail.example"
    db.session.commit()
    erase(wren)

    assert db.session.scalars(select(Email.kind)).all() == ["two_factor_on"]


def test_tombstones_stay_where_posts_stood(susan, john):
    post_id = make_post(susan, "Words").id
    erase(susan)

    post = db.session.get(Post, post_id)
    assert (post.text, post.html, post.author_id) == ("", "", susan.id)
    assert post.deleted_at is not None
    with pytest.raises(NotFound):
        timelines.one(susan, post_id)


def test_what_others_wrote_about_them_stays(susan, john):
    make_post(john, "I miss @susan")
    erase(susan)

    [row] = timelines.explore(None).items
    assert "I miss" in row.html


def test_the_counts_of_others_stay_right(susan, john, wren):
    third = make_user("third")
    for follower, followed in ((susan, john), (john, susan), (susan, wren), (third, susan)):
        make_follow(follower, followed)
    make_follow(third, john)
    db.session.add(Follow(follower_id=susan.id, followed_id=third.id, state=FollowState.REQUESTED))
    db.session.commit()
    erase(susan)

    counts = {
        user.username: (fresh(user).following_count, fresh(user).followers_count)
        for user in (john, wren, third)
    }
    assert counts == {"john": (0, 1), "wrenfield": (0, 0), "third": (1, 0)}
    assert (fresh(susan).posts_count, fresh(susan).followers_count) == (0, 0)
    [left] = db.session.scalars(select(Follow))
    assert (left.follower_id, left.followed_id) == (third.id, john.id)


def test_the_counts_of_others_posts_stay_right(susan, john, wren):
    post, other = make_post(john, "Soup?"), make_post(susan, "Bread?")
    for person in (susan, wren):
        reactions.like(person, post.id)
        reposts.repost(person, post.id)
    for liked in (post, other):
        reactions.like(john, liked.id)
        reactions.bookmark(susan, liked.id)
    reposts.repost(john, other.id)
    make_post(susan, "Yes", reply_to=post)
    hidden = make_post(susan, "No", reply_to=post, visibility=Visibility.DIRECT)
    make_post(wren, "Perhaps", reply_to=post)
    make_post(john, "Why?", reply_to=other)
    posts.delete(susan, hidden.id)
    db.session.commit()
    erase(susan)

    counts = select(Post.likes_count, Post.reposts_count, Post.replies_count)
    assert db.session.execute(counts.where(Post.id == post.id)).one() == (2, 1, 1)
    assert db.session.execute(counts.where(Post.id == other.id)).one() == (0, 0, 1)
    left = db.session.execute(select(Like.user_id, Like.post_id)).all()
    assert sorted(left) == sorted([(wren.id, post.id), (john.id, post.id)])
    assert db.session.scalars(select(Bookmark)).all() == []
    reposters = db.session.scalars(select(Post.author_id).where(Post.repost_of_id.is_not(None)))
    assert reposters.all() == [wren.id]
    assert fresh(john).posts_count == 2


def test_more_than_a_batch_is_erased(susan, john, monkeypatch):
    monkeypatch.setattr(deletions, "BATCH", 3)
    for number in range(7):
        make_post(susan, f"Post {number} #tag{number}")
        make_follow(make_user(f"follower{number}"), susan)
        for act in (reactions.like, reposts.repost):
            act(susan, make_post(john).id)
    tag_follows.follow(susan, "tag1")
    tag_follows.follow(susan, "tag_that_only_susan_follows")
    erase(susan)

    assert db.session.scalars(select(Like)).all() == []
    db.session.execute(delete(Post).where(Post.author_id == john.id))
    assert set(db.session.scalars(select(Post.text))) == {""}
    assert db.session.scalars(select(Tag)).all() == []
    assert db.session.scalars(select(Follow)).all() == []
    assert db.session.scalar(select(func.sum(User.following_count))) == 0


def test_nobody_gets_the_names_of_who_was_erased(susan):
    usernames.rename(susan, "wren")
    db.session.commit()
    erase(susan)

    for name in ("susan", "Wren"):
        with pytest.raises(UsernameTaken):
            accounts.register(name, "next@mail.example", PASSWORD)
        with pytest.raises(NotFound) as caught:
            users.find(name)
        assert type(caught.value) is NotFound


def test_the_address_of_who_was_erased_can_have_a_new_account(susan):
    erase(susan)

    assert make_user("again", email="susan@mail.example").credential.email_claimed


def test_names_like_those_of_the_erased_are_kept_back(susan):
    for name in ("deleted_x", "Deleted_1", names.erased(susan.id)):
        with pytest.raises(names.InvalidName):
            names.check(name)
    names.check("deletes_things")


def test_signing_in_afterwards_fails_like_with_any_unknown_name(app, susan):
    erase(susan)
    unknown = Client(app).sign_in("nobody_at_all")
    for login in ("susan", "susan@mail.example", names.erased(susan.id)):
        response = Client(app).sign_in(login)
        assert response.status_code == unknown.status_code == 422
        assert "User name, e-mail or password is not right." in response.text


def test_a_suspended_member_is_erased_too(susan):
    post_id = make_post(susan, "Words").id
    suspensions.suspend(susan)
    erase(susan)

    assert db.session.get(Post, post_id).text == ""
    assert fresh(susan).suspended_at is None


def test_nothing_shows_while_the_erasure_is_at_work(susan):
    make_post(susan, "Words")
    make_due(susan)
    assert deletions.begin(susan.id)
    db.session.commit()

    assert timelines.explore(None).items == []
    assert timelines.by_author(None, susan.id).items == []


def test_erasing_twice_changes_nothing_more(susan, john):
    make_follow(john, susan)
    erase(susan)
    before = everything()
    erase_account(susan.id)
    db.session.commit()

    assert everything() == before


def test_two_that_erase_at_once_do_no_harm(app, susan, john):
    for number in range(20):
        make_post(susan, f"Post {number} #tag{number % 3}")
        make_follow(make_user(f"follower{number}"), susan)
    make_due(susan)

    def work() -> None:
        with app.app_context():
            erase_account(susan.id)
            db.session.commit()

    outcomes = together([work, work, work])

    assert [outcome for outcome in outcomes if outcome is not None] == []
    assert set(db.session.scalars(select(Post.text))) == {""}
    assert set(db.session.scalars(select(User.following_count))) == {0}
    assert fresh(susan).deletion_at is None


def test_a_worker_killed_at_any_moment_erases_all_in_the_end(app, owner, run_jobs, monkeypatch):
    monkeypatch.setattr(deletions, "BATCH", 2)
    moment = 0
    was_killed = True
    while was_killed:
        moment += 1
        victim, friend = make_user(), make_user()
        make_follow(friend, victim)
        make_follow(victim, friend)
        for number in range(3):
            make_post(victim, f"Words #tag{number}")
        make_due(victim)
        jobs.enqueue("erase_account", user_id=victim.id)
        db.session.commit()
        was_killed = kill_a_worker(app, moment)
        run_jobs()

        left = fresh(victim)
        assert (left.deletion_at, left.username) == (None, names.erased(victim.id)), moment
        assert set(db.session.scalars(select(Post.text))) == {""}
        other = fresh(friend)
        assert (other.following_count, other.followers_count) == (0, 0), moment
    assert moment > 10


def test_signing_in_as_the_erasure_begins_one_wins(app, owner, run_jobs):
    outcomes = set()
    for _ in range(10):
        user = make_user()
        make_post(user, "Words")
        make_due(user)
        browser = Client(app)
        browser.get("/auth/login")
        fields = {"username": user.username, "password": PASSWORD}

        def work(user_id=user.id) -> None:
            with app.app_context():
                erase_account(user_id)
                db.session.commit()

        def sign_in(browser=browser, fields=fields) -> int:
            return browser.post("/auth/login", fields).status_code

        _, status = together([work, sign_in])
        left = fresh(user)
        is_kept = left.erased_at is None
        outcomes.add(is_kept)
        assert status in ({303} if is_kept else {404, 422})
        words = "Words" if is_kept else ""
        assert db.session.scalar(select(Post.text).where(Post.author_id == user.id)) == words
        sessions_left = db.session.scalars(
            select(UserSession.id).where(UserSession.user_id == user.id)
        ).all()
        assert bool(sessions_left) == is_kept
        db.session.commit()


def test_who_signs_in_a_moment_too_late_is_refused(app, susan):
    make_due(susan)
    loaded = signing_in.authenticate("susan", PASSWORD)
    db.session.commit()

    def work() -> None:
        with app.app_context():
            erase_account(susan.id)
            db.session.commit()

    together([work])
    with pytest.raises(NotFound):
        signing_in.note_sign_in(loaded, Browser("Firefox on Linux", "192.0.2.1", is_known=True))


def test_an_export_can_be_asked_for_again_after_coming_back(app, run_jobs, susan):
    exports.request(susan)
    db.session.commit()
    schedule(susan)
    Client(app).sign_in("susan")
    with pytest.raises(AlreadyQueued):
        exports.request(susan)
    db.session.rollback()
    run_jobs()

    assert exports.request(fresh(susan))


def test_time_grows_with_the_posts_and_no_faster(app, owner):
    def work(number) -> None:
        user = make_user()
        for count in range(number):
            posts.publish(user, Content(f"Post {count}"))
        started.append(user)
        db.session.commit()

    started: list[User] = []
    for number in (50, 200):
        for _ in range(3):
            work(number)
    waiting = {50: started[:3], 200: started[3:]}
    for user in started:
        make_due(user)

    def erase_one(number) -> None:
        erase_account(waiting[number].pop().id)
        db.session.commit()

    assert is_linear(erase_one, 50)


def test_a_hidden_person_cannot_be_followed(susan, john):
    schedule(susan)
    with pytest.raises(NotFound):
        follows.follow(john, users.find("susan"))
