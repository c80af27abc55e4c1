"""What is taken for what: the answers of a skill, counted by what sounded and what was said."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from curriculum.ear import standing
from curriculum.models import EarAnswer

LAST = 300  # answers that are looked at
MOST = 12  # rows and columns; what sounded less often is left out
TOLD = 3  # confusions in words
OFTEN = 2  # times that a confusion must have come to be told
SHADES = 4
ALSO = ("interval", "chord")  # skills whose ladder asks for sounds of other kinds, too; their answers are called alike

Counted = tuple[str, str, int]  # what sounded, what was said, how often


@dataclass(frozen=True, slots=True)
class Cell:
    count: int
    shade: int  # 0: never; to 4: most of the row
    is_right: bool
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    cells: tuple[Cell, ...]
    total: int
    right: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """head: the columns' keys; the last, "", stands for all else, where something else was said."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    answers: int
    taken: tuple[Counted, ...]  # the most frequent ones, the worst first


def counted(db: Session, user_id: UUID, skill: str, level: int | None = None, *, last: int = LAST) -> list[Counted]:
    """The learner's last answers in this skill, at the desk and in the ear room. level: None, of all steps."""
    rows = standing.counting(user_id).where(col(EarAnswer.skill) == skill)
    if skill in ALSO:
        rows = rows.where(col(EarAnswer.specs).contains(kind_of(skill)))
    if level is not None:
        rows = rows.where(col(EarAnswer.level) == level)
    newest = rows.order_by(col(EarAnswer.at).desc(), col(EarAnswer.id).desc()).limit(last).subquery()
    both = (newest.c.asked, newest.c.given)
    return [
        (asked, given, count) for asked, given, count in db.execute(sa.select(*both, sa.func.count()).group_by(*both))
    ]


def of_round(given: Iterable[EarAnswer]) -> list[Counted]:
    """The answers of one round, without those to sounds of other kinds."""
    return [(one.asked, one.given, 1) for one in given if one.skill not in ALSO or kind_of(one.skill) in one.specs]


def kind_of(skill: str) -> str:
    """As it stands in canonical JSON."""
    return f'"kind":"{skill}"'


def by_band(found: Iterable[Counted]) -> list[Counted]:
    """An equaliser's answers by the bands' centres alone; two bands are two answers, since each is taken for something
    by itself."""
    parts: Counter[tuple[str, str]] = Counter()
    for asked, given, count in found:
        heard, said = (key.replace("+", "").replace("-", "").split(" ") for key in (asked, given))
        for number, one in enumerate(heard):
            parts[one, said[number] if number < len(said) else ""] += count
    return [(asked, given, count) for (asked, given), count in parts.items()]


def table(found: Sequence[Counted], order: Callable[[str], tuple[float, ...]], says: Callable[[str], str]) -> Confusion:
    """Rows are what sounded, columns what it was taken for. order: sorts keys; says: a key in words."""
    sounded: Counter[str] = Counter()
    for asked, _, count in found:
        sounded[asked] += count
    keys = sorted((key for key, _ in sounded.most_common(MOST)), key=lambda key: (order(key), key))
    cells: Counter[tuple[str, str]] = Counter()
    for asked, given, count in found:
        cells[asked, given if given in keys else ""] += count
    has_else = any(cells[key, ""] for key in keys)
    head = (*keys, "") if has_else else tuple(keys)
    rows = []
    for key in keys:
        total = sounded[key]
        row = tuple(_cell(cells[key, other], total, key, other, says) for other in head)
        rows.append(Row(key, row, total, cells[key, key]))
    wrong = sorted((one for one in found if one[0] != one[1] and one[2] >= OFTEN), key=lambda one: (-one[2], one[:2]))
    return Confusion(head, tuple(rows), sum(sounded.values()), tuple(wrong[:TOLD]))


def _cell(count: int, total: int, asked: str, given: str, says: Callable[[str], str]) -> Cell:
    shade = min(SHADES, 1 + int(SHADES * count / total)) if count else 0
    is_right = asked == given
    as_what = "right" if is_right else f"taken for {says(given)}" if given else "taken for something else"
    return Cell(count, shade, is_right, f"{says(asked)}, {as_what}: {count} of {total}")
