"""The lives of links: agreements, handing on, fit checks; one link that is paused, one that is completed."""

from uuid import UUID

from flask import Flask
from sqlmodel import Session

from mentorship import agreements, fit_checks, handovers, invitations, links, sessions
from mentorship.agreements import Terms
from mentorship.sessions import Between, Entry
from tests.matrix import ADA, ADA_DOES, BOTH, BOTH_DO, Case, only
from tests.times import DAY, HOUR, MONDAY
from tests.world import OVER, World

OURS = {"link_id": "@link of ada and ben"}
CARLS = {"link_id": "@link of ada and carl"}
FAYS = {"link_id": "@link of fay and ben"}
PAUSED, COMPLETED = {"link_id": "@paused link"}, {"link_id": "@completed link"}
MARKS = {f"answers.{key}": "4" for key in fit_checks.KEYS}
TERMS = {"goals": "One beat a week.", "before": "@agreement"}

READERS: dict[str, set[str]] = {
    "handed notes": {"ada", "ben", "carl"},
    "paused notes": {"ada", "hanna"},
    "completed notes": {"ada", "fay"},
    "planned before the pause notes": {"ada"},
    "goals that hold": {"ada", "ben"},
    "goals that wait": {"ada", "ben"},
    "goals with Carl": {"ada", "carl"},
    "private fit note": {"ada"},
    "shared fit note": {"ada", "ben"},
    "fit note shared with Carl": {"ada"},
}

MATRIX: dict[str, list[Case]] = {
    "GET agreements.show": [
        only(BOTH, url=OURS),
        only({"ada": 200, "carl": 200}, url=CARLS),
        only({"ada": 200, "hanna": 200}, url=PAUSED),
    ],
    "GET agreements.edit": [
        only(BOTH, url=OURS),
        only({"ada": 409, "carl": 409}, url=CARLS),
        only({"ada": 409, "hanna": 409}, url=PAUSED),
        only({"ada": 409, "fay": 409}, url=COMPLETED),
    ],
    "POST agreements.written": [
        only(BOTH_DO, url=OURS, form=TERMS),
        only(dict.fromkeys(BOTH, 409), url=OURS, form={"goals": "Mine."}, about="written without the newest"),
        only(dict.fromkeys(BOTH, 422), url=OURS, form={"before": "@agreement"}, about="nothing in it"),
        only({"ada": 409, "carl": 409}, url=CARLS, form=TERMS),
        only({"ada": 409, "hanna": 409}, url=PAUSED, form=TERMS),
    ],
    "POST agreements.agreed": [
        only(BOTH_DO, url=OURS, form={"agreement": "@agreement"}),
        only({}, url=OURS, form={"agreement": "@agreement with Carl"}, about="of another link"),
        only({"ada": 409, "carl": 409}, url=CARLS, form={"agreement": "@agreement with Carl"}),
    ],
    "GET handovers.show": [
        only({"ada": 200, "ben": 403}, url=OURS),
        only({"ada": 409, "carl": 403}, url=CARLS),
        only({"ada": 409, "hanna": 403}, url=PAUSED),
    ],
    "POST handovers.handed": [
        only({"ada": 303, "ben": 403}, url=OURS, form={"sessions": "@former"}),
        only({"ben": 403}, url=OURS, form={"sessions": "@meeting"}, about="held with this mentor"),
        only({"ben": 403}, url=OURS, form={"sessions": "@practice"}),
        only({"ada": 409, "carl": 403}, url=CARLS, form={"sessions": "@meeting"}),
        only({"ada": 409, "hanna": 403}, url=PAUSED, form={"sessions": "@meeting"}),
    ],
    "GET fit_checks.show": [
        only(BOTH, url=OURS, about="one is shared"),
        only({"fay": 200}, url=FAYS, about="none is shared"),
        only(ADA, url=CARLS, about="one was shared while they were linked"),
        only(ADA, url=PAUSED),
    ],
    "POST fit_checks.answered": [
        only(ADA_DOES, url=OURS, form=MARKS),
        only({"ada": 422}, url=OURS, form={**MARKS, "answers.next": "6"}),
        only({"fay": 303}, url=FAYS, form=MARKS),
        only({"ada": 409}, url=CARLS, form=MARKS),
        only({"ada": 409}, url=PAUSED, form=MARKS),
    ],
    "POST fit_checks.shared": [
        only(ADA_DOES, url={**OURS, "check_id": "@private fit"}),
        only({"ada": 409}, url={**CARLS, "check_id": "@fit with Carl"}),
        only({}, url={**OURS, "check_id": "@fit with Carl"}, about="of another mentor"),
    ],
    "POST fit_checks.unshared": [
        only(ADA_DOES, url={**OURS, "check_id": "@shared fit"}),
        only(ADA_DOES, url={**CARLS, "check_id": "@fit with Carl"}, about="also when it is over"),
        only({}, url={**OURS, "check_id": "@fit with Carl"}),
    ],
}


