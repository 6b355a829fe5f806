"""What mails about notifications say: one at once, or all of a day.

Mail is read by whoever keeps it on its way: so posts that are not for everybody, and private
messages, are not repeated in it.
"""

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.emails.letters import Action, Letter, filled, isolated, strong
from app.emails.phrases import because_of_account, url, way_out
from app.extensions import settings
from app.models import Email, NotificationKind, User
from app.services import digests, notification_mails
from app.services.notification_rows import NotificationRow
from app.services.users import PersonRow
from app.web import notification_words


def notification(email: Email, user: User) -> Letter:
    row = notification_mails.find(user, int(email.details["group_id"]))
    return Letter(
        subject=notification_words.sentence(row, _handle).striptags(),
        heading=_("What you have not seen yet"),
        paragraphs=[_with_excerpt(row)],
        action=Action(_label(row), url(notification_words.path(row, user))),
        notes=[filled(_("No further mail comes about it until you have looked.")), way_out()],
        reason=because_of_account(email.recipient),
    )


def digest(email: Email, user: User) -> Letter:
    rows = digests.find(user, email.details["group_ids"])
    paragraphs = [_with_excerpt(row) for row in rows]
    if more := int(email.details["more"]):
        paragraphs.append(filled(ngettext("And %(num)s more.", "And %(num)s more.", more)))
    return Letter(
        subject=_("Your day on %(site)s", site=settings.SITE_NAME),
        heading=_("What you have not seen yet"),
        paragraphs=paragraphs,
        action=Action(_("See your notifications"), url("/notifications")),
        notes=[way_out()],
        reason=because_of_account(email.recipient),
    )


def _with_excerpt(row: NotificationRow) -> Markup:
    said = notification_words.sentence(row, _full_name)
    if not row.excerpt or not row.is_open:
        return said
    return filled(_("%(what)s: “%(text)s”"), what=said, text=isolated(row.excerpt))


def _handle(person: PersonRow) -> Markup:
    """Return the name for a subject: one could call oneself "Your account is closed"."""
    return isolated(f"@{person.username}")


def _full_name(person: PersonRow) -> Markup:
    """Return a name that nobody else has."""
    handle = strong(f"@{person.username}")
    if not person.display_name:
        return handle
    return Markup("{} ({})").format(strong(person.display_name), handle)


def _label(row: NotificationRow) -> str:
    match row.kind:
        case NotificationKind.FOLLOW:
            return _("See who follows you")
        case NotificationKind.FOLLOW_REQUEST:
            return _("Answer the request")
        case NotificationKind.MESSAGE:
            return _("Read the message")
        case NotificationKind.LIKE | NotificationKind.REPOST:
            return _("See your post")
        case _:
            return _("See the post")
