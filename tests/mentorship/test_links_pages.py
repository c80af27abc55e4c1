"""The pages on mentors, apprentices and invitations."""

import logging
import re

import pytest
from sqlmodel import select

from core.ids import uuid7
from mentorship import links
from mentorship.models.milestones import Assessment
from mentorship.models.people import Invitation, Link
from tests.conftest import person
from tests.mentorship.page_text import without_token, words
from tests.times import DAY, HOUR, MONDAY

ADDRESS = re.compile(r"http://127\.0\.0\.1:8000(/invitations/[\w-]{43})")


@pytest.fixture
def invite(as_ada):
    """Ada invites somebody on her page; the path of the invitation."""

    def make(role="mentor", name="Ben"):
        made = as_ada.send("/invitations", {"role": role, "name": name}, follow_redirects=True)
        return ADDRESS.search(made.text)[1]

    return make


# -- invitations ---------------------------------------------------------------------------------------------


def test_the_address_of_an_invitation_is_shown_once(as_ada, invite, fresh_db):
    path = invite()

    again = as_ada.get("/invitations/made", follow_redirects=True)

    assert path not in again.text
    assert "shown once" in words(again)
    assert "Ben, to be your mentor" in words(again)
    assert path.rsplit("/", 1)[1] not in str(fresh_db.exec(select(Invitation)).one().model_dump())


def test_an_invitation_says_who_asks_what_and_what_will_be_seen(invite, as_ben):
    page = as_ben.get(invite())

    assert page.status_code == 200
    for said in ("Ada asks you to be a mentor", "Lessons and cards", "Sessions", "no drafts", "Decline"):
        assert said in words(page)


def test_accepting_links_the_two(invite, as_ben, ada, ben, fresh_db):
    path = invite()

    answer = as_ben.send(path + "/accepted", follow_redirects=True)

    assert "You are their mentor now." in words(answer)
    link = fresh_db.exec(select(Link)).one()
    assert (link.user_id, link.mentor_id) == (ada.id, ben.id)


