"""How often something was done in a window of time; shared by all web processes."""

from sqlalchemy import Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class RateLimit(Base):
    __tablename__ = "rate_limits"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    # Unix seconds, as the limits library counts.
    expires_at: Mapped[float] = mapped_column(Float)

    __table_args__ = (Index(None, "expires_at"),)
