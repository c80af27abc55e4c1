"""The pages of links: pausing and parting, agreeing, handing on, the private check; and tabs that were left open."""

import re

import pytest
from sqlmodel import select

from core.ids import uuid7
from core.mail import Mail
from curriculum.library import Library
from mentorship import agreements, fit_checks, links, sessions
from mentorship.models.meetings import Handover
from mentorship.models.people import Agreement, FitCheck, Invitation, Link
from mentorship.models.pieces import Piece
from mentorship.sessions import Between, Entry
from tests.conftest import person
from tests.mentorship.counting import statements
from tests.mentorship.page_text import hidden, without_token, words
from tests.times import BERLIN, DAY, HOUR, MONDAY

ADDRESS = re.compile(r"http://127\.0\.0\.1:8000(/invitations/[\w-]{43})")
MARKS = {f"answers.{key}": "4" for key in fit_checks.KEYS}
TERMS = {"goals": "A beat a week.", "cadence": "Weekly.", "ways": "**Kindly**."}


@pytest.fixture
def link(ada, ben, link_of):
    return link_of(ada, ben)


@pytest.fixture
def held(db, library: Library, ada):
    def make(mentor, *, days=3, notes="we heard the bridge"):
        entry = Entry(MONDAY - days * DAY, BERLIN, 45, notes=notes)
        session = sessions.log(db, library, ada.id, "meeting", Between(ada.id, mentor.id), entry, at=MONDAY)
        db.commit()
        return session

    return make


def has(answer, text):
    return text in words(answer).replace("&#39;", "'").replace("’", "'")


# -- pausing and parting -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["as_ada", "as_ben"])
@pytest.mark.parametrize(
    ("step", "said", "state"),
    [
        ("paused", "rests. Either of you can take the pause back", "paused by you"),
        ("completed", "Completed. Sessions you held with", "completed by you"),
        ("ended", "The link has ended", "ended by you"),
    ],
)
def test_a_step_from_either_side_says_what_it_means(request, who, step, said, state, as_ben, ada, link, db):
    client = request.getfixturevalue(who)

    answer = client.send(f"/links/{link.id}/{step}", follow_redirects=True)

    assert has(answer, said) and has(answer, state)
    assert as_ben.get(f"/apprentices/{ada.id}").status_code == 404
    assert has(client.get("/mentors"), state)


def test_a_double_click_pauses_once_and_the_pause_is_taken_back(as_ada, as_ben, link, fresh_db, ada):
    op = uuid7()
    for _ in range(2):
        assert as_ben.send(f"/links/{link.id}/paused", op=op).status_code == 303

    page = as_ada.get(f"/links/{link.id}")
    answer = as_ada.send(f"/links/{link.id}/active", follow_redirects=True)

    assert has(page, "paused by Ben") and has(page, "Take the pause back")
    assert has(answer, "is in force again")
    assert fresh_db.get(Link, (ada.id, link.id)).paused_at is None


@pytest.mark.parametrize("over", [links.pause, links.complete, links.end])
def test_a_mentor_whose_link_is_over_keeps_what_was_held_together_and_nothing_else(
    db, library, as_ben, ada, ben, link, held, make_version, over
):
    version = make_version(ada, shared=True)
    together = held(ben, notes="together we listened")
    practice = sessions.log(
        db, library, ada.id, "practice", Between(ada.id), Entry(MONDAY - DAY, BERLIN, 20, notes="alone"), at=MONDAY
    )
    db.commit()
    addresses = [f"/sessions/{practice.id}", f"/portfolio/pieces/{version.piece_id}", f"/apprentices/{ada.id}"]
    before = [as_ben.get(address).status_code for address in addresses]

    over(db, ada.id, link.id, at=MONDAY)
    db.commit()

    assert before == [200, 200, 200]
    assert [as_ben.get(address).status_code for address in addresses] == [404, 404, 404]
    assert as_ben.get(f"/versions/{version.id}").status_code == 404
    kept = as_ben.get(f"/sessions/{together.id}")
    assert kept.status_code == 200 and "together we listened" in kept.text
    assert "<audio" not in kept.text
    assert f"/sessions/{together.id}" in as_ben.get(f"/links/{link.id}").text


