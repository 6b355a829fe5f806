"""What two people do to each other, one after the other."""

from sqlalchemy import select

from app.extensions import db
from app.models import User


def hold(*user_ids: int) -> None:
    """Lock the rows of people until the transaction ends, for everybody in the same order.

    So a follow and a block between the same two never cross: whoever comes second sees what the
    first has done, and nobody waits for each other in a circle.
    """
    held = select(User.id).where(User.id.in_(user_ids)).order_by(User.id)
    db.session.execute(held.with_for_update(key_share=True))
