"""Invitations to an address, by mail; and that one invitation makes one account."""

from functools import partial

import pytest
from sqlmodel import select

from core import accounts
from core.accounts import User
from core.errors import NotAllowed, NotFound, Refused
from core.inbox import Notice
from core.mail import Mail
from mentorship import invitations
from mentorship.models.people import Invitation, Link
from tests.conftest import person
from tests.mentorship.test_links import at_once
from tests.times import DAY, HOUR, MONDAY


def invite(db, inviter, email="", role="mentor", at=MONDAY, name="a friend", mails=True):
    invitation, secret = invitations.invite(db, inviter.id, role, name, email=email, mails=mails, most_a_day=10, at=at)
    db.commit()
    return invitation, secret


def told(db, who):
    db.flush()
    return [notice.text for notice in db.exec(select(Notice).where(Notice.user_id == who.id).order_by(Notice.id))]


def join(db, secret, name, at=MONDAY):
    user = accounts.create(
        db, name=name, email=f"{name.lower()}@example.com", password="x", zone="Europe/Berlin", at=at
    )
    invitations.let_in(db, secret, user, at=at)
    return user


# -- to an address -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["ben@example.com", " Ben@Example.COM "])
def test_an_invitation_to_an_address_is_for_that_account_alone(db, ada, ben, eve, written):
    _, secret = invite(db, ada, written)

    for answer in (invitations.accept, invitations.decline):
        with pytest.raises(NotFound) as wrong:
            answer(db, eve.id, secret, at=MONDAY)
        with pytest.raises(NotFound) as missing:
            answer(db, eve.id, "x" * 43, at=MONDAY)
        assert str(wrong.value) == str(missing.value)
    assert invitations.accept(db, ben.id, secret, at=MONDAY).mentor_id == ben.id


def test_an_account_for_an_invitation_has_its_address(db, ada):
    _, secret = invite(db, ada, "gil@example.com")

    with pytest.raises(Refused, match="for another e-mail address") as refused:
        join(db, secret, "Mallory")
    db.rollback()
    gil = join(db, secret, "Gil")

    assert refused.value.field == "email"
    assert invitations.accept(db, gil.id, secret, at=MONDAY).mentor_id == gil.id


@pytest.mark.parametrize(
    "text",
    [
        "nobody",
        "a@b",
        "one@example.com, two@example.com",
        "one@example.com two@example.com",
        "one@example.com;two@example.com",
        "one@example.com\nBcc: two@example.com",
        "one@example.com\r\nSubject: Hello",
        "One <one@example.com>",
        "one@example.com%0abcc:two@example.com\x00",
        "x" * 250 + "@example.com",
    ],
)
def test_what_is_not_one_address_is_refused(db, ada, text):
    with pytest.raises(Refused, match="not one e-mail address") as refused:
        invite(db, ada, text)

    assert (refused.value.status, refused.value.field) == (422, "email")
    assert db.exec(select(Mail)).all() == []


def test_nobody_invites_themselves(db, ada):
    with pytest.raises(Refused, match="your own address"):
        invite(db, ada, "ADA@example.com")


def test_an_invitation_to_an_address_waits_in_the_outbox_once(db, ada):
    invitation, secret = invite(db, ada, "Gil@example.com")
    invite(db, ada)

    mail = db.exec(select(Mail)).one()
    assert (mail.user_id, mail.kind, mail.slot) == (ada.id, "invitation", str(invitation.id))
    assert (mail.address, mail.subject) == ("Gil@example.com", "Ada asks you to be a mentor")
    assert mail.path == f"/invitations/{secret}"
    assert secret not in mail.text
    assert "30 Nov 2026" in mail.text
    assert secret not in str(invitation.model_dump())


@pytest.mark.parametrize(
    "name", ["Ada\nBcc: eve@example.com", "Ada\r\n\r\nBuy!", "Ada\x0bX-Spam: no", "Ada\u2028To: x"]
)
def test_a_name_cannot_begin_another_heading_of_the_mail(db, name):
    mallory = person(db, "Mallory")
    mallory.name = name
    invite(db, mallory, "gil@example.com", role="apprentice")

    mail = db.exec(select(Mail)).one()
    assert mail.subject.isprintable()
    assert mail.subject.startswith("Ada ") and mail.subject.endswith(" offers to be your mentor")
    assert "\nBcc" not in mail.text and "\nTo:" not in mail.text


@pytest.mark.parametrize("how", ["withdrawn", "accepted", "declined", "expired"])
def test_an_invitation_that_is_over_is_not_mailed_any_more(db, ada, ben, how):
    invitation, secret = invite(db, ada, "ben@example.com")

    if how == "withdrawn":
        invitations.withdraw(db, ada.id, invitation.id, at=MONDAY)
    elif how == "expired":
        invitations.expire_invitations(db, at=MONDAY + 7 * DAY)
    else:
        (invitations.accept if how == "accepted" else invitations.decline)(db, ben.id, secret, at=MONDAY)
    db.commit()

    mail = db.exec(select(Mail)).one()
    db.refresh(mail)
    assert mail.failed_at is not None and mail.text == mail.path == ""


