"""Codes that stand in for the second factor once each, when the phone is gone."""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UserFK


class RecoveryCode(Base):
    __tablename__ = "recovery_codes"

    # HMAC-SHA256 under a key derived from the master key. A code that was used is gone.
    user_id: Mapped[UserFK] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
