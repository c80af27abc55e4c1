"""The milestones' pages, from the learner's chair and from the mentor's."""

import logging
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from core.ids import uuid7
from core.storage import Storage
from curriculum.library import Library
from mentorship import milestones, sign_offs
from mentorship.models.milestones import Assessment, Evidence, MilestoneEvent
from mentorship.models.people import Link
from mentorship.models.pieces import Piece
from tests.times import MINUTE, MONDAY, TUESDAY

BEAT = "/milestones/first-beat"
ITEMS = {"beat": "audio", "screenshot": "picture", "choice": "text"}
TARGETS = ["length", "parts", "fill", "variation", "peak", "tempo", "meter"]
WHY = "It is what I have."
HAND_IN = {
    "checked": [f"target-{target}" for target in TARGETS],
    "reasons.lessons": WHY,
    "reasons.recall": WHY,
    "reasons.self": WHY,
    "reasons.evidence-beat": WHY,
    "reasons.evidence-screenshot": WHY,
    "reasons.evidence-choice": WHY,
}


@pytest.fixture
def mentored(link_of: Callable[..., Link], ada, ben) -> Link:
    """Ben is Ada's mentor and sees her pieces."""
    return link_of(ada, ben)


def words(answer: Any) -> str:
    """What somebody reads on the page."""
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return re.sub(r"\s+", " ", unescape(text))


def plain(answer: Any) -> str:
    """The answer without what differs from one showing to the next."""
    return re.sub(r'(name="(csrf_token|op)" value=")[^"]*', r"\1", answer.text)


def count(db, table: type[SQLModel], **values: Any) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(table).filter_by(**values)) or 0


def chair(person) -> str:
    return f"/apprentices/{person.id}{BEAT}"


def submission(db) -> MilestoneEvent:
    statement = select(MilestoneEvent).where(MilestoneEvent.kind == "submitted")
    return db.exec(statement.order_by(MilestoneEvent.at.desc())).first()


# -- the list ------------------------------------------------------------------------------------------------


def test_the_list_shows_all_twenty_with_their_states(db, as_ada, ada, library: Library):
    milestones.begin(db, ada.id, library.milestones["eq-study"], at=MONDAY)
    db.commit()

    page = as_ada.get("/milestones")

    assert all(milestone.title in unescape(page.text) for milestone in library.milestones.values())
    assert words(page).count("not started") == 19
    assert words(page).count("in progress") == 1
    assert "week 5 · 0 of 6 met" in words(page)


def test_a_mentor_finds_what_waits_above_the_list(as_ada, as_ben, as_eve, mentored):
    as_ada.send(f"{BEAT}/submitted", HAND_IN)

    assert "Waiting for you M01 First finished beat Ada · sent today" in words(as_ben.get("/milestones"))
    assert "Waiting for you" not in words(as_eve.get("/milestones"))


def test_an_unknown_milestone_is_not_found(as_ada, as_ben, ada, mentored):
    assert as_ada.get("/milestones/no-such").status_code == 404
    assert as_ada.send("/milestones/no-such/begun").status_code == 404
    assert as_ben.get(f"/apprentices/{ada.id}/milestones/no-such").status_code == 404


# -- the learner's chair -------------------------------------------------------------------------------------


def test_starting_opens_the_forms(as_ada):
    before = words(as_ada.get(BEAT))
    assert "Start this milestone" in before
    assert "Keep my mark" not in before

    answer = as_ada.send(f"{BEAT}/begun")

    assert answer.status_code == 303
    page = words(as_ada.get(BEAT))
    assert "in progress" in page
    assert "Keep my mark" in page


def test_what_comes_before_is_advice(as_ada):
    page = words(as_ada.get("/milestones/practice-plan"))

    assert "Best after M01 First finished beat (not started)" in page.replace(" )", ")")
    assert as_ada.send("/milestones/practice-plan/begun").status_code == 303


def test_a_version_is_linked_and_taken_out(fresh_db, as_ada, ada, mentored, make_version):
    version = make_version(ada)

    answer = as_ada.send(f"{BEAT}/evidence", {"item": "beat", "version": str(version.id)})
    page = words(as_ada.get(BEAT))

    assert answer.status_code == 303
    assert "Night bus stands as evidence now. It is a draft: sending the milestone will share it." in page
    assert "Sending it shares what is still a draft: Night bus." in page
    assert f"/portfolio/versions/{version.id}/file" in as_ada.get(BEAT).text

    evidence = fresh_db.exec(select(Evidence)).one()
    assert as_ada.send(f"{BEAT}/evidence/{evidence.id}/unlinked").status_code == 303
    assert "stands as evidence" not in words(as_ada.get(BEAT))
    fresh_db.rollback()
    assert fresh_db.exec(select(Evidence)).one().unlinked_at is not None


