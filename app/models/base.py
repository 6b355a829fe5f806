"""The base of all models: column types, naming convention, annotated columns."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, ForeignKey, Integer, MetaData, text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from app.models import clock
from app.models.ids import new_id

# Names that are the same on every database, so that migrations can drop what they made and
# an IntegrityError can be told apart by the constraint it names.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# As SQL rather than as a value: so Alembic finds the same default again on SQLite.
EMPTY = text("''")

# SQLite aliases its rowid only to a column typed INTEGER; it holds 64 bits all the same.
BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite, which has no time zones, stores it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utc_now() -> datetime:
    return clock.now()


def text_enum(members: type[StrEnum], name: str) -> Enum:
    """Return a column type that stores the values of an enumeration as text, checked."""
    return Enum(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=16,
        # Stock behaviour stores member names; the values are the public words.
        values_callable=lambda enum: [member.value for member in enum],
    )


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: dict[Any, Any] = {datetime: UtcDateTime()}  # noqa: RUF012


Id = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=False, default=new_id)]
UserFK = Annotated[int, mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"))]
PostFK = Annotated[int, mapped_column(BigId, ForeignKey("posts.id", ondelete="CASCADE"))]
CreatedAt = Annotated[datetime, mapped_column(UtcDateTime(), default=utc_now)]
Count = Annotated[int, mapped_column(Integer, default=0, server_default="0")]
