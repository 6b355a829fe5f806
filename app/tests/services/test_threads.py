"""Conversations, against a model of them that is too slow to be wrong."""

import re

import pytest
from sqlalchemy import event, text

from app.extensions import db
from app.models import Visibility
from app.models.base import utc_now
from app.services import posts, threads
from app.services.errors import NotFound
from app.services.thread_places import CANDIDATES, DESCENDANTS
from app.tests.factories import make_post
from app.tests.threads import Model, grow, outline, pages, plant

PAGE_SIZE = 5


@pytest.fixture
def small_pages(make_app):
    """Be in an application whose pages are short."""
    with make_app(PAGE_SIZE=PAGE_SIZE).app_context():
        yield
        db.session.rollback()


def delete(post, author):
    posts.delete(author, post.id)
    db.session.commit()


@pytest.mark.parametrize("seed", range(4))
def test_every_page_of_a_conversation_is_what_the_model_says(susan, john, small_pages, seed):
    planted = plant(susan, *grow(seed, 60))
    model = Model(planted, PAGE_SIZE)
    for id_ in model.shown():
        after = 0
        for found in pages(lambda after, id_=id_: threads.conversation(john, id_, after=after)):
            above, is_hidden, has_earlier = model.above(id_)
            assert [row and row.id for row in found.ancestors] == above
            assert (found.is_hidden_above, found.has_earlier) == (is_hidden, has_earlier)
            branches, following = model.page(id_, after)
            assert [outline(branch) for branch in found.replies] == branches
            assert found.after == following
            after = found.after


@pytest.mark.parametrize("reader", ["nobody", "author"])
def test_the_author_sees_what_is_hidden_from_others(susan, small_pages, reader):
    root, hidden, under = plant(susan, [None, 0, 1], ["shown", "hidden", "shown"])
    viewer = susan if reader == "author" else None

    replies = threads.conversation(viewer, root.id).replies
    below = threads.conversation(viewer, under.id)

    assert [branch.id for branch in replies] == ([hidden.id] if viewer else [])
    assert below.is_hidden_above is (viewer is None)
    assert len(below.ancestors) == (2 if viewer else 0)


def test_a_tombstone_stands_as_long_as_something_below_it_does(susan, john):
    root = make_post(susan)
    reply = make_post(john, reply_to=root)
    answer = make_post(susan, reply_to=reply)
    delete(reply, john)

    (gone,) = threads.conversation(None, root.id).replies
    assert (gone.id, gone.row) == (reply.id, None)
    assert [branch.id for branch in gone.replies] == [answer.id]
    assert threads.conversation(None, answer.id).ancestors[-1] is None

    delete(answer, susan)
    assert threads.conversation(None, root.id).replies == []


def test_what_the_suspended_wrote_is_left_out_with_what_is_below_it(susan, john):
    root = make_post(susan)
    reply = make_post(john, reply_to=root)
    answer = make_post(susan, reply_to=reply)
    john.suspended_at = utc_now()
    db.session.commit()

    assert threads.conversation(susan, root.id).replies == []
    assert threads.conversation(susan, answer.id).is_hidden_above


@pytest.mark.parametrize("kind", ["deleted", "hidden", "missing"])
def test_there_is_no_conversation_around_what_one_may_not_see(susan, john, kind):
    visibility = Visibility.DIRECT if kind == "hidden" else Visibility.PUBLIC
    post = make_post(susan, visibility=visibility)
    make_post(susan, reply_to=post)
    if kind == "deleted":
        delete(post, susan)

    with pytest.raises(NotFound):
        threads.conversation(john, 1 if kind == "missing" else post.id)