def test_a_double_click_on_accept_counts_once(invite, as_ben, fresh_db):
    path, op = invite(), uuid7()

    answers = [as_ben.send(path + "/accepted", op=op) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert len(fresh_db.exec(select(Link)).all()) == 1


def test_declining_links_nobody(invite, as_ben, fresh_db):
    path = invite()

    answer = as_ben.send(path + "/declined", follow_redirects=True)

    assert "You declined" in words(answer)
    assert fresh_db.exec(select(Link)).all() == []
    assert as_ben.get(path).status_code == 403


def test_an_invitation_that_opens_no_door_says_why(invite, as_ada, as_ben, as_eve, at):
    used, declined, expired, own = invite(), invite(), invite(), invite()
    as_ben.send(used + "/accepted")
    as_ben.send(declined + "/declined")

    for client, path, said in [
        (as_eve, used, "used already"),
        (as_eve, declined, "was declined"),
        (as_ada, own, "your own invitation"),
    ]:
        assert client.get(path).status_code == client.send(path + "/accepted").status_code == 403
        assert said in words(client.get(path))
    at(MONDAY + 7 * DAY)
    assert as_eve.get(expired).status_code == 403
    assert "lasts seven days" in words(as_eve.get(expired))


def test_an_invitation_taken_back_says_so(invite, as_ada, as_ben, fresh_db):
    path = invite()
    invitation = fresh_db.exec(select(Invitation)).one()

    answer = as_ada.send(f"/invitations/{invitation.id}/withdrawn", follow_redirects=True)

    assert "taken back" in words(answer)
    assert "Ada took this invitation back" in words(as_ben.get(path))


def test_a_guessed_invitation_looks_like_any_missing_page(invite, as_ben, anonymous):
    invite()

    for client in (as_ben, anonymous):
        guessed = client.get("/invitations/" + "x" * 43)
        missing = client.get("/nowhere")
        assert guessed.status_code == missing.status_code == 404
    assert as_ben.send("/invitations/" + "x" * 43 + "/accepted").status_code == 404


def test_guessing_invitations_is_slowed_down_and_opening_ones_own_is_not(invite, as_ben):
    path = invite()

    assert {as_ben.get(path).status_code for _ in range(70)} == {200}
    guesses = [as_ben.get(f"/invitations/{n:043d}").status_code for n in range(62)]

    assert guesses[:60] == [404] * 60
    assert guesses[-1] == 429


def test_the_secret_is_in_no_line_of_the_log(invite, as_ben, caplog):
    caplog.set_level(logging.DEBUG)
    path = invite()
    as_ben.send(path + "/accepted")

    as_ben.get(path)

    assert "mentor.link.denied" in caplog.text
    assert path.rsplit("/", 1)[1] not in caplog.text


def test_somebody_without_an_account_comes_in_by_the_invitation(invite, anonymous, db, ada):
    path = invite()
    closed = anonymous.get("/sign-up")

    page = anonymous.get(path)
    assert "Make an account" in words(page)
    assert f"next={path}" in page.text
    anonymous.send(
        "/sign-up",
        {"name": "Gil", "email": "gil@example.com", "password": "a long pass phrase", "next": path},
    )
    answer = anonymous.send(path + "/accepted", follow_redirects=True)

    assert closed.status_code == 403
    assert "You are their mentor now." in words(answer)
    assert len(links.apprentices_of(db, links.active(db, ada.id)[0].person.id)) == 1


def test_the_eleventh_invitation_of_a_day_is_refused_beside_the_form(invite, as_ada):
    for _ in range(10):
        invite()

    refused = as_ada.send("/invitations", {"role": "mentor", "name": "Ben"})

    assert refused.status_code == 422
    assert "10 invitations in the last 24 hours" in words(refused)
    assert 'value="Ben"' in refused.text


@pytest.mark.parametrize("form", [{"role": "host"}, {}, {"role": "mentor", "name": "x" * 81}])
def test_an_invitation_to_something_odd_is_refused(as_ada, fresh_db, form):
    assert as_ada.send("/invitations", form).status_code == 422
    assert fresh_db.exec(select(Invitation)).all() == []


# -- links ---------------------------------------------------------------------------------------------------


def test_the_page_of_links_teaches_when_it_is_empty(as_ada):
    page = words(as_ada.get("/mentors"))

    assert "Nobody is linked with you yet" in page
    assert "Invite a mentor" in page and "Invite an apprentice" in page


def test_the_apprentice_chooses_what_the_mentor_sees(as_ada, as_ben, ada, ben, link_of, fresh_db):
    link = link_of(ada, ben)

    answer = as_ada.send(f"/links/{link.id}/shows", {"shows": ["sessions"]}, follow_redirects=True)

    assert "Saved" in words(answer)
    kept = fresh_db.get(Link, (ada.id, link.id))
    assert (kept.shows_lessons, kept.shows_sessions, kept.shows_pieces) == (False, True, False)
    assert "shows you sessions" in words(as_ben.get("/mentors"))


def test_a_mentor_cannot_choose_what_they_see(as_ben, as_eve, ada, ben, link_of, fresh_db):
    link = link_of(ada, ben, shows_pieces=False)

    refused = as_ben.send(f"/links/{link.id}/shows", {"shows": ["lessons", "sessions", "pieces"]})
    foreign = as_eve.send(f"/links/{link.id}/shows", {"shows": ["pieces"]})
    missing = as_eve.send(f"/links/{uuid7()}/shows", {"shows": ["pieces"]})

    assert (refused.status_code, foreign.status_code) == (403, 404)
    assert without_token(foreign) == without_token(missing)
    assert not fresh_db.get(Link, (ada.id, link.id)).shows_pieces


@pytest.mark.parametrize("who", ["as_ada", "as_ben"])
def test_either_side_ends_the_link(request, who, as_ben, ada, ben, link_of, library):
    link = link_of(ada, ben)
    before = as_ben.get(f"/apprentices/{ada.id}")

    answer = request.getfixturevalue(who).send(f"/links/{link.id}/ended", follow_redirects=True)

    assert before.status_code == 200
    assert "The link has ended" in words(answer)
    gone = as_ben.get(f"/apprentices/{ada.id}")
    assert gone.status_code == 404
    assert without_token(gone) == without_token(as_ben.get(f"/apprentices/{uuid7()}"))


def test_what_was_held_together_and_marks_given_stay_readable(db, as_ada, as_ben, as_eve, ada, ben, link_of):
    link = link_of(ada, ben)
    mark = Assessment(
        user_id=ada.id,
        id=uuid7(),
        milestone="first-beat",
        by_id=ben.id,
        by_name="Ben",
        side="mentor",
        level=3,
        comment="It holds together.",
        at=MONDAY,
    )
    db.add(mark)
    links.end(db, ada.id, link.id, at=MONDAY + HOUR)
    db.commit()

    for client in (as_ada, as_ben):
        assert "no sessions held together · 1 mark given" in words(client.get("/mentors"))
        page = words(client.get(f"/links/{link.id}"))
        assert "First finished beat" in page and "marked 3 of 4" in page and "It holds together." in page
    foreign, missing = (as_eve.get(f"/links/{link_id}") for link_id in (link.id, uuid7()))
    assert without_token(foreign) == without_token(missing)


# -- the mentor's page of an apprentice ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hidden", "kept_back"),
    [
        ("shows_lessons", "does not show lessons and cards"),
        ("shows_sessions", "shows no sessions but those held with you"),
        ("shows_pieces", "does not show pieces"),
    ],
)
def test_the_page_of_an_apprentice_shows_what_the_link_shows(as_ben, ada, ben, link_of, hidden, kept_back):
    link_of(ada, ben, **{hidden: False})

    page = words(as_ben.get(f"/apprentices/{ada.id}"))

    assert f"Ada {kept_back}" in page
    assert page.count("does not show") + page.count("shows no") == (2 if hidden == "shows_pieces" else 1)


def test_drafts_stay_with_the_apprentice(db, as_ben, ada, ben, link_of, make_version):
    link_of(ada, ben)
    make_version(ada, shared=False)

    assert "Night bus" not in as_ben.get(f"/apprentices/{ada.id}").text

    make_version(ada, shared=True)
    assert "Night bus" in as_ben.get(f"/apprentices/{ada.id}").text


def test_nobody_but_the_mentor_has_a_page_of_an_apprentice(db, as_ada, as_ben, as_eve, anonymous, ada, ben, link_of):
    link_of(ada, ben)
    gil = person(db, "Gil")

    for client, person_id in [
        (as_eve, ada.id),
        (as_ada, ben.id),
        (as_ada, ada.id),
        (as_ben, gil.id),
        (as_ben, uuid7()),
    ]:
        assert client.get(f"/apprentices/{person_id}").status_code == 404
    assert anonymous.get(f"/apprentices/{ada.id}").status_code == 302


def test_a_name_with_script_is_shown_as_text(db, client_of, as_ada, ada, link_of):
    mallory = person(db, "<script>alert(1)</script>")
    link_of(ada, mallory)

    for client, path in [(as_ada, "/mentors"), (client_of(mallory), "/mentors")]:
        assert "<script>alert" not in client.get(path).text