def test_a_mail_that_went_out_stays_as_it_is(db, ada):
    invitation, _ = invite(db, ada, "gil@example.com")
    mail = db.exec(select(Mail)).one()
    mail.sent_at = MONDAY
    db.commit()

    invitations.withdraw(db, ada.id, invitation.id, at=MONDAY + HOUR)

    db.refresh(mail)
    assert mail.failed_at is None


# -- who is told ---------------------------------------------------------------------------------------------


def test_the_inviter_is_told_of_yes_no_and_silence(db, ada, ben, eve):
    _, accepted = invite(db, ada)
    _, declined = invite(db, ada, role="apprentice")
    invite(db, ada, name="Gil")

    link = invitations.accept(db, ben.id, accepted, at=MONDAY)
    invitations.decline(db, eve.id, declined, at=MONDAY)
    invitations.expire_invitations(db, at=MONDAY + 7 * DAY)

    assert told(db, ada) == [
        "Ben accepted and is your mentor now. Next: agree on how you work.",
        "Eve declined your invitation to be your apprentice.",
        "Your invitation to Gil expired: each one lasts seven days. You can make a new one.",
    ]
    assert (
        db.exec(select(Notice.path).where(Notice.user_id == ada.id).order_by(Notice.id)).first() == f"/links/{link.id}"
    )


def test_the_invited_are_told_that_it_was_taken_back_if_they_have_an_account(db, ada, ben, eve):
    to_ben, _ = invite(db, ada, "ben@example.com")
    to_anybody, secret = invite(db, ada)
    gil = join(db, secret, "Gil")
    to_nobody, _ = invite(db, ada, "nobody@example.com")

    for invitation in (to_ben, to_ben, to_anybody, to_nobody):
        invitations.withdraw(db, ada.id, invitation.id, at=MONDAY)

    assert told(db, ben) == told(db, gil) == ["Ada took back the invitation to you."]
    assert told(db, eve) == []


def test_the_inviter_sees_what_came_to_nothing(db, ada, ben):
    declined, secret = invite(db, ada, at=MONDAY)
    withdrawn, _ = invite(db, ada, at=MONDAY + HOUR)
    expired, _ = invite(db, ada, at=MONDAY + 2 * HOUR)
    _, accepted = invite(db, ada, at=MONDAY + 3 * HOUR)
    invitations.decline(db, ben.id, secret, at=MONDAY + HOUR)
    invitations.withdraw(db, ada.id, withdrawn.id, at=MONDAY + HOUR)
    invitations.accept(db, ben.id, accepted, at=MONDAY + 3 * HOUR)
    invite(db, ada, at=MONDAY + 6 * DAY)

    found = invitations.over(db, ada.id, most=10, at=MONDAY + 8 * DAY)

    words = [(expired.id, "expired"), (withdrawn.id, "withdrawn"), (declined.id, "declined")]
    assert [(one.id, word) for one, word in found] == words
    assert len(invitations.over(db, ada.id, most=2, at=MONDAY + 8 * DAY)) == 2


# -- one account ---------------------------------------------------------------------------------------------


def test_one_invitation_makes_one_account_and_only_that_one_answers(db, ada, eve):
    _, secret = invite(db, ada)
    gil = join(db, secret, "Gil")
    db.commit()

    assert not invitations.is_open_invitation(db, secret, at=MONDAY)
    with pytest.raises(NotAllowed, match="An account was made by this invitation"):
        join(db, secret, "Mallory")
    db.rollback()
    for viewer in (None, eve.id):
        with pytest.raises(NotAllowed, match="An account was made by this invitation"):
            invitations.find_invitation(db, secret, viewer_id=viewer, at=MONDAY)
    with pytest.raises(NotAllowed, match="An account was made"):
        invitations.accept(db, eve.id, secret, at=MONDAY)
    assert invitations.accept(db, gil.id, secret, at=MONDAY).mentor_id == gil.id


def test_of_many_who_sign_up_at_once_one_gets_an_account(base, db, fresh_db, ada):
    _, secret = invite(db, ada)

    results = at_once(base, *(partial(join, secret=secret, name=f"Gil{number}") for number in range(4)))

    assert sum(isinstance(result, NotAllowed) for result in results) == 3
    assert len(fresh_db.exec(select(User)).all()) == 2
    assert fresh_db.exec(select(Invitation.joined_by)).one() is not None
    assert fresh_db.exec(select(Link)).all() == []
