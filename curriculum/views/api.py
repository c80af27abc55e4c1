"""Reviews for programs: today's cards out, answers in, also those of a device that was away for a while."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Blueprint
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from sqlmodel import Session

from core import api, clock, tokens
from core.access import Me
from core.api import Read, caller, for_programs, written
from core.database import database
from core.errors import InvalidForm
from core.web import csrf, note
from curriculum import day_list, scheduling, showing, sync
from curriculum.scheduling import State
from curriculum.sync import Kept, Sent, Taken
from curriculum.views import library

bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.after_request(api.add_headers)
csrf.exempt(bp)  # no view here looks at a cookie
tokens.offer("reviews:read", "See the cards that are due today")
tokens.offer("reviews:write", "Send answers and take them back")

MOST_CARDS, MOST_ITEMS = 200, 500
HASTY_IS_NOTED_FROM = 10  # answers in one request


def is_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError('Write a moment with its zone, like "2026-11-23T18:30:00+01:00".')
    return value


def is_version_7(value: UUID) -> UUID:
    if value.version != 7:
        raise ValueError("Make ids of version 7 (RFC 9562), so that they lie in the order of time.")
    return value


def in_our_time(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2200:
        raise ValueError("This moment is too far away. Look at the clock of the device.")
    return value.astimezone(UTC)


Id = Annotated[UUID, AfterValidator(is_version_7)]
Moment = Annotated[AwareDatetime, BeforeValidator(is_text), AfterValidator(in_our_time)]


class Item(Read):
    """An answer (`rating`), or the taking back of one (`undoes`)."""

    id: Annotated[Id, Field(description="Made by the device; the same one again is the same answer.")]
    card_id: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\w.-]+$")]
    answered_at: Annotated[Moment, Field(description="With its zone; at most 30 days ago.")]
    rating: Annotated[
        Annotated[int, Strict(), Field(ge=1, le=4)] | None, Field(description="1 forgot, 2 hard, 3 good, 4 easy.")
    ] = None
    seconds: Annotated[
        float, Strict(), Field(ge=0, allow_inf_nan=False, description="Time at the card; counted up to 60.")
    ] = 0.0
    undoes: Annotated[UUID | None, Field(description="The answer that is taken back.")] = None

    @model_validator(mode="after")
    def is_one_of_both(self) -> "Item":
        if (self.rating is None) == (self.undoes is None):
            raise ValueError("Give either 'rating', for an answer, or 'undoes', to take one back.")
        return self


class Unread(BaseModel):
    """What stands in place of an item that could not be read: the others are taken in all the same."""

    id: str | None
    errors: dict[str, str]


def or_unread(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as fault:
        found = fault.errors(include_url=False, include_input=False)
        errors = {api.field_of(error["loc"]): api.for_program(error) for error in found}
        return Unread(id=_id_in(value), errors=errors)


def says_or_one_alone(schema: dict[str, Any]) -> None:
    """In the description: the list, or one item in its place."""
    schema.pop("additionalProperties")
    schema["anyOf"] = [{"required": schema.pop("required")}, dict(schema["properties"]["reviews"]["items"])]


class Batch(Read):
    """Several items, or one alone without the list."""

    model_config = ConfigDict(json_schema_extra=says_or_one_alone)

    reviews: Annotated[list[Annotated[Item, WrapValidator(or_unread)]], Field(min_length=1, max_length=MOST_ITEMS)]

    @model_validator(mode="before")
    @classmethod
    def takes_one_alone(cls, body: Any) -> Any:
        return {"reviews": [body]} if isinstance(body, dict) and "id" in body and "reviews" not in body else body


class Result(BaseModel):
    """What became of one item."""

    id: str | None
    status: Annotated[int, Field(description="200 it stands in the log, 409 the id was used before, 422 refused")]
    card_id: str | None = None
    due_at: datetime | None = None  # after this answer
    days: int | None = None  # until then; 0: a learning step of today
    error: str | None = None
    errors: dict[str, str] | None = None


class Results(BaseModel):
    results: list[Result]  # in the order of what was sent


class Interval(BaseModel):
    rating: int
    days: int
    due_at: datetime
    words: str


class Choice(BaseModel):
    text: str  # HTML, clean
    is_right: bool


class WaitingCard(BaseModel):
    id: str
    lesson: str
    type: str
    front: str  # HTML, clean
    back: str
    note: str
    accepted: list[str]  # typed cards: what is right
    options: list[Choice]  # choice cards: in the order of this showing
    values: dict[str, float]  # calculation cards: what was drawn for this showing; "answer" is the right one
    unit: str  # calculation cards: of the answer
    tags: list[str]
    seed: str  # what is drawn for this showing hangs on it
    state: Literal["new", "learning", "review", "relearning"]
    due_at: datetime
    intervals: list[Interval]  # what each of the four answers leads to


class Today(BaseModel):
    day: date
    left: int  # on today's list
    total: int  # on today's list when it was whole
    steps: int  # learning steps that are due by now, or soon
    cards: list[WaitingCard]


class QueueQuery(Read):
    limit: Annotated[int, Field(ge=1, le=MOST_CARDS)] = 50


class ReviewPath(Read):
    review_id: UUID


@bp.get("/reviews/queue")
@for_programs("reviews:read", gives=Today)
def queue(query: QueueQuery):
    """Today's cards, the next one first, with what each answer would lead to.

    `left`, `total` and `steps` count all of them, also beyond `limit`. Cards that sound are counted and never given.
    """
    me, at = caller(), clock.now()
    with database().reading() as db:
        is_built = day_list.is_built(db, me.id, clock.study_day(at, me.zone))
    if not is_built:
        written(lambda db: day_list.build(db, library(), me.id, me.zone, at=at))
    with database().reading() as db:
        found = sync.queue(db, library(), me.id, me.zone, limit=query.limit, at=at)
    today = Today(
        day=date.fromordinal(found.day),
        left=found.left,
        total=found.total,
        steps=found.steps,
        cards=[_card(taken) for taken in found.cards],
    )
    return today.model_dump(mode="json")


@bp.post("/reviews")
@for_programs("reviews:write", gives=Results)
def reviews(body: Batch):
    """Answers, and answers taken back; one, or up to 500 at once.

    They are put in the order in which they were given, whatever device sent them first, and each counts once: send the
    same again whenever an acknowledgement did not come. Each has its own result; a refused one stops none of the
    others. An answer is taken in although another device was faster, or though its card was not due.
    """
    me, at = caller(), clock.now()
    read = [(place, _sent(item)) for place, item in enumerate(body.reviews) if isinstance(item, Item)]
    sent = [one for _, one in read]
    results = [_unread(item) for item in body.reviews]
    taken = written(lambda db: _take_in(db, me, sent, at)) if sent else []
    for (place, _), result in zip(read, taken, strict=True):
        results[place] = result
    _note_oddities(results, sent)
    return Results(results=results).model_dump(mode="json")


@bp.delete("/reviews/<uuid:review_id>")
@for_programs("reviews:write", gives=Result)
def taken_back(path: ReviewPath):
    """Take back one answer. The log keeps both rows; twice is no error."""
    me, at = caller(), clock.now()

    def work(db: Session) -> Result:
        row = sync.take_back(db, library(), me.id, me.zone, path.review_id, at=at)
        return Result(id=str(row.id), status=200, card_id=row.card_id)

    return written(work).model_dump(mode="json")


def _take_in(db: Session, me: Me, sent: list[Sent], at: datetime) -> list[Result]:
    kept = sync.take_in(db, library(), me.id, me.zone, sent, at=at)
    return [_result(one, what) for one, what in zip(sent, kept, strict=True)]


def _sent(item: Item) -> Sent:
    return Sent(item.id, item.card_id, item.answered_at, item.rating or 0, item.seconds, item.undoes)


def _result(one: Sent, kept: Kept) -> Result:
    if kept.refusal is not None:
        errors = {kept.refusal.field: kept.refusal.text} if kept.refusal.field else None
        return Result(
            id=str(one.id), status=kept.refusal.status, card_id=one.card_id, error=kept.refusal.text, errors=errors
        )
    assert kept.row is not None
    answer = {} if one.undoes else {"due_at": kept.row.due_after, "days": kept.row.days}
    return Result(id=str(one.id), status=200, card_id=one.card_id, **answer)


def _unread(item: Item | Unread) -> Result:
    if isinstance(item, Item):
        return Result(id=str(item.id), status=200)
    text = "This one needs another look; it was not taken in. See 'errors'."
    return Result(id=item.id, status=InvalidForm.status, error=text, errors=item.errors)


def _id_in(value: Any) -> str | None:
    try:
        return str(UUID(value["id"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _note_oddities(results: list[Result], sent: list[Sent]) -> None:
    refused = [result for result in results if result.status != 200]
    if refused:
        fields = sorted({name for result in refused for name in (result.errors or {"id": ""})})
        note(
            "review.rejected", items=len(refused), fields=",".join(name for name in fields if name in Item.model_fields)
        )
    hasty = sync.hasty(sent)
    if hasty >= HASTY_IS_NOTED_FROM:
        note("review.pace", answers=hasty)


def _card(taken: Taken) -> WaitingCard:
    card, memory = taken.card, taken.memory
    shown = showing.show(card, taken.seed)
    state: Any = State(memory.state).name.lower()
    return WaitingCard(
        id=card.id,
        lesson=card.lesson,
        type=card.type,
        front=shown.front,
        back=shown.back,
        note=shown.note,
        accepted=list(card.accepted),
        options=[Choice(text=one.text, is_right=one.is_right) for one in shown.options],
        values={name: float(value) for name, value in shown.values.items()},
        unit=shown.unit,
        tags=list(card.tags),
        seed=str(taken.seed),
        state=state,
        due_at=memory.due_at,
        intervals=[
            Interval(
                rating=rating,
                days=outcome.days,
                due_at=outcome.due_at,
                words=scheduling.interval_words(outcome),
            )
            for rating, outcome in enumerate(taken.outcomes, 1)
        ],
    )
