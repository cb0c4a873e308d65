"""The one metadata that every room's tables stand in, and the column types they share."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table's class descends from."""

    metadata = MetaData(naming_convention=NAMES)


Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A time in UTC."""

Words = Annotated[dict[str, str], mapped_column(JSONB)]
"""A text that people wrote: language code -> words."""

Key = Annotated[UUID, mapped_column(primary_key=True)]

Octets = Annotated[bytes, mapped_column(LargeBinary)]
