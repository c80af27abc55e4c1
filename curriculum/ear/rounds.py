"""A round in the ear room: ten questions on one skill. No card and no schedule moves."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core import clock
from core.errors import Conflict, NotFound, Refused
from core.ids import uuid7
from curriculum.ear import correct, credit, ladders, own_mix, skills, standing
from curriculum.ear.asked import Asked, Mark, Spec
from curriculum.models import EarAnswer, EarRound
from curriculum.synth import VERSION
from curriculum.synth.spec import canonical

QUESTIONS = 10
MOST_PLAYS = 999
Specs = Sequence[Spec]
CHOOSE, CORRECT = "choose", "correct"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a round is to be about. level: None, where the learner stands. material: version id of an own mix that this
    learner may use; None, generated sounds."""

    skill: str
    level: int | None = None
    by_ear: bool = True
    material: UUID | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """How a question reached the learner. plays: how often it sounded; by_ear: False, answered without sound."""

    plays: int = 0
    by_ear: bool = True


def level_of(db: Session, user_id: UUID, skill: str) -> int:
    return standing.levels(db, user_id).get(skill, skills.start(skill))


def begin(db: Session, user_id: UUID, chosen: Chosen, *, seed: int, at: datetime) -> EarRound:
    """A new round; one that was left open ends. seed: 32 bits.

    A step that the ladder does not have is refused; so is correcting without sound.
    """
    top = skills.highest(chosen.skill)
    level = level_of(db, user_id, chosen.skill) if chosen.level is None else chosen.level
    if not 1 <= level <= top:
        raise Refused(f"This ladder has steps 1 to {top}. Choose one of them.", field="level")
    is_correct = chosen.skill == correct.SKILL
    if is_correct and not chosen.by_ear:
        raise Refused("Undoing an equaliser needs sound. Turn the sound on, or choose another skill.")
    if chosen.material and chosen.skill not in own_mix.SKILLS:
        raise Refused("This skill has sounds of its own. Choose one of those that can use your mix.")
    if chosen.material and not chosen.by_ear:
        raise Refused("Your own mix is there to be heard. Turn the sound on first.")
    for row in db.exec(_open_ones(user_id).with_for_update()):
        row.ended_at = at
    row = EarRound(
        user_id=user_id,
        id=uuid7(),
        skill=chosen.skill,
        level=level,
        mode=CORRECT if is_correct else CHOOSE,
        seed=seed,
        by_ear=chosen.by_ear,
        material=str(chosen.material) if chosen.material else "",
        grid=correct.STEPS[level].grid if is_correct else "",
        questions=QUESTIONS,
        started_at=at,
    )
    db.add(row)
    return row


def own(db: Session, user_id: UUID, round_id: UUID, *, for_change: bool = False) -> EarRound:
    """A round of this person's. Anybody else's is not found."""
    found = select(EarRound).where(col(EarRound.user_id) == user_id, col(EarRound.id) == round_id)
    row = db.exec(found.with_for_update() if for_change else found).first()
    if row is None:
        raise NotFound
    return row


def left_open(db: Session, user_id: UUID) -> EarRound | None:
    """The round that was left in the middle."""
    return db.exec(_open_ones(user_id).order_by(col(EarRound.started_at).desc()).limit(1)).first()


def given_so_far(db: Session, row: EarRound) -> Sequence[EarAnswer]:
    """The answers of the round in the order of its questions."""
    mine = (col(EarAnswer.user_id) == row.user_id, col(EarAnswer.round_id) == row.id)
    return db.exec(select(EarAnswer).where(*mine).order_by(col(EarAnswer.number))).all()


def seed_of(row: EarRound, number: int) -> int:
    """What a question of the round is drawn from: 32 bits, the same each time it is looked at."""
    return int.from_bytes(hashlib.sha256(f"{row.seed}:{number}".encode()).digest()[:4], "big")


def question(row: EarRound, number: int) -> Asked:
    """A question of the round. number: from 1; one that the round does not have is not found."""
    if not 1 <= number <= row.questions:
        raise NotFound
    if row.mode == CORRECT:
        return correct.ask(row.level, seed_of(row, number))
    return ladders.ask(row.skill, row.level, seed_of(row, number))


def answer(
    db: Session, user_id: UUID, round_id: UUID, number: int, given: str | None, heard: Heard, *, zone: str, at: datetime
) -> EarAnswer:
    """One answer to the question that is open. The last one ends the round.

    given: "" from somebody who does not know; None, no answer at all, is refused. The same answer again changes
    nothing; another one to a question that was answered, and one to a round that is over, are refused.
    """
    if given is None:
        raise Refused("Give an answer first: a guess teaches, too.", field="given")
    row = own(db, user_id, round_id, for_change=True)
    before = given_so_far(db, row)
    if known := next((one for one in before if one.number == number), None):
        if known.given == given:
            return known
        raise Conflict("This question was answered before. The first answer stands; go on with the next question.")
    if row.ended_at is not None:
        raise Conflict("This round is over. Begin another one.")
    if number != len(before) + 1:
        raise Conflict(f"Question {len(before) + 1} comes first. Go back to the round.")
    asked = question(row, number)
    mark = judge(row, asked, given)
    found = EarAnswer(
        user_id=user_id,
        id=uuid7(),
        at=at,
        day=clock.study_day(at, zone),
        round_id=row.id,
        number=number,
        skill=row.skill,
        level=row.level,
        seed=seed_of(row, number),
        synth=VERSION,
        specs="[" + ",".join(canonical(one) for one in asked.specs) + "]",
        asked=asked.right,
        given=given,
        credit=mark.credit,
        plays=max(0, min(heard.plays, MOST_PLAYS)),
        by_ear=heard.by_ear,
    )
    db.add(found)
    if number == row.questions:
        row.ended_at = at
    return found


def judge(row: EarRound, asked: Asked, given: str) -> Mark:
    """What an answer is worth. One that is none of the buttons is refused."""
    if row.mode == CORRECT:
        return correct.judge(asked, given)
    if given and asked.answered_by == "choice" and given not in [choice.key for choice in asked.choices]:
        raise Refused("Choose one of the answers on this page.", field="given")
    return credit.judge(asked, given)


def end(db: Session, user_id: UUID, round_id: UUID, *, at: datetime) -> EarRound:
    """Stop here. The answers that were given count; a round that is over stays so."""
    row = own(db, user_id, round_id, for_change=True)
    if row.ended_at is None:
        row.ended_at = at
    return row


def specs_of(answered: EarAnswer) -> list[dict[str, object]]:
    """What could be heard when it was answered."""
    found: list[dict[str, object]] = json.loads(answered.specs)
    return found


def _open_ones(user_id: UUID):  # type: ignore[no-untyped-def]
    return select(EarRound).where(col(EarRound.user_id) == user_id, col(EarRound.ended_at).is_(None))