@pytest.mark.parametrize("over", ["paused", "completed", "ended"])
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("shows", {"shows": ["money"]}),
        ("agreement", TERMS),
        ("agreement/agreed", {"agreement": "@agreement"}),
        ("handed", {"sessions": ["@session"]}),
        ("fit", MARKS),
        ("fit/@check/shared", {}),
        ("paused", {}),
        ("active", {}),
        ("completed", {}),
        ("ended", {}),
    ],
)
def test_a_tab_that_was_left_open_gets_its_sentence(
    db, as_ada, as_ben, ada, ben, eve, link_of, link, held, over, path, form
):
    """Ben moves on while Ada's page is open."""
    link_of(ada, eve)
    known = {
        "@agreement": str(agreements.write(db, ben.id, link.id, agreements.START, before=None, at=MONDAY).id),
        "@session": str(held(eve).id),
        "@check": str(fit_checks.answer(db, ada.id, link.id, dict.fromkeys(fit_checks.KEYS, 3), "", at=MONDAY).id),
    }
    db.commit()
    as_ben.send(f"/links/{link.id}/{over}")
    fields = {
        name: [known.get(one, one) for one in value] if isinstance(value, list) else known.get(value, value)
        for name, value in form.items()
    }

    answer = as_ada.send(f"/links/{link.id}/{path.replace('@check', known['@check'])}", fields)

    twice = path == over
    rests = over == "paused" and path in ("shows", "active", "completed", "ended")
    assert answer.status_code == (303 if twice or rests else 409)
    if answer.status_code == 409:
        said = "Ben paused your link" if over == "paused" else "Ben is no longer your mentor"
        assert has(answer, said)


# -- invitations ---------------------------------------------------------------------------------------------


def test_an_invitation_to_an_address_opens_for_that_account_alone(as_ada, as_ben, as_eve, anonymous, fresh_db):
    made = as_ada.send("/invitations", {"role": "mentor", "email": "Ben@example.com"}, follow_redirects=True)
    path = ADDRESS.search(made.text)[1]

    assert has(made, "Only an account with the address ben@example.com can accept")
    foreign, missing = as_eve.get(path), as_eve.get("/invitations/" + "x" * 43)
    assert foreign.status_code == missing.status_code == 404
    assert without_token(foreign) == without_token(missing)
    assert as_eve.send(path + "/accepted").status_code == as_eve.send(path + "/declined").status_code == 404
    assert has(anonymous.get(path), "the e-mail address that this invitation was sent to")
    assert fresh_db.exec(select(Mail)).all() == []  # this site sends none, and the page shows the address
    assert has(as_ben.send(path + "/accepted", follow_redirects=True), "You are their mentor now.")


@pytest.mark.parametrize("email", ["one@example.com\nBcc: two@example.com", "a@example.com,b@example.com", "x" * 300])
def test_an_address_that_is_none_is_refused_beside_its_field(as_ada, fresh_db, email):
    refused = as_ada.send("/invitations", {"role": "apprentice", "name": "Gil", "email": email})

    assert refused.status_code == 422
    assert 'value="Gil"' in refused.text
    assert refused.text.count("field-error") == 1
    assert fresh_db.exec(select(Invitation)).all() == []


def sign_up(client, path, name, email):
    form = {"name": name, "email": email, "password": "a long pass phrase", "next": path}
    return client.send("/sign-up", form)


def test_one_open_invitation_lets_one_account_in(as_ada, client_of):
    made = as_ada.send("/invitations", {"role": "mentor"}, follow_redirects=True)
    path = ADDRESS.search(made.text)[1]
    first, second, late = (client_of(None) for _ in range(3))
    for client in (first, second):
        client.get(path)

    came, refused = sign_up(first, path, "Gil", "gil@example.com"), sign_up(second, path, "Mo", "mo@example.com")

    assert (came.status_code, refused.status_code) == (303, 403)
    assert has(late.get(path), "An account was made by this invitation")
    assert late.get("/sign-up").status_code == 403
    assert has(as_ada.get("/mentors"), "an account was made with it")
    assert has(first.send(path + "/accepted", follow_redirects=True), "Agree on how you work")