def test_a_newer_version_is_offered(db, as_ada, ada, make_version):
    first = make_version(ada)
    as_ada.send(f"{BEAT}/evidence", {"item": "beat", "version": str(first.id)})

    second = make_version(ada, piece=db.get(Piece, (ada.id, first.piece_id)))

    page = as_ada.get(BEAT)
    assert "V2 exists, this shows V1." in words(page)
    assert f'value="{second.id}"' in page.text
    assert "Show V2 instead" in words(page)


def test_an_evidence_of_the_wrong_kind_is_refused_with_a_sentence(fresh_db, as_ada, ada, make_version):
    picture = make_version(ada, kind="picture")

    answer = as_ada.send(f"{BEAT}/evidence", {"item": "beat", "version": str(picture.id)})

    assert answer.status_code == 422
    assert "asks for sound. Choose another version." in words(answer)
    assert count(fresh_db, Evidence) == 0


def test_somebody_elses_version_is_like_a_missing_one(fresh_db, as_ada, eve, make_version):
    hers = make_version(eve, shared=True)

    foreign = as_ada.send(f"{BEAT}/evidence", {"item": "beat", "version": str(hers.id)})
    missing = as_ada.send(f"{BEAT}/evidence", {"item": "beat", "version": str(uuid7())})

    assert foreign.status_code == missing.status_code == 404
    assert plain(foreign) == plain(missing)
    assert count(fresh_db, Evidence) == 0


def test_a_text_can_be_read_in_the_page(db, as_ada, ada, make_version, storage: Storage):
    version = make_version(ada, kind="text")
    path = storage.path(version.sha256)
    path.parent.mkdir()
    path.write_text("I tried a fade <script>first</script>.", encoding="utf-8")

    as_ada.send(f"{BEAT}/evidence", {"item": "choice", "version": str(version.id)})

    page = as_ada.get(BEAT)
    assert "I tried a fade <script>first</script>." in unescape(page.text)
    assert "<script>first" not in page.text


def test_missing_reasons_stand_beside_their_fields_and_keep_what_was_typed(fresh_db, as_ada, mentored):
    as_ada.send(f"{BEAT}/begun")
    form = HAND_IN | {"checked": ["target-tempo"], "reasons.lessons": "", "reasons.self": "I <3 it."}

    answer = as_ada.send(f"{BEAT}/submitted", form)

    assert answer.status_code == 422
    assert "'Its lessons are done' is not met yet. Say in one sentence why you submit all the same." in words(answer)
    assert "'One fill': tick it if it holds" in words(answer)
    assert 'value="I &lt;3 it."' in answer.text
    assert re.search(r'value="target-tempo" checked', answer.text)
    assert count(fresh_db, MilestoneEvent) == 0


def test_the_same_form_twice_submits_once(fresh_db, as_ada, mentored):
    op = uuid7()

    answers = [as_ada.send(f"{BEAT}/submitted", HAND_IN, op=op) for _ in range(2)]
    stale_tab = as_ada.send(f"{BEAT}/submitted", HAND_IN)

    assert [answer.status_code for answer in (*answers, stale_tab)] == [303, 303, 303]
    assert count(fresh_db, MilestoneEvent, kind="submitted") == 1


def test_what_was_sent_shows_its_reasons_and_no_forms(as_ada, mentored):
    as_ada.send(f"{BEAT}/submitted", HAND_IN)

    page = words(as_ada.get(BEAT))

    assert "It waits for Ben since today" in page
    assert f"Your reason: {WHY}" in page
    assert "checked One fill by you" in page
    assert "Send to Ben" not in page
    assert "Link it" not in page


def test_taking_it_back_wants_a_reason(fresh_db, as_ada, mentored):
    as_ada.send(f"{BEAT}/submitted", HAND_IN)

    without = as_ada.send(f"{BEAT}/reopened", {"reason": ""})
    assert without.status_code == 422
    assert "Say in a sentence why." in words(without)

    as_ada.send(f"{BEAT}/reopened", {"reason": "The wrong bounce."})
    page = words(as_ada.get(BEAT))
    assert "The wrong bounce. Reopened by you" in page
    assert "Send to Ben" in page


