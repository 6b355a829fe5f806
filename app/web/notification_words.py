"""What a group of notifications says, and where it leads: the same on the page and in mails.

Whole sentences for each case, since other languages put their words in another order.
"""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from app.models import NotificationKind, User
from app.services.notification_rows import MAX_COUNT, NotificationRow
from app.services.notification_visibility import MENTIONS, REACTIONS
from app.services.users import PersonRow

# What is liked or reposted may be a post or a reply; of the other kinds it does not matter.
Event = tuple[NotificationKind, bool]

# Left in its place: a name is filled in when the words around it are escaped.
NAME = "%(name)s"


def sentence(row: NotificationRow, shown: Callable[[PersonRow], Markup]) -> Markup:
    """Return who did what, such as "Wren and 3 others liked your post".

    :param shown: returns the name of somebody, marked up as it is to be shown
    """
    event = (row.kind, row.is_about_reply and (row.kind, True) in _ONE)
    newest = shown(row.people[0])
    if row.people_count == 1:
        return _filled(_ONE[event](), name=newest)
    # Two are both named; of more, the newest.
    if row.people_count == 2:
        return _filled(_TWO[event](), name=newest, other=shown(row.people[1]))
    words = _MORE if row.people_count > MAX_COUNT else _MANY
    return _filled(words[event](min(row.people_count, MAX_COUNT) - 1), name=newest)


def path(row: NotificationRow, owner: User) -> str:
    """Return the path of what it is about."""
    if row.kind in REACTIONS:
        return f"/@{owner.username}/{row.target_id}"
    if row.kind in MENTIONS:
        return f"/@{row.people[0].username}/{row.target_id}"
    if row.kind is NotificationKind.MESSAGE:
        return f"/messages/{row.target_id}#newest"
    if row.kind is NotificationKind.FOLLOW_REQUEST:
        return "/follow-requests"
    return f"/@{owner.username}/followers"


_ONE: dict[Event, Callable[[], str]] = {
    (NotificationKind.FOLLOW, False): lambda: _("%(name)s follows you"),
    (NotificationKind.FOLLOW_REQUEST, False): lambda: _("%(name)s wants to follow you"),
    (NotificationKind.MENTION, False): lambda: _("%(name)s mentioned you"),
    (NotificationKind.REPLY, False): lambda: _("%(name)s replied to you"),
    (NotificationKind.LIKE, False): lambda: _("%(name)s liked your post"),
    (NotificationKind.LIKE, True): lambda: _("%(name)s liked your reply"),
    (NotificationKind.REPOST, False): lambda: _("%(name)s reposted your post"),
    (NotificationKind.REPOST, True): lambda: _("%(name)s reposted your reply"),
    (NotificationKind.MESSAGE, False): lambda: _("%(name)s wrote to you"),
}
# A post is by one person, so mentions and replies are not among what several did.
_TWO: dict[Event, Callable[[], str]] = {
    (NotificationKind.FOLLOW, False): lambda: _("%(name)s and %(other)s follow you"),
    (NotificationKind.FOLLOW_REQUEST, False): lambda: _(
        "%(name)s and %(other)s want to follow you"
    ),
    (NotificationKind.LIKE, False): lambda: _("%(name)s and %(other)s liked your post"),
    (NotificationKind.LIKE, True): lambda: _("%(name)s and %(other)s liked your reply"),
    (NotificationKind.REPOST, False): lambda: _("%(name)s and %(other)s reposted your post"),
    (NotificationKind.REPOST, True): lambda: _("%(name)s and %(other)s reposted your reply"),
    (NotificationKind.MESSAGE, False): lambda: _("%(name)s and %(other)s wrote to you"),
}
_MANY: dict[Event, Callable[[int], str]] = {
    (NotificationKind.FOLLOW, False): lambda n: ngettext(
        "%(name)s and %(num)s other follow you",
        "%(name)s and %(num)s others follow you",
        n,
        name=NAME,
    ),
    (NotificationKind.FOLLOW_REQUEST, False): lambda n: ngettext(
        "%(name)s and %(num)s other want to follow you",
        "%(name)s and %(num)s others want to follow you",
        n,
        name=NAME,
    ),
    (NotificationKind.LIKE, False): lambda n: ngettext(
        "%(name)s and %(num)s other liked your post",
        "%(name)s and %(num)s others liked your post",
        n,
        name=NAME,
    ),
    (NotificationKind.LIKE, True): lambda n: ngettext(
        "%(name)s and %(num)s other liked your reply",
        "%(name)s and %(num)s others liked your reply",
        n,
        name=NAME,
    ),
    (NotificationKind.REPOST, False): lambda n: ngettext(
        "%(name)s and %(num)s other reposted your post",
        "%(name)s and %(num)s others reposted your post",
        n,
        name=NAME,
    ),
    (NotificationKind.REPOST, True): lambda n: ngettext(
        "%(name)s and %(num)s other reposted your reply",
        "%(name)s and %(num)s others reposted your reply",
        n,
        name=NAME,
    ),
    (NotificationKind.MESSAGE, False): lambda n: ngettext(
        "%(name)s and %(num)s other wrote to you",
        "%(name)s and %(num)s others wrote to you",
        n,
        name=NAME,
    ),
}
# Conversations are of fewer.
_MORE: dict[Event, Callable[[int], str]] = {
    (NotificationKind.FOLLOW, False): lambda n: ngettext(
        "%(name)s and more than %(num)s other follow you",
        "%(name)s and more than %(num)s others follow you",
        n,
        name=NAME,
    ),
    (NotificationKind.FOLLOW_REQUEST, False): lambda n: ngettext(
        "%(name)s and more than %(num)s other want to follow you",
        "%(name)s and more than %(num)s others want to follow you",
        n,
        name=NAME,
    ),
    (NotificationKind.LIKE, False): lambda n: ngettext(
        "%(name)s and more than %(num)s other liked your post",
        "%(name)s and more than %(num)s others liked your post",
        n,
        name=NAME,
    ),
    (NotificationKind.LIKE, True): lambda n: ngettext(
        "%(name)s and more than %(num)s other liked your reply",
        "%(name)s and more than %(num)s others liked your reply",
        n,
        name=NAME,
    ),
    (NotificationKind.REPOST, False): lambda n: ngettext(
        "%(name)s and more than %(num)s other reposted your post",
        "%(name)s and more than %(num)s others reposted your post",
        n,
        name=NAME,
    ),
    (NotificationKind.REPOST, True): lambda n: ngettext(
        "%(name)s and more than %(num)s other reposted your reply",
        "%(name)s and more than %(num)s others reposted your reply",
        n,
        name=NAME,
    ),
}


def _filled(words: str, **values: object) -> Markup:
    return escape(words) % values
