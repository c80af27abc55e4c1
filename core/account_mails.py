"""Mails about the account itself: to show that an address is one's own, and to set a new password.

They enter the outbox as all others do. Flask-Security makes and checks the secrets in their links; a link begins with
this site's configured address, whatever address was asked.
"""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_security import ForgotPasswordForm, MailUtil, hash_password
from flask_security.confirmable import confirm_email_token_status, generate_confirmation_token
from sqlmodel import Session

from core import clock, mail
from core.accounts import User, joined
from core.database import database
from core.errors import Refused
from core.ids import uuid7
from core.limits import RateCount
from core.mail import ACCOUNT

CONFIRM_DAYS = 5
OLD_LINK = "This link is old, was made for another address, or is not whole. Ask for a new one in your settings."


class Mails(MailUtil):
    """What Flask-Security would send, put into the outbox."""

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: Any, html: Any, **about: Any
    ) -> None:
        """Called inside a request; `about` has the person and the secret."""
        user: User = about["user"]
        if template.endswith("reset_instructions"):
            hash_password("as for an address that nobody has")  # Flask-Security does this for those
            path = url_for("security.reset_password", token=about["reset_token"])
            words = (
                "Somebody, you I hope, asked for a new password for your account. This link lets you choose one. It "
                "works once, within an hour.\n\nWas it not you? Then leave this mail alone: nothing has changed."
            )
            subject = "A new password for Woodshed"
        elif template.endswith("reset_notice"):
            path, subject = url_for("security.forgot_password"), "Your password was changed"
            words = (
                "The password of your account was set anew just now, and you are signed out everywhere.\n\nWas it not "
                "you? Then choose a new one at once, and tell the person who runs this site."
            )
        else:
            raise LookupError(f"Woodshed has no words for the mail {template}")
        with joined() as db:
            _put(db, user, subject, words, path, at=clock.now())

    def validate(self, email: str) -> str:
        """Without asking the network whether the address takes mail: that would tell known addresses from others."""
        return self.normalize(email)


class ForgotForm(ForgotPasswordForm):
    """Where the address has no account, as much is done as for one that has: nobody learns which, by a watch either."""

    def validate(self, **kwargs: Any) -> bool:
        if super().validate(**kwargs):
            return True
        with database().writing() as db:
            db.add(RateCount(key=f"no account:{uuid7()}", count=1, expires_at=0))
        return False


def ask_to_confirm(db: Session, user: User, *, at: datetime) -> None:
    """Put the mail whose link shows that the address is this person's."""
    words = (
        "This address was given for an account at Woodshed. Follow the link if it is yours: then news of your meetings "
        f"can reach you by mail. It works for {CONFIRM_DAYS} days.\n\nWas it not you? Then leave this mail alone."
    )
    path = url_for("telling.confirmation", token=generate_confirmation_token(user))
    _put(db, user, "Is this your address?", words, path, at=at)


def behind(token: str) -> User:
    """Whose address the link of such a mail is about. One that is old, forged or of another address is refused."""
    expired, invalid, user = confirm_email_token_status(token)
    if expired or invalid or user is None or not user.active:
        raise Refused(OLD_LINK)
    found: User = user
    return found


def _put(db: Session, user: User, subject: str, words: str, path: str, *, at: datetime) -> None:
    mail.put(db, user, kind=ACCOUNT, slot=str(uuid7()), subject=subject, text=words, path=path, at=at)
