"""The table of the route matrix: for every address and method, whose objects fill it and what each actor may expect.

An address without an entry fails the test. An entry says the statuses of those who get something; everybody else who
is signed in gets `others` (404, as for an object that is not there), and nobody at all is sent to sign in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.world import LESSON

PERSONS = ("ada", "ben", "carl", "dora", "eve", "fay", "hanna")
ACTORS = ("anonymous", *PERSONS)
SIGN_IN = 302  # to the page, from any other
OBJECT = re.compile(r"(?:^|(?<=:))@([^\n@]+)$", re.MULTILINE)  # "@piece", "mentor:@ben"
FILE = "file:"  # a form's value: upload these words
NEW_UUID = "01a20196-1d6c-7807-95e1-2855984b4e4f"  # nobody's
MISSING = {  # what stands for an object of the world when there is none
    **dict.fromkeys(("other sign-in", "key"), "0" * 64),
    **dict.fromkeys(("open secret", "expired secret", "used secret of ada", "bound secret"), "0" * 43),
    **dict.fromkeys(("card", "answered card"), "zzzzzz"),
    "pause": "712345",
    **dict.fromkeys(("own card", "deleted card"), "own-zzzzzzzzzz"),
}


@dataclass(frozen=True)
class Case:
    """One address with one method, filled with objects.

    url, form: values; "@name" is an object of the world. sees: actor -> status. public: the status for whom is not
    listed is that of `others` for nobody, too. shows: canaries that everybody may read here. by_key: who asks brings a
    key; browsers get 401, whoever sits there. sends: an item of the list that such a program sends. unguarded: the
    secret is in the address, so that mail programs, which have no guard, may use it. by_secret: the secret
    in the address is enough to write, with a guard; nobody need be signed in.
    """

    url: Mapping[str, str] = field(default_factory=dict)
    sees: Mapping[str, int] = field(default_factory=dict)
    others: int = 404
    form: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    shows: frozenset[str] = frozenset()
    public: bool = False
    nobody: int = SIGN_IN
    nobody_script: int = 401
    about: str = ""
    by_key: bool = False
    unguarded: bool = False
    by_secret: bool = False
    sends: Mapping[str, object] = field(default_factory=dict)

    @property
    def foreign(self) -> tuple[str, ...]:
        """The objects that decide who may: those in the address, else those in the form."""
        in_url = OBJECT.findall("\n".join(self.url.values()))
        sent = [value for value in self.sends.values() if isinstance(value, str)]
        return tuple(in_url or OBJECT.findall("\n".join([*self.form.values(), *sent])))


def own(status: int = 200, **more: object) -> Case:
    """A page about whoever asks: the same for everybody with an account."""
    return Case(sees=dict.fromkeys(PERSONS, status), **more)


def only(sees: Mapping[str, int], **more: object) -> Case:
    return Case(sees=sees, **more)


def program(sees: Mapping[str, int], **more: object) -> Case:
    """What only programs may ask, with a key of the person who is listed."""
    return Case(sees=sees, by_key=True, nobody=401, **more)


def for_all(status: int = 200, **more: object) -> Case:
    return Case(sees=dict.fromkeys(ACTORS, status), public=True, **more)


def signed_in_or(anonymous: int, status: int, **more: object) -> Case:
    """Pages of the door: people with an account are sent on."""
    return Case(sees={**dict.fromkeys(PERSONS, status), "anonymous": anonymous}, public=True, **more)


ADA, BEN, BOTH = {"ada": 200}, {"ben": 200}, {"ada": 200, "ben": 200}
WITH_CARL = {"ada": 200, "carl": 200}  # Ben, who came after him, reads only what Ada hands on
ADA_DOES, BEN_DOES, BOTH_DO = {"ada": 303}, {"ben": 303}, {"ada": 303, "ben": 303}
INVITED = frozenset({"name", "invitation secret"})
PRACTICE = {"kind": "practice", "day": "2026-11-23", "minutes": "30"}
HELD = {"day": "2026-11-20", "time": "12:00", "minutes": "30"}
PIECE = {"title": "Another"}
PACE = {"new_a_day": "5", "reviews_a_day": "50", "retention": "93", "easy": "6"}
HOLIDAY = {"first": "2026-12-01", "last": "2026-12-06"}
MARK = {"level": "3", "comment": "It holds."}
BEAT = {"slug": "first-beat"}
ADAS_BEAT = {"person_id": "@ada", **BEAT}
UNDO = {"id": NEW_UUID, "answered_at": "2026-11-23T12:00:00Z"}
ANSWER = {**UNDO, "rating": 3}
MENTOR_ONLY = {"ben": 303, "ada": 403}  # nobody signs their own work
CARD = {"type": "basic", "question": "What is it?", "answer": "This.", "tags": "eq"}
ROUND_FORM = {"lesson": LESSON, "seed": "1", "begun": "1795435200000000"}  # on that Monday
ROUND = "&".join(f"{name}={value}" for name, value in ROUND_FORM.items())
LESSON_WRITES = ("cards", "done", "skipped", "starred", "undone", "unskipped", "unstarred")
SKIP_REFUSED = {**dict.fromkeys(PERSONS, 303), "ada": 422}  # Ada has done it already

MATRIX: dict[str, list[Case]] = {
    # -- the ground
    "GET static": [for_all(url={"filename": "css/base.css"}), for_all(404, url={"filename": "../settings.py"})],
    "GET profile.health": [for_all()],
    "GET profile.hello": [for_all()],
    "GET profile.sign_up": [signed_in_or(403, 302)],
    "POST profile.signed_up": [
        signed_in_or(
            403, 302, form={"name": "Zoe", "email": "zoe@example.com", "password": "a good long one", "zone": ""}
        )
    ],
    "GET security.login": [signed_in_or(200, 302)],
    "POST security.login": [signed_in_or(200, 302, form={"email": "nobody@example.com", "password": "a guess or two"})],
    "POST security.logout": [signed_in_or(302, 302)],
    "GET security.change_password": [own(nobody_script=302)],
    "POST security.change_password": [
        own(form={"password": "x", "new_password": "a good long one"}, nobody_script=302)
    ],
    "GET profile.settings": [own()],
    "POST profile.changed_profile": [own(303, form={"name": "New", "zone": "Europe/Rome"})],
    "POST profile.ended_sign_in": [only(ADA_DOES, url={"token_hash": "@other sign-in"})],
    "GET profile.work": [
        only(ADA, url={"work_id": "@waiting work"}),
        only(ADA, url={"work_id": "@done work"}),
        only(ADA, url={"work_id": "@failed work"}),
    ],
    "POST profile.cancelled_work": [
        only(ADA_DOES, url={"work_id": "@waiting work"}),
        only(ADA_DOES, url={"work_id": "@done work"}, about="it is over, and stays so"),
    ],
    "GET profile.keys": [own()],
    "POST profile.made_key": [
        own(422, form={"name": "Phone", "scopes": "reviews:read", "days": "30", "password": "a guess"})
    ],
    "POST profile.ended_key": [only(ADA_DOES, url={"token_hash": "@key"})],
    "GET profile.openapi": [for_all()],
    # -- by key
    "GET api.queue": [program(dict.fromkeys(PERSONS, 200)), program({}, others=422, query="sort=1")],
    "POST api.reviews": [
        program(dict.fromkeys(PERSONS, 200), sends={**ANSWER, "card_id": "@card"}),
        program(dict.fromkeys(PERSONS, 200), sends={**ANSWER, "id": "@answer", "card_id": "@answered card"}),
        program(dict.fromkeys(PERSONS, 200), sends={**UNDO, "undoes": "@answer", "card_id": "@answered card"}),
    ],
    "DELETE api.taken_back": [program({"ada": 200}, url={"review_id": "@answer"})],
    # -- learning
    "GET lessons.tracks": [own()],
    "GET lessons.show": [
        own(url={"slug": LESSON}),
        own(url={"slug": "daw-midi"}, about="planned"),
        only({}, url={"slug": "no-lesson"}),
    ],
    **{
        f"POST lessons.{verb}": [
            Case(url={"slug": LESSON}, sees=SKIP_REFUSED if verb == "skipped" else dict.fromkeys(PERSONS, 303)),
            only({}, url={"slug": "no-lesson"}),
        ]
        for verb in LESSON_WRITES
    },
    "POST lessons.steps": [own(303, url={"slug": LESSON}, form={"step": "@step"})],
    "GET lessons.picture": [
        own(url={"slug": LESSON, "name": "signal-path.svg"}),
        only({}, url={"slug": LESSON, "name": "01-signal-path.md"}),
    ],
    "GET lessons.glossary": [own()],
    "GET lessons.programme": [own()],
    "POST lessons.chosen_programme": [
        own(303, form={"programme": "self-study"}),
        own(422, form={"programme": "no-programme"}),
    ],
    "GET lessons.welcome": [own()],
    "POST lessons.welcomed": [own(303, form={"makes": "Beats", "daw": "Reaper", "programme": ""})],
    "GET lessons.learning": [own()],
    "POST lessons.changed_learning": [own(303, form={"daw": "Reaper"}), own(422, form={"daw": "Tape"})],
    "GET review_settings.show": [own(), own(query="retention=95&new_a_day=5&reviews_a_day=50")],
    "POST review_settings.changed": [
        own(303, form=PACE),
        own(303, form={**PACE, "do": "try"}),
        own(422, form={**PACE, "retention": "99"}),
    ],
    "POST review_settings.paused": [own(303, form=HOLIDAY), own(422, form={**HOLIDAY, "last": "2026-11-30"})],
    "POST review_settings.removed_pause": [only(ADA_DOES, url={"first": "@pause"})],
    "POST review_settings.ended_pause": [own(303)],
    "POST review_settings.fitted": [own(422, about="nobody has answered enough")],
    "POST review_settings.used_standard": [own(303)],
    "POST review_settings.used": [only(ADA_DOES, url={"set_id": "@parameters"})],
    "GET backlog.show": [own()],
    "POST backlog.chosen": [
        *(own(303, form={"choice": choice, "days": "7"}) for choice in ("cap", "spread", "all")),
        own(422, form={"choice": "spread", "days": "61"}),
    ],
    "POST backlog.more": [own(303, form={"reviews": "20"}), own(422, form={"reviews": "21"})],
    "GET stats.show": [own(), own(query="period=all")],
    "GET stats.log": [own()],
    "GET reviews.desk": [own()],
    "POST reviews.answer": [
        only(ADA_DOES, url={"card_id": "@card"}, form={"id": NEW_UUID, "rating": "3", "seconds": "2"}),
        only({"ada": 409}, url={"card_id": "@answered card"}, form={"id": NEW_UUID, "rating": "3", "seconds": "2"}),
    ],
    **{f"POST reviews.{verb}": [only(ADA_DOES, form={"card": "@card"})] for verb in ("suspended", "buried")},
    "POST reviews.undone": [only(ADA_DOES, others=422)],
    # -- own cards and the browser
    "GET cards.index": [own(), own(query="q=is:due"), own(422, query="q=is:purple"), own(422, query="sort=id")],
    "GET cards.show": [
        own(url={"card_id": "@card"}, about="a card of the course is everybody's"),
        only(ADA, url={"card_id": "@own card"}),
        only({}, url={"card_id": "@deleted card"}),
    ],
    "POST cards.changed": [
        *(
            only(ADA_DOES, form={"verb": verb, "card": "@own card", "tags": "more"})
            for verb in ("suspended", "returned", "buried", "tagged", "untagged", "deleted")
        ),
        only({}, form={"verb": "suspended", "card": "@deleted card"}),
        own(422, form={"verb": "suspended"}),
    ],
    "POST cards.undone": [own(303, form={"verb": "deleted", "at": "1"}), own(422, form={"verb": "deleted"})],
    "GET own_cards.new": [
        own(query=f"lesson={LESSON}&text=A+sentence.&gap=sentence"),
    ],
    "POST own_cards.written": [own(303, form=CARD), own(422, form={"type": "basic"})],
    "POST own_cards.preview": [own(form=CARD), only(ADA, form={**CARD, "block": "@own card"})],
    "GET own_cards.edit": [only(ADA, url={"block": "@own card"}), only({}, url={"block": "@deleted card"})],
    "POST own_cards.edited": [
        only(ADA_DOES, url={"block": "@own card"}, form=CARD),
        only({}, url={"block": "@deleted card"}, form=CARD),
    ],
    "GET practice.index": [own()],
    "GET practice.begun": [own(302, query=f"lesson={LESSON}", nobody_script=401)],
    "GET practice.desk": [
        own(query=ROUND),
        own(422, query="q=tag:nothing&seed=1&begun=1"),
        only({}, query="lesson=no-lesson&seed=1&begun=1"),
    ],
    "POST practice.answered": [
        own(303, query="", form={**ROUND_FORM, "card_id": "@card", "rating": "3"}),
        only({}, form={**ROUND_FORM, "card_id": "@own card", "rating": "3", "lesson": "mix-decibels"}),
    ],
    "POST practice.undone": [own(422, form=ROUND_FORM)],
    # -- cards on their way in and out
    "GET imports.new": [own()],
    "POST imports.uploaded": [
        own(303, form={"file": FILE + "question,answer"}),
        own(422, about="no file"),
    ],
    "GET imports.show": [
        only(ADA, url={"work_id": "@deck look"}),
        only(ADA, url={"work_id": "@table look"}),
        only(ADA, url={"work_id": "@deck import"}),
        only({}, url={"work_id": "@export"}, about="of another kind"),
    ],
    "POST imports.begun": [
        only(ADA_DOES, url={"work_id": "@deck look"}),
        only(ADA_DOES, url={"work_id": "@table look"}, form={"column.0": "question"}),
        only({"ada": 422}, url={"work_id": "@table look"}, form={"column.0": "answer"}),
    ],
    "POST imports.left": [only(ADA_DOES, url={"work_id": "@deck look"})],
    "POST imports.taken_back": [only(ADA_DOES, url={"work_id": "@deck import"})],
    "GET imports.file": [only(ADA, url={"sha256": "@card media"})],
    "GET exports.new": [own()],
    "POST exports.asked": [own(303, form={"track": "all"}), own(422, form={"track": "no-track"})],
    "GET exports.show": [only(ADA, url={"work_id": "@export"})],
    "GET exports.file": [only(ADA, url={"work_id": "@export"})],
    "GET exports.table": [own()],
    # -- people
    "GET home.today": [own(nobody_script=302)],
    "GET links.index": [own()],
    "POST links.invited_somebody": [
        own(303, form={"role": "mentor", "name": "Somebody"}),
        own(303, form={"role": "apprentice", "email": "gil@example.com"}),
        own(422, form={"role": "mentor", "email": "gil@example.com, zoe@example.com"}),
    ],
    "GET links.invited": [own(302)],
    "POST links.withdrawn": [
        only(ADA_DOES, url={"invitation_id": "@open invitation"}),
        only(ADA_DOES, url={"invitation_id": "@expired invitation"}),
    ],
    "GET links.invitation": [
        Case(
            url={"secret": "@open secret"},
            sees={**dict.fromkeys(ACTORS, 200), "ada": 403},
            public=True,
            shows=INVITED,
            about="whoever brings the secret is invited",
        ),
        for_all(403, url={"secret": "@expired secret"}, shows=INVITED),
        for_all(403, url={"secret": "@used secret of ada"}, shows=INVITED),
        for_all(404, url={"secret": "0" * 43}),
        Case(
            url={"secret": "@bound secret"},
            sees={"anonymous": 200, "dora": 200, "ada": 403},
            public=True,
            shows=INVITED,
            about="for Dora's address alone",
        ),
    ],
    "POST links.accepted": [
        Case(
            url={"secret": "@open secret"},
            sees={**dict.fromkeys(PERSONS, 303), "ada": 403, "ben": 409, "hanna": 409},
            shows=INVITED,
        ),
        own(403, url={"secret": "@expired secret"}, shows=INVITED),
        own(403, url={"secret": "@used secret of ada"}, shows=INVITED),
        own(404, url={"secret": "0" * 43}),
        Case(url={"secret": "@bound secret"}, sees={"dora": 303, "ada": 403}, shows=INVITED),
    ],
    "POST links.declined": [
        Case(url={"secret": "@bound secret"}, sees={"dora": 303, "ada": 403}, shows=INVITED),
        Case(url={"secret": "@open secret"}, sees={**dict.fromkeys(PERSONS, 303), "ada": 403}, shows=INVITED),
        own(403, url={"secret": "@used secret of ada"}, shows=INVITED),
    ],
    "GET links.show": [
        only(BOTH, url={"link_id": "@link of ada and ben"}),
        only({"ada": 200, "carl": 200}, url={"link_id": "@link of ada and carl"}),
        only({"ada": 200, "hanna": 200}, url={"link_id": "@paused link"}),
        only({"ada": 200, "fay": 200}, url={"link_id": "@completed link"}),
    ],
    "POST links.ended": [
        only(BOTH_DO, url={"link_id": "@link of ada and ben"}),
        only({"ada": 303, "carl": 303}, url={"link_id": "@link of ada and carl"}, about="twice is no error"),
        only({"ada": 303, "hanna": 303}, url={"link_id": "@paused link"}),
        only({"ada": 409, "fay": 409}, url={"link_id": "@completed link"}),
    ],
    "POST links.paused": [
        only(BOTH_DO, url={"link_id": "@link of ada and ben"}),
        only({"ada": 303, "hanna": 303}, url={"link_id": "@paused link"}, about="twice is no error"),
        only({"ada": 409, "carl": 409}, url={"link_id": "@link of ada and carl"}),
    ],
    "POST links.resumed": [
        only(BOTH_DO, url={"link_id": "@link of ada and ben"}, about="nothing to take back"),
        only({"ada": 303, "hanna": 303}, url={"link_id": "@paused link"}),
        only({"ada": 409, "fay": 409}, url={"link_id": "@completed link"}),
    ],
    "POST links.completed": [
        only(BOTH_DO, url={"link_id": "@link of ada and ben"}),
        only({"ada": 303, "fay": 303}, url={"link_id": "@completed link"}, about="twice is no error"),
        only({"ada": 409, "carl": 409}, url={"link_id": "@link of ada and carl"}),
    ],
    "POST links.shows": [
        only({"ada": 303, "ben": 403}, url={"link_id": "@link of ada and ben"}, form={"shows": "lessons"}),
        only({"ada": 409, "carl": 403}, url={"link_id": "@link of ada and carl"}, form={"shows": "lessons"}),
        only({"ada": 303, "hanna": 403}, url={"link_id": "@paused link"}, form={"shows": "money"}),
    ],
    "GET links.apprentice": [only(BEN, url={"person_id": "@ada"}), only(BEN, url={"person_id": "@fay"})],
    # -- sessions
    "GET sessions.index": [own()],
    "GET sessions.new": [own(), own(query="kind=meeting")],
    "POST sessions.logged": [
        own(303, form=PRACTICE),
        only(BEN_DOES, others=422, form={**PRACTICE, "kind": "meeting", "time": "10:00", "who": "apprentice:@ada"}),
        only(
            {"ada": 303, "fay": 303},
            others=422,
            form={**PRACTICE, "kind": "meeting", "time": "10:00", "who": "mentor:@ben"},
        ),
        only({}, others=422, form={**PRACTICE, "kind": "meeting", "time": "10:00", "who": "mentor:@carl"}),
    ],
    "GET meetings.show": [
        only(BOTH, url={"session_id": "@meeting"}),
        only(BOTH, url={"session_id": "@planned"}),
        only(WITH_CARL, url={"session_id": "@former"}),
        only(ADA, url={"session_id": "@cancelled"}),
        only(BOTH, url={"session_id": "@practice"}),
    ],
    "GET sessions.edit": [
        only(BOTH, url={"session_id": "@meeting"}),
        only(dict.fromkeys(WITH_CARL, 403), url={"session_id": "@former"}),
        only({"ada": 200, "ben": 403}, url={"session_id": "@practice"}),
    ],
    "POST sessions.changed": [
        only(BOTH_DO, url={"session_id": "@meeting"}, form=HELD),
        only(dict.fromkeys(WITH_CARL, 403), url={"session_id": "@former"}, form=HELD),
        only({"ada": 303, "ben": 403}, url={"session_id": "@practice"}, form=HELD),
    ],
    "POST actions.promised": [
        only(BOTH_DO, url={"session_id": "@meeting"}, form={"text": "More", "owner": "@ada"}),
        only(dict.fromkeys(BOTH, 422), url={"session_id": "@meeting"}, form={"text": "More", "owner": "@eve"}),
        only(dict.fromkeys(WITH_CARL, 403), url={"session_id": "@former"}, form={"text": "More", "owner": "@carl"}),
    ],
    "GET actions.new": [own()],
    "POST actions.noted": [own(303, form={"text": "Buy strings"})],
    **{
        f"POST actions.{verb}": [
            only(BOTH_DO, url={"action_id": "@meeting action"}),
            only(BOTH_DO, url={"action_id": "@meeting action of Ben"}),
            only({"ada": 303, "carl": 403}, url={"action_id": "@former action"}),
            only(ADA_DOES, url={"action_id": "@own action"}),
        ]
        for verb in ("done", "reopened")
    },
    # -- portfolio
    "GET portfolio.index": [own()],
    "GET portfolio.checklist": [own()],
    "GET portfolio.new": [own()],
    "POST portfolio.created": [own(303, form=PIECE), own(415, form={**PIECE, "file": FILE + "\x00\x01\x02"})],
    "GET portfolio.show": [
        only(BOTH, url={"piece_id": "@piece"}),
        only(BOTH, url={"piece_id": "@piece"}, query="version=1"),
        only(BOTH, url={"piece_id": "@text"}),
        only(BOTH, url={"piece_id": "@archived"}),
        only(ADA, url={"piece_id": "@draft"}),
    ],
    "GET portfolio.edit": [only(ADA, url={"piece_id": "@piece"}), only(ADA, url={"piece_id": "@draft"})],
    "POST portfolio.edited": [only(ADA_DOES, url={"piece_id": "@piece"}, form=PIECE)],
    "POST portfolio.uploaded": [
        only(ADA_DOES, url={"piece_id": "@piece"}, form={"file": FILE + "a few words"}),
        only({"ada": 415}, url={"piece_id": "@piece"}, form={"file": FILE + "\x00\x01\x02"}),
    ],
    "POST portfolio.shared": [only(ADA_DOES, url={"piece_id": "@draft"})],
    "POST portfolio.unshared": [
        only(ADA_DOES, url={"piece_id": "@loose"}),
        only({"ada": 422}, url={"piece_id": "@piece"}, about="a milestone rests on it"),
    ],
    "POST portfolio.archived": [only(ADA_DOES, url={"piece_id": "@loose"})],
    "POST portfolio.unarchived": [only(ADA_DOES, url={"piece_id": "@archived"})],
    "GET portfolio.file": [
        only(BOTH, url={"version_id": "@v1"}),
        only(BOTH, url={"version_id": "@words"}),
        only(BOTH, url={"version_id": "@archived version"}),
        only(ADA, url={"version_id": "@draft version"}),
        only(BOTH, url={"version_id": "@version of Ben"}, about="Ben asked Ada about this one"),
        only(BEN, url={"version_id": "@third version of Ben"}, about="and took this one back"),
        only(BEN, url={"version_id": "@other version of Ben"}),
    ],
    # -- milestones
    "GET milestones.index": [own()],
    "GET milestones.show": [own(url=BEAT), own(url={"slug": "practice-plan"}), only({}, url={"slug": "no-milestone"})],
    "POST milestones.begun": [own(303, url=BEAT), only({}, url={"slug": "no-milestone"})],
    "POST milestones.linked": [
        only(ADA_DOES, url={"slug": "practice-plan"}, form={"item": "log", "version": "@v2"}),
        only(ADA_DOES, url={"slug": "practice-plan"}, form={"item": "log", "version": "@draft version"}),
        only({"ada": 409}, url=BEAT, form={"item": "beat", "version": "@v2"}, about="it is handed in"),
    ],
    "POST milestones.unlinked": [
        only(ADA_DOES, url={"slug": "practice-plan", "evidence_id": "@draft evidence"}),
        only({"ada": 409}, url={**BEAT, "evidence_id": "@evidence"}, about="it is handed in"),
        only({}, url={**BEAT, "evidence_id": "@draft evidence"}, about="of another milestone"),
    ],
    "POST milestones.assessed": [own(303, url=BEAT, form=MARK)],
    "POST milestones.submitted": [only({"ada": 303, "fay": 303}, others=422, url=BEAT, about="handed in already")],
    "POST milestones.attested": [own(422, url=BEAT)],
    "POST milestones.reopened": [own(303, url=BEAT, form={"reason": "Not yet."})],
    "GET milestones.apprentice": [
        only({"ben": 200, "ada": 403}, url=ADAS_BEAT),
        only({"ada": 403}, url={"person_id": "@ada", "slug": "practice-plan"}, about="nothing of it is shared"),
        only({"ben": 200, "ada": 403}, url={"person_id": "@ada", "slug": "own-sounds"}),
        only({"ben": 200, "fay": 403}, url={"person_id": "@fay", **BEAT}),
    ],
    "POST milestones.marked": [only(MENTOR_ONLY, url=ADAS_BEAT, form=MARK)],
    "POST milestones.returned": [
        only(MENTOR_ONLY, url=ADAS_BEAT, form={"submission": "@submission", "reason": "The end."}),
        only({"ben": 409, "ada": 403}, url=ADAS_BEAT, form={"submission": "@submission of fay", "reason": "No."}),
    ],
    "POST milestones.verified": [
        only(MENTOR_ONLY, url=ADAS_BEAT, form={"submission": "@submission", **MARK}),
        only({"ben": 409, "ada": 403}, url=ADAS_BEAT, form={"submission": "@submission of fay", **MARK}),
        only(
            {"ben": 409, "fay": 403},
            url={"person_id": "@fay", **BEAT},
            form={"submission": "@submission", **MARK},
            about="what Ada handed in, under Fay's name",
        ),
    ],
    "POST milestones.reopened_by_mentor": [
        only(MENTOR_ONLY, url={"person_id": "@ada", "slug": "own-sounds"}, form={"reason": "Listen once more."}),
    ],
}