@pytest.mark.parametrize("kind", ["living", "elsewhere", "above nothing", "above what is hidden"])
def test_replies_below_are_those_to_a_tombstone_of_the_conversation(susan, kind):
    parents, states = [None, 0, 0, 2, 0, 0, 5], ["shown", "shown", "gone", "shown", "gone", "gone"]
    root, living, gone, under, bare, above_hidden, _ = plant(susan, parents, [*states, "hidden"])
    _other, elsewhere, _ = plant(susan, [None, 0, 1], ["shown", "gone", "shown"])

    (branch,) = threads.conversation(None, root.id, below=gone.id).replies
    assert branch.id == under.id
    below = {
        "living": living,
        "elsewhere": elsewhere,
        "above nothing": bare,
        "above what is hidden": above_hidden,
    }
    with pytest.raises(NotFound):
        threads.conversation(None, root.id, below=below[kind].id)


@pytest.mark.parametrize("state", ["gone", "hidden"])
def test_behind_a_crowd_that_is_not_shown_the_pages_go_on(susan, small_pages, state):
    crowd = 2 * CANDIDATES * (PAGE_SIZE + 1)
    parents, states = [None, *[0] * crowd, 0], ["shown", *[state] * crowd, "shown"]
    planted = plant(susan, parents, states)

    found = [*pages(lambda after: threads.conversation(None, planted[0].id, after=after))]

    assert [[branch.id for branch in page.replies] for page in found] == [[], [], [planted[-1].id]]
    [branch] = threads.conversation(None, planted[0].id, after=planted[-2].id).replies
    assert not branch.has_more


def test_a_tombstone_above_a_crowd_stays(susan):
    """What is below it is not looked for to the end."""
    few, many = DESCENDANTS - 2, DESCENDANTS
    parents = [None, 0, *[1] * few, 0, *[few + 2] * many]
    states = ["shown", "gone", *["hidden"] * few, "gone", *["hidden"] * many]
    planted = plant(susan, parents, states)

    [branch] = threads.conversation(None, planted[0].id).replies

    assert branch.id == planted[few + 2].id
    assert branch.row is None
    assert branch.replies == []
    assert branch.has_more


def test_no_statement_of_a_page_looks_through_all_posts(susan, database_kind):
    """With as many tombstones as were enough to hold up a page for seconds."""
    parents = [None, *[0] * 80, *(1 + number % 80 for number in range(1500))]
    planted = plant(susan, parents, ["shown", *["gone"] * 1580])
    if database_kind == "postgresql":
        db.session.execute(text("ANALYZE posts"))
        db.session.commit()
    plans = []

    def explain(connection, _cursor, _prepared, parameters, context, _many) -> None:
        statement = context.statement
        if statement.startswith("WITH"):
            raw = connection.connection.cursor()
            start = "EXPLAIN " if database_kind == "postgresql" else "EXPLAIN QUERY PLAN "
            raw.execute(start + statement, parameters)
            plans.append("\n".join(str(row[-1]) for row in raw.fetchall()))
            raw.close()

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        threads.conversation(None, planted[0].id)
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)

    [plan] = plans
    assert "ix_posts_in_reply_to_id_id" in plan
    # Those that were found may be put beside the whole table, once.
    scans = re.findall(r"Seq Scan on posts (?!reply\b).*|SCAN (?:posts|child|gone|seen)\b.*", plan)
    assert scans == []


def test_above_ten_tombstones_is_one_that_has_a_page(susan):
    states = ["shown", "shown", *["gone"] * 12, "shown"]
    line = plant(susan, [None, *range(14)], states)

    found = threads.conversation(None, line[-1].id)

    assert [row and row.id for row in found.ancestors] == [line[1].id, *[None] * 12]
    assert found.has_earlier


def test_a_page_stays_as_it_is_while_others_reply(susan, small_pages):
    root = plant(susan, [None, *[0] * 12], ["shown"] * 13)[0]
    first, second, third = pages(lambda after: threads.conversation(None, root.id, after=after))

    make_post(susan, reply_to=root)

    again = [*pages(lambda after: threads.conversation(None, root.id, after=after))]
    assert [page.replies for page in again[:2]] == [first.replies, second.replies]
    assert len(again[2].replies) == len(third.replies) + 1
