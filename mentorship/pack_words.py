"""Words that paper and page of an evidence pack share."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core import words
from mentorship.pack_models import Chapter, Contents, Made, Mark, Meeting, Note, Shown, Step, Take, Verdict, size_of
from mentorship.waveform_picture import Flag

NO_WAVE = "No waveform: this version was not measured."
NO_FIGURES = {
    "waiting": "It was not measured when this pack was made.",
    "measuring": "It was not measured when this pack was made.",
    "failed": "It could not be measured.",
}
KINDS = {"fix": "Fix", "idea": "Idea", "praise": "Praise", "question": "Question"}
HOW_TO_CHECK = (
    "Each file has its SHA-256 here and in SHA256SUMS: a fingerprint of its exact content. To check them all, open a "
    "terminal in the unpacked folder and type: sha256sum -c SHA256SUMS (on a Mac: shasum -a 256 -c SHA256SUMS)."
)
WITHOUT_US = "It opens without Woodshed: index.html in any browser, pack.pdf for print, data.json for programs."


def moment(at: datetime, zone: str) -> str:
    """As in "21 November 2026, 18:04 CET"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def day(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"


def name_of(chapter: Chapter) -> str:
    return f"M{chapter.number:02d} {chapter.title}"


def standing(chapter: Chapter, zone: str) -> str:
    """How a milestone stands, and by whose word."""
    last = chapter.story[-1] if chapter.story else None
    if last is None or last.word != chapter.state:
        return f"{chapter.state.capitalize()}."
    who = "on the learner's own word" if last.word == "self-attested" else f"by {last.by}"
    return f"{chapter.state.capitalize()} {who}, {moment(last.at, zone)}."


def summary(contents: Contents) -> list[tuple[str, str]]:
    rows = [("Of", contents.owner), ("Made", moment(contents.made_at, contents.zone))]
    rows.append(("Milestones", str(len(contents.chapters)) if not contents.scope.milestone else ""))
    pieces, files = len(contents.pieces), len(contents.files)
    rows.append(("Pieces", str(pieces)))
    rows.append(("Files", f"{files}, {size_of(contents.files)}" if files else "none"))
    meetings = len(contents.meetings)
    rows.append(("Signed sessions", f"{meetings}, {words.minutes(contents.minutes)}" if meetings else "none"))
    return rows


def about(piece: Made) -> list[tuple[str, str]]:
    tempo = "" if piece.tempo is None else f"{piece.tempo:g} BPM"
    rows = [("Role", piece.role), ("Genre", piece.genre), ("For", piece.client), ("Tempo", tempo), ("Key", piece.key)]
    rows.append(("Credits", "\n".join(f"{one.name}: {one.role}" if one.role else one.name for one in piece.credits)))
    return [row for row in rows if row[1]]


def shown(one: Shown, zone: str) -> tuple[str, str]:
    """(piece, version and day; format and size)."""
    return f"{one.piece}, V{one.number}\n{day(one.uploaded_at, zone)}", f"{one.format}, {words.size(one.size)}"


def facts(take: Take, zone: str) -> list[tuple[str, str]]:
    """A version's file and what was decided about it."""
    length = "" if take.seconds is None else words.clock_time(take.seconds)
    rows = [
        ("File", take.path or f"{take.file_name}. {take.why_not}"),
        ("Format", f"{take.format} ({take.media_type})"),
        ("Length", length),
        ("Size", f"{words.size(take.size)} ({take.size:,} bytes)"),
        ("SHA-256", take.sha256),
        ("Uploaded", moment(take.uploaded_at, zone)),
        ("What is new", take.changes),
        ("Odd", take.warning),
        ("Verdict", "\n".join(verdict(one, zone) for one in take.verdicts)),
    ]
    return [row for row in rows if row[1]]


def verdict(one: Verdict, zone: str) -> str:
    word = {"approved": "Approved", "changes": "Changes asked"}.get(one.word, one.word.capitalize())
    who = "its maker, without a mentor" if one.is_own else one.by
    return f"{word} by {who}, {day(one.at, zone)}"


def mark(one: Mark, zone: str) -> str:
    side = "learner" if one.side == "self" else "mentor"
    return f"{one.by}, {side}: {one.level} of 4, {day(one.at, zone)}" + (f". {one.comment}" if one.comment else "")


def flags(take: Take) -> list[Flag]:
    return [Flag(note.number, note.kind, note.start, note.end) for note in take.notes]


def place(note: Note) -> str:
    """As in "1:12.480" or "1:12.480 to 1:15"."""
    start = words.clock_time(note.start)
    return start if note.end is None else f"{start} to {words.clock_time(note.end)}"


def step(one: Step, zone: str) -> str:
    """As in "Fixed in V2. Ada, 21 November 2026: a narrower bell"."""
    where = f" in V{one.number}" if one.number else ""
    return f"{one.kind.capitalize()}{where}. {one.by}, {day(one.at, zone)}" + (f": {one.text}" if one.text else "")


def became(note: Note, zone: str) -> list[str]:
    return [step(one, zone) for one in note.steps] or (["Open"] if note.kind in ("fix", "question") else [])


def replies(note: Note) -> list[str]:
    return [f"{one.by}: {one.text}" for one in note.replies]


def signatures(meeting: Meeting, zone: str) -> tuple[str, str]:
    mentor = f"{meeting.mentor}, {moment(meeting.mentor_signed_at, zone)}"
    return f"{meeting.learner}, {moment(meeting.signed_at, zone)}", mentor


def without_figures(take: Take) -> str:
    """Why a sound has no figures; "" where it has some or is no sound."""
    if take.kind != "audio" or take.measured.state == "ready":
        return ""
    if take.measured.state == "failed" and take.measured.reason:
        return f"It could not be measured: {take.measured.reason}"
    return NO_FIGURES.get(take.measured.state, "It was not measured.")
