"""Who may follow a member at once, and whose messages come in at once."""

from app.extensions import db
from app.models import MessagesFrom, User


def choose(user: User, *, approves_followers: bool, messages_from: MessagesFrom) -> None:
    """Change who comes near a member.

    Who waits to be approved goes on waiting, also when followers are no longer approved: nobody
    follows whom the member has not let.

    :param messages_from: those of others wait as requests
    """
    user.locked = approves_followers
    user.credential.messages_from = messages_from
    db.session.flush()