def test_without_a_mentor_she_closes_it_on_her_own_word(fresh_db, as_ada):
    as_ada.send(f"{BEAT}/begun")
    assert "Close it on my own word" in words(as_ada.get(BEAT))

    answer = as_ada.send(f"{BEAT}/attested", HAND_IN)

    assert answer.status_code == 303
    assert "self-attested" in words(as_ada.get(BEAT))
    assert count(fresh_db, MilestoneEvent, kind="attested") == 1


def test_with_a_mentor_the_own_word_is_refused(fresh_db, as_ada, mentored):
    answer = as_ada.send(f"{BEAT}/attested", HAND_IN)

    assert answer.status_code == 422
    assert "Ben can verify this milestone." in words(answer)
    assert count(fresh_db, MilestoneEvent) == 0


# -- the mentor's chair --------------------------------------------------------------------------------------


def test_the_whole_way_from_evidence_to_the_sign_off(db, fresh_db, as_ada, as_ben, ada, mentored, make_version, at):
    for item, kind in ITEMS.items():
        as_ada.send(f"{BEAT}/evidence", {"item": item, "version": str(make_version(ada, kind=kind).id)})
    as_ada.send(f"{BEAT}/assessed", {"level": "3", "comment": "The end rings out."})
    form = {
        "checked": HAND_IN["checked"][1:],
        "reasons.lessons": WHY,
        "reasons.recall": WHY,
        "reasons.target-length": "The outro is long.",
    }
    as_ada.send(f"{BEAT}/submitted", form)

    page = words(as_ben.get(chair(ada)))
    for words_of_hers in ("Night bus, V1", "The end rings out.", "Ada says: The outro is long.", "One fill by Ada"):
        assert words_of_hers in page
    as_ben.send(f"{chair(ada)}/returned", {"submission": str(submission(fresh_db).id), "reason": "The end is cut."})
    assert "The end is cut. Returned by Ben" in words(as_ada.get(BEAT))

    at(TUESDAY)
    as_ada.send(f"{BEAT}/submitted", form)
    fresh_db.rollback()
    verdict = {"submission": str(submission(fresh_db).id), "level": "4", "comment": "I want the next section."}
    assert as_ben.send(f"{chair(ada)}/verified", verdict).status_code == 303

    hers, his = words(as_ada.get(BEAT)), words(as_ben.get(chair(ada)))
    assert "Ben verified it today" in hers
    assert "You verified it today" in his
    fresh_db.rollback()
    version_ids = [row["sha256"] for row in milestones.history(fresh_db, ada.id, "first-beat")[-1].kept["evidence"]]
    assert len(version_ids) == 3
    assert all(sha256 in hers for sha256 in version_ids)


def test_level_two_keeps_the_mark_only_by_its_own_button(fresh_db, as_ada, as_ben, ada, mentored):
    as_ada.send(f"{BEAT}/submitted", HAND_IN)
    verdict = {"submission": str(submission(fresh_db).id), "level": "2", "comment": "It clips in bar nine."}

    refused = as_ben.send(f"{chair(ada)}/verified", verdict)
    assert refused.status_code == 422
    assert "Level 3 or 4 signs off." in words(refused)
    assert "It clips in bar nine." in refused.text
    assert count(fresh_db, Assessment) == 0

    assert as_ben.send(f"{chair(ada)}/assessed", verdict).status_code == 303
    fresh_db.rollback()
    assert count(fresh_db, Assessment, side="mentor", level=2) == 1
    assert "submitted" in words(as_ada.get(BEAT))


def test_a_page_that_was_overtaken_shows_the_new_submission(db, fresh_db, library, as_ada, as_ben, ada, ben, mentored):
    as_ada.send(f"{BEAT}/submitted", HAND_IN)
    old = submission(fresh_db).id
    beat = library.milestones["first-beat"]
    sign_offs.send_back(db, ben, ada.id, beat, old, "Cut.", at=MONDAY + MINUTE)
    milestones.submit(db, library, ada, beat, HAND_IN["checked"], reasons(), at=MONDAY + 2 * MINUTE)
    db.commit()

    verdict = {"submission": str(old), "level": "3", "comment": "Good."}
    answer = as_ben.send(f"{chair(ada)}/verified", verdict)

    assert answer.status_code == 409
    assert "Ada sent this again since you opened the page." in words(answer)
    fresh_db.rollback()
    assert f'name="submission" value="{submission(fresh_db).id}"' in answer.text
    assert count(fresh_db, MilestoneEvent, kind="verified") == 0