def test_an_account_made_by_an_invitation_has_its_address(as_ada, client_of):
    made = as_ada.send("/invitations", {"role": "mentor", "email": "gil@example.com"}, follow_redirects=True)
    path = ADDRESS.search(made.text)[1]
    browser = client_of(None)
    browser.get(path)

    other = sign_up(browser, path, "Mo", "mo@example.com")
    right = sign_up(browser, path, "Gil", "GIL@example.com")

    assert other.status_code == 422 and has(other, "This invitation is for another e-mail address")
    assert right.status_code == 303
    assert browser.send(path + "/accepted").status_code == 303


def test_on_a_site_that_is_open_an_invitation_binds_nobody_who_signs_up(as_ada, client_of, app):
    """Whoever may come in anyhow comes in for themselves."""
    made = as_ada.send("/invitations", {"role": "mentor"}, follow_redirects=True)
    path = ADDRESS.search(made.text)[1]
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"registration": "open"})
    browsers = [client_of(None) for _ in range(2)]
    for number, browser in enumerate(browsers):
        browser.get(path)
        assert sign_up(browser, path, f"Gil {number}", f"gil{number}@example.com").status_code == 303

    assert browsers[1].send(path + "/accepted").status_code == 303
    assert browsers[0].send(path + "/accepted").status_code == 403


# -- agreeing ------------------------------------------------------------------------------------------------


def test_both_are_led_to_the_agreement_and_say_yes(as_ada, as_ben, link, fresh_db):
    assert has(as_ada.get(f"/links/{link.id}"), "Agree on how you work")
    form = as_ada.get(f"/links/{link.id}/agreement/edit")
    assert has(form, "We meet every second week for 45 minutes")

    as_ada.send(f"/links/{link.id}/agreement", TERMS | {"before": ""})
    page = as_ben.get(f"/links/{link.id}/agreement")
    agreed = as_ben.send(
        f"/links/{link.id}/agreement/agreed", {"agreement": hidden(page, "agreement")}, follow_redirects=True
    )

    assert has(page, "waits for your yes") and has(page, "Written by Ada")
    assert has(agreed, "Agreed: it holds from now on.") and "<strong>Kindly</strong>" in agreed.text
    assert has(as_ada.get(f"/links/{link.id}"), "You both said yes")
    assert fresh_db.exec(select(Agreement)).one().mentor_yes_at == MONDAY


def test_who_wrote_at_once_sees_both_texts_and_sends_again(as_ada, as_ben, link, fresh_db):
    as_ada.send(f"/links/{link.id}/agreement", TERMS | {"before": ""})

    refused = as_ben.send(f"/links/{link.id}/agreement", {"goals": "Two beats a week.", "before": ""})
    again = as_ben.send(f"/links/{link.id}/agreement", {"goals": "Both of it.", "before": hidden(refused, "before")})

    assert refused.status_code == 409
    assert has(refused, "wrote while you were writing")
    assert has(refused, "A beat a week.") and has(refused, "Two beats a week.")
    assert again.status_code == 303
    assert len(fresh_db.exec(select(Agreement)).all()) == 2


def test_script_in_an_agreement_is_shown_as_text(as_ada, as_ben, link):
    as_ada.send(f"/links/{link.id}/agreement", {"goals": "<script>alert(1)</script> [x](javascript:alert(1))"})

    page = as_ben.get(f"/links/{link.id}/agreement").text

    assert "<script>alert" not in page and 'href="javascript:' not in page


