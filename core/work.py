"""Long work that a person asked for and that goes on when they leave the page: an import, a fit, a measurement."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel


class Work(SQLModel, table=True):
    """One piece of work and how far it is. Done by the job process, one after the other."""

    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: str  # its name in app.py
    title: str  # as the page calls it
    state: str = "waiting"  # waiting | running | done | failed | cancelled
    stage: str = ""  # what is being done now, in words
    done: int = 0
    total: int = 0  # 0: not known yet
    asked: str = "{}"  # what it was asked to do, as JSON
    result: str = "{}"  # what came of it, as JSON; {"error": sentence} when it failed
    made_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancel_asked_at: datetime | None = None