def reasons() -> dict[str, str]:
    return {key.removeprefix("reasons."): WHY for key in HAND_IN if key.startswith("reasons.")}


def test_nobody_opens_the_mentors_chair_of_their_own(fresh_db, as_ada, ada, mentored, caplog):
    as_ada.send(f"{BEAT}/submitted", HAND_IN)
    verdict = {"submission": str(submission(fresh_db).id), "level": "4", "comment": "Mine.", "reason": "Mine."}

    with caplog.at_level(logging.WARNING, "woodshed.security"):
        answers = [as_ada.send(f"{chair(ada)}/{act}", verdict) for act in ("verified", "returned", "assessed")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert as_ada.get(chair(ada)).status_code == 403
    assert "signoff.denied" in caplog.text
    assert count(fresh_db, MilestoneEvent) == 1
    assert count(fresh_db, Assessment) == 0


ACTS = ["", "/assessed", "/returned", "/verified", "/reopened"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["stranger", "ex-mentor", "mentor without pieces"])
def test_others_get_the_answer_of_a_missing_one(db, fresh_db, as_ada, as_ben, as_eve, ada, mentored, who, act):
    as_ada.send(f"{BEAT}/submitted", HAND_IN)
    row = db.get(Link, (ada.id, mentored.id))
    if who == "ex-mentor":
        row.ended_at = TUESDAY
    if who == "mentor without pieces":
        row.shows_pieces = False
    db.commit()
    client = as_eve if who == "stranger" else as_ben
    form = {"submission": str(submission(fresh_db).id), "level": "3", "comment": "Good.", "reason": "Cut."}

    def ask(person_id: Any) -> Any:
        address = f"/apprentices/{person_id}{BEAT}{act}"
        return client.send(address, form) if act else client.get(address)

    foreign, missing = ask(ada.id), ask(uuid7())

    assert foreign.status_code == missing.status_code == 404
    assert plain(foreign) == plain(missing)
    assert count(fresh_db, MilestoneEvent) == 1
    assert count(fresh_db, Assessment) == 0


def test_a_mentor_sees_no_drafts_and_nothing_of_later(db, as_ada, as_ben, ada, mentored, make_version, at):
    draft = make_version(ada)
    piece = db.get(Piece, (ada.id, draft.piece_id))
    piece.title = "Secret sketch"
    db.commit()
    as_ada.send(f"{BEAT}/evidence", {"item": "beat", "version": str(draft.id)})
    assert as_ben.get(chair(ada)).status_code == 404

    shared = make_version(ada, kind="picture", shared=True)
    as_ada.send(f"{BEAT}/evidence", {"item": "screenshot", "version": str(shared.id)})
    as_ada.send(f"{BEAT}/assessed", {"level": "2", "comment": "Still unsure."})
    page = words(as_ben.get(chair(ada)))
    assert "Night bus, V1" in page
    assert "has not sent this milestone yet" in page
    assert "Secret sketch" not in page
    assert "Still unsure." not in page

    at(TUESDAY)
    as_ada.send(f"{BEAT}/submitted", HAND_IN)
    at(TUESDAY + MINUTE)
    as_ada.send(f"{BEAT}/reopened", {"reason": "Not yet."})
    as_ada.send(f"{BEAT}/assessed", {"level": "1", "comment": "I hate it now."})
    page = words(as_ben.get(chair(ada)))
    assert "Secret sketch, V1" in page
    assert "Still unsure." in page
    assert "I hate it now." not in page
    assert "Verify this milestone" not in page


def test_a_mentor_reopens_with_a_reason(fresh_db, as_ada, as_ben, ada, mentored):
    as_ada.send(f"{BEAT}/submitted", HAND_IN)
    verdict = {"submission": str(submission(fresh_db).id), "level": "3", "comment": "Good."}
    as_ben.send(f"{chair(ada)}/verified", verdict)

    assert as_ben.send(f"{chair(ada)}/reopened", {"reason": ""}).status_code == 422
    as_ben.send(f"{chair(ada)}/reopened", {"reason": "The sample is not cleared."})

    assert "The sample is not cleared. Reopened by Ben" in words(as_ada.get(BEAT))


def test_strangers_to_the_site_are_sent_to_the_door(anonymous, ada):
    assert anonymous.get("/milestones").status_code == 302
    assert anonymous.get(BEAT).status_code == 302
    assert anonymous.get(chair(ada)).status_code == 302
    assert anonymous.send(f"{BEAT}/submitted", HAND_IN).status_code == 302
