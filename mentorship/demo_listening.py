"""What the demo people do about a sound, one step at a time: say something at a second, mend it, listen again, review,
share."""

from collections.abc import Mapping
from datetime import datetime

from mentorship import feedback, pathways, portfolio, remark_card, remark_steps, remarks, shares
from mentorship.demo_steps import Stage


def say(
    stage: Stage, at: datetime, name: str, kind: str, start: float, text: str, *, end: float = 0.0, version: str
) -> None:
    """The mentor writes at a moment, or a stretch, of a version. start, end: seconds."""
    with stage.base.writing() as db:
        row = remarks.add(
            db,
            stage.mentor.id,
            stage.made[version],
            kind=kind,
            start_ms=round(start * 1000),
            end_ms=round(end * 1000) or None,
            text=text,
            at=at,
        )
        stage.made[name] = row.id


def reply(stage: Stage, at: datetime, name: str, text: str) -> None:
    """The apprentice answers below a remark."""
    with stage.base.writing() as db:
        remarks.reply(db, stage.apprentice.id, stage.made[name], text, at=at)


def make_card(stage: Stage, at: datetime, name: str, mend: str) -> None:
    """The apprentice keeps a remark as a card, with its seconds as sound."""
    her = stage.apprentice.id
    with stage.base.reading() as db:
        asked = remark_card.asked(db, her, stage.made[name])
    with remark_card.cut(stage.storage, asked) as staged, stage.base.writing() as db:
        remark_card.make(db, stage.storage, her, stage.made[name], mend, staged, dice=stage.dice, at=at)


def fix(stage: Stage, at: datetime, *names: str, version: str) -> None:
    """The apprentice says in which version these remarks are fixed."""
    with stage.base.writing() as db:
        for name in names:
            remark_steps.fix(db, stage.apprentice.id, stage.made[name], stage.made[version], at=at)


def judge(stage: Stage, at: datetime, heard: Mapping[str, tuple[bool, str]]) -> None:
    """The mentor listens. heard: remark -> (yes, or not yet; a line)."""
    with stage.base.writing() as db:
        for name, (is_heard, line) in heard.items():
            remark_steps.judge(db, stage.mentor.id, stage.made[name], is_heard, line, at=at)


def credit(stage: Stage, at: datetime, piece: str, names: Mapping[str, str], *, pathway: str) -> None:
    """Who did what, and for which kind of work it stands. names: name -> role."""
    with stage.base.writing() as db:
        found = portfolio.own(db, stage.apprentice.id, stage.made[piece])
        pathways.describe(stage.library, found, pathway=pathway, category="", client="", credits=names.items())


def ask_review(stage: Stage, at: datetime, name: str, version: str, question: str, areas: tuple[str, ...]) -> None:
    """The apprentice asks for a verdict."""
    with stage.base.writing() as db:
        row = feedback.ask_mentor(db, stage.apprentice.id, stage.made[version], stage.mentor.id, question, areas, at=at)
        stage.made[name] = row.id


def give_review(
    stage: Stage, at: datetime, name: str, parts: Mapping[str, str], levels: Mapping[str, int], verdict: str
) -> None:
    """The mentor answers it in four parts."""
    with stage.base.writing() as db:
        feedback.give(db, stage.mentor.id, stage.made[name], parts, levels, verdict, at=at)


def share(stage: Stage, at: datetime, piece: str, label: str) -> None:
    """The apprentice makes a secret link; nobody keeps its secret."""
    with stage.base.writing() as db:
        shares.make(db, stage.apprentice.id, stage.made[piece], shares.Wish(label, days=30), at=at)
