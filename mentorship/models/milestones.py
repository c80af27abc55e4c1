"""Tables of milestones: what was begun, handed in, marked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from mentorship.models.people import own


class MilestoneAttempt(SQLModel, table=True):
    """A learner has begun a milestone. Its state is the last MilestoneEvent's; this row is what they lock."""

    __tablename__ = "milestone_attempt"

    user_id: UUID = own()
    milestone: str = Field(primary_key=True)  # slug
    begun_at: datetime


class MilestoneEvent(SQLModel, table=True):
    """A step of a milestone: submitted, returned, verified, reopened, attested. Rows are only ever added."""

    __tablename__ = "milestone_event"
    __table_args__ = (Index("ix_milestone_event_milestone", "user_id", "milestone", "at"),)

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    milestone: str
    kind: str
    by_id: UUID
    by_name: str  # as it was then; stays when the account goes
    at: datetime
    reason: str = ""  # of a return or a reopening
    kept: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    # as it was at that moment: criteria with state and reason, evidence with version numbers and SHA-256


class Evidence(SQLModel, table=True):
    """An exact version shows something that a milestone asks for."""

    __table_args__ = (
        ForeignKeyConstraint(["user_id", "version_id"], ["version.user_id", "version.id"], ondelete="CASCADE"),
        Index("ix_evidence_milestone", "user_id", "milestone"),
    )

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    milestone: str
    item: str  # id of the evidence item in the milestone's file
    version_id: UUID
    linked_at: datetime
    unlinked_at: datetime | None = None


class Assessment(SQLModel, table=True):
    """A mark on the milestone's rubric, by learner or mentor. Rows are only added; the newest of each counts."""

    __table_args__ = (Index("ix_assessment_milestone", "user_id", "milestone", "at"),)

    user_id: UUID = own()
    id: UUID = Field(primary_key=True)
    milestone: str
    by_id: UUID
    by_name: str
    side: str  # self, mentor
    level: int  # 1 not yet, 2 nearly, 3 meets, 4 stands out
    comment: str = ""
    at: datetime