@pytest.mark.parametrize("length", [2001, 5_000_000 // 3])
def test_a_flood_of_words_is_refused_and_stays_on_the_page(as_ada, link, fresh_db, length):
    refused = as_ada.send(f"/links/{link.id}/agreement", {"goals": "x" * length})

    assert refused.status_code == 422
    assert has(refused, "longer than 2000 characters")
    assert fresh_db.exec(select(Agreement)).all() == []


# -- handing on ----------------------------------------------------------------------------------------------


def test_the_apprentice_hands_on_and_the_mentor_reads(as_ada, as_ben, ada, ben, eve, link, link_of, held, fresh_db):
    link_of(ada, eve)
    session = held(eve, notes="what Eve said")
    page = as_ada.get(f"/links/{link.id}/handed")
    before = as_ben.get(f"/sessions/{session.id}").status_code

    answer = as_ada.send(f"/links/{link.id}/handed", {"sessions": [str(session.id)]}, follow_redirects=True)

    assert has(page, "Meeting with Eve") and before == 404
    assert has(answer, "1 session is handed on now") and has(answer, "Ben reads 1")
    read = as_ben.get(f"/sessions/{session.id}")
    assert read.status_code == 200 and "what Eve said" in read.text
    assert as_ben.get(f"/sessions/{session.id}/edit").status_code == 403
    as_ada.send(f"/links/{link.id}/handed")
    assert as_ben.get(f"/sessions/{session.id}").status_code == 404
    assert fresh_db.exec(select(Handover)).all() == []


def test_a_mentor_hands_nothing_on_to_themselves(as_ben, ada, eve, link, link_of, held):
    link_of(ada, eve)
    session = held(eve)

    assert as_ben.get(f"/links/{link.id}/handed").status_code == 403
    assert as_ben.send(f"/links/{link.id}/handed", {"sessions": [str(session.id)]}).status_code == 403
    assert as_ben.get(f"/sessions/{session.id}").status_code == 404


# -- the private check ---------------------------------------------------------------------------------------


def test_the_check_is_there_when_it_is_due_and_for_her_alone(as_ada, as_ben, ben, link, held, fresh_db):
    for days in (3, 10, 17):
        held(ben, days=days)
    assert has(as_ada.get("/mentors"), "Private fit check")
    assert not has(as_ben.get("/mentors"), "fit check")

    answer = as_ada.send(f"/links/{link.id}/fit", MARKS | {"answers.pace": "1", "note": "slow"}, follow_redirects=True)

    assert has(answer, "Kept. Nobody but you sees it.") and has(answer, "Propose another rhythm")
    hers, missing = as_ben.get(f"/links/{link.id}/fit"), as_ben.get(f"/links/{uuid7()}/fit")
    assert hers.status_code == 404
    assert without_token(hers) == without_token(missing)
    assert "slow" not in as_ben.get(f"/links/{link.id}").text
    assert not has(as_ada.get("/mentors"), "Private fit check")
    assert fresh_db.exec(select(FitCheck)).one().answers["pace"] == 1


def test_she_shares_one_check_with_this_mentor_and_takes_it_back(as_ada, as_ben, as_eve, ada, eve, link, link_of):
    other = link_of(ada, eve)
    as_ada.send(f"/links/{link.id}/fit", MARKS | {"note": "private words"})
    as_ada.send(f"/links/{link.id}/fit", MARKS | {"note": "for Ben"})
    page = as_ada.get(f"/links/{link.id}/fit").text
    newest = re.search(rf"/links/{link.id}/fit/([\w-]+)/shared", page)[1]

    as_ada.send(f"/links/{link.id}/fit/{newest}/shared")
    shared = as_ben.get(f"/links/{link.id}/fit")
    foreign = as_eve.get(f"/links/{other.id}/fit")
    as_ada.send(f"/links/{link.id}/fit/{newest}/unshared")

    assert shared.status_code == 200
    assert has(shared, "for Ben") and not has(shared, "private words")
    assert foreign.status_code == as_ben.get(f"/links/{link.id}/fit").status_code == 404


def test_an_unanswered_statement_is_refused_and_the_rest_stays(as_ada, link):
    refused = as_ada.send(f"/links/{link.id}/fit", {**MARKS, "answers.kept": "", "note": "a long thought"})

    assert refused.status_code == 422
    assert refused.text.count("field-error") == 1
    assert refused.text.count(" checked") >= 4 and "a long thought" in refused.text


# -- a mentor whose account is gone --------------------------------------------------------------------------


def test_a_mentor_who_deletes_the_account_freezes_nothing(
    db, as_ada, client_of, ada, ben, link, held, make_version, library
):
    session = held(ben, notes="Ben was here")
    version = make_version(ada, shared=True)
    beat = "/milestones/first-beat"
    as_ada.send(f"{beat}/begun")
    page = as_ada.get(beat).text
    why = {f"reasons.{name}": "It is what I have." for name in re.findall(r'name="reasons\.([\w-]+)"', page)}
    assert as_ada.send(f"{beat}/submitted", why).status_code == 303
    as_ada.send(f"/links/{link.id}/agreement", TERMS)
    as_ada.send(f"/links/{link.id}/fit", MARKS)

    db.delete(ben)
    db.commit()

    for path in ("/", "/mentors", "/sessions", f"/sessions/{session.id}", "/portfolio", "/milestones", beat):
        assert as_ada.get(path, follow_redirects=True).status_code == 200, path
    assert as_ada.get(f"/links/{link.id}").status_code == 404
    kept = as_ada.get(f"/sessions/{session.id}")
    assert has(kept, "a former mentor") and has(kept, "Ben was here")
    assert as_ada.get(f"/portfolio/pieces/{version.piece_id}").status_code == 200
    assert as_ada.send(f"{beat}/reopened", {"reason": "Nobody is there to look."}).status_code == 303
    assert as_ada.send(f"{beat}/attested", why).status_code == 303
    assert has(as_ada.get(beat), "self-attested")
    assert db.exec(select(Piece)).one().user_id == ada.id


def test_what_waited_with_a_mentor_who_is_gone_is_free_for_the_next(
    db, as_ada, client_of, ada, ben, link, link_of, held
):
    beat = "/milestones/first-beat"
    as_ada.send(f"{beat}/begun")
    page = as_ada.get(beat).text
    why = {f"reasons.{name}": "It is what I have." for name in re.findall(r'name="reasons\.([\w-]+)"', page)}
    as_ada.send(f"{beat}/submitted", why)
    session = held(ben)
    db.delete(ben)
    db.commit()
    gil = person(db, "Gil")
    link = link_of(ada, gil)
    as_gil = client_of(gil)

    assert as_gil.get(f"/apprentices/{ada.id}{beat}").status_code == 200
    assert as_gil.get(f"/sessions/{session.id}").status_code == 404
    assert has(as_ada.get(f"/links/{link.id}/handed"), "Meeting with a former mentor")
    as_ada.send(f"/links/{link.id}/handed", {"sessions": [str(session.id)]})
    assert as_gil.get(f"/sessions/{session.id}").status_code == 200


# -- the number of queries -----------------------------------------------------------------------------------


def test_the_pages_of_links_take_no_more_queries_for_more_links(db, app, as_ada, ada, ben, link, held, link_of):
    def ask():
        with statements(app.extensions["database"].engine) as found:
            for path in ("/mentors", f"/links/{link.id}", f"/links/{link.id}/handed"):
                assert as_ada.get(path).status_code == 200
        return len(found)

    first = person(db, "First")
    for state in (links.pause, links.end):
        state(db, ada.id, link_of(ada, first).id, at=MONDAY)
        db.commit()
        links.end(db, ada.id, links.ended(db, ada.id)[0].link.id, at=MONDAY)
        db.commit()
    held(ben)
    few = ask()
    for number in range(8):
        mentor = person(db, f"Mentor{number}")
        made = link_of(ada, mentor)
        held(mentor, days=number + 4)
        (links.pause, links.complete, links.end)[number % 3](db, ada.id, made.id, at=MONDAY + HOUR)
        fit_checks.answer(db, ada.id, link.id, dict.fromkeys(fit_checks.KEYS, 3), "", at=MONDAY)
    db.commit()

    assert ask() <= few