def build(world: World, db: Session, app: Flask) -> None:
    say, ids = world.canaries, world.ids
    ada, ben, carl, fay, hanna = (world.id_of(name) for name in ("ada", "ben", "carl", "fay", "hanna"))
    library = app.extensions["shelf"].library

    def link(mentor: UUID) -> UUID:
        _, secret = invitations.invite(db, ada, "mentor", "", most_a_day=10, at=MONDAY - 50 * DAY)
        db.flush()
        return invitations.accept(db, mentor, secret, at=MONDAY - 50 * DAY).id

    def held(name: str, mentor: UUID, away: int) -> None:
        entry = Entry(MONDAY - away * DAY, "Europe/Berlin", 45, notes=f"We heard {say[f'{name} notes']}.")
        session = sessions.log(db, library, ada, "meeting", Between(ada, mentor), entry, at=MONDAY - 20 * DAY)
        ids[name] = str(session.id)

    _, ids["bound secret"] = invitations.invite(
        db, ada, "mentor", "", email="Dora@example.com", mails=True, most_a_day=10, at=MONDAY - HOUR
    )
    _open(world, db, UUID(ids["link of ada and carl"]), True)
    held("handed", carl, 30)
    paused, completed = link(hanna), link(fay)
    held("paused", hanna, 31)
    held("completed", fay, 32)
    held("planned before the pause", hanna, -5)
    ids |= {"paused link": str(paused), "completed link": str(completed)}
    links.pause(db, hanna, paused, at=MONDAY - 10 * DAY)
    links.complete(db, ada, completed, at=MONDAY - 10 * DAY)
    ours, carls = UUID(ids["link of ada and ben"]), UUID(ids["link of ada and carl"])
    handovers.hand_on(db, ada, ours, [UUID(ids["handed"])], at=MONDAY - 9 * DAY)
    first = agreements.write(db, ada, ours, _terms(say["goals that hold"]), before=None, at=MONDAY - 9 * DAY)
    agreements.say_yes(db, ben, ours, first.id, at=MONDAY - 8 * DAY)
    change = agreements.write(db, ben, ours, _terms(say["goals that wait"]), before=first.id, at=MONDAY - DAY)
    with_carl = agreements.write(db, carl, carls, _terms(say["goals with Carl"]), before=None, at=MONDAY - 30 * DAY)
    ids |= {"agreement": str(change.id), "agreement with Carl": str(with_carl.id)}
    marks = dict.fromkeys(fit_checks.KEYS, 2)
    for name, person, of, note in (
        ("private fit", ada, ours, say["private fit note"]),
        ("shared fit", ada, ours, say["shared fit note"]),
        ("fit with Carl", ada, carls, say["fit note shared with Carl"]),
        ("fit of Fay", fay, UUID(ids["link of fay and ben"]), ""),
    ):
        check = fit_checks.answer(db, person, of, marks, note, at=MONDAY - DAY)
        db.flush()
        ids[name] = str(check.id)
    fit_checks.share(db, ada, ours, UUID(ids["shared fit"]), at=MONDAY - HOUR)
    fit_checks.share(db, ada, carls, UUID(ids["fit with Carl"]), at=MONDAY - HOUR)
    _open(world, db, carls, False)


def _terms(goals: str) -> Terms:
    return Terms(f"- {goals}", "Every second week.", "We listen first.")


def _open(world: World, db: Session, link_id: UUID, is_open: bool) -> None:
    """Carl's link is over: it is open again for what was done while it held."""
    link = links.own(db, world.id_of("carl"), link_id)
    link.ended_at = None if is_open else OVER
    db.flush()
