"""A post that could not be published when it was sent, kept until its author has signed in."""

from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, UserFK


class Draft(Base):
    __tablename__ = "drafts"

    id: Mapped[Id]
    user_id: Mapped[UserFK]
    # Of the form it was typed into: see `services.form_keys`.
    form_key: Mapped[str] = mapped_column(String(64))
    # What was typed and chosen, by the names of the form's fields.
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("user_id", "form_key"), Index(None, "created_at"))
