"""An evidence pack as a PDF."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from core import words
from core.paper import Paper
from mentorship import pack_figures, pack_words, waveform_picture
from mentorship.pack_models import Chapter, Contents, Made, Take

Wave = Sequence[tuple[float, float]]
Tell = Callable[[int, int], None]  # how many parts are written, of how many


def write(contents: Contents, waves: Mapping[UUID, Wave], tell: Tell) -> tuple[bytes, int]:
    """(the file, its number of pages). waves: version id -> columns of its waveform, of those that have one."""
    title = f"{contents.title}, evidence pack of {contents.owner}"
    paper = Paper(title, foot=title, at=contents.made_at)
    total, done = len(contents.chapters) + len(contents.pieces), 0
    _front(paper, contents)
    for chapter in contents.chapters:
        tell(done, total)
        _chapter(paper, chapter, contents.zone, on_new_page=not contents.scope.milestone)
        done += 1
    for piece in contents.pieces:
        tell(done, total)
        _piece(paper, piece, waves, contents.zone)
        done += 1
    _meetings(paper, contents)
    _files(paper, contents)
    return paper.written(), paper.pages


def _front(paper: Paper, contents: Contents) -> None:
    paper.text("Evidence pack", size=11, ink="accent", bold=True)
    paper.head(contents.title)
    paper.pairs(pack_words.summary(contents))
    for sentence in contents.left_out:
        paper.text(sentence, ink="muted")
    if contents.scope.milestone:
        return
    if contents.chapters:
        paper.head("Milestones", 2)
        rows = [
            (pack_words.name_of(one), pack_words.standing(one, contents.zone), str(len(one.shown)))
            for one in contents.chapters
        ]
        paper.table(("Milestone", "How it stands", "Evidence"), rows, (5, 6, 1.6))
    if contents.pieces:
        paper.head("Pieces", 2)
        shown = [
            (piece.title, piece.role, ", ".join(f"V{take.number}" for take in piece.takes if take.path))
            for piece in contents.pieces
        ]
        paper.table(("Piece", "Role", "Versions in this pack"), shown, (6, 3, 3))


def _chapter(paper: Paper, chapter: Chapter, zone: str, *, on_new_page: bool) -> None:
    if on_new_page:
        paper.head(pack_words.name_of(chapter), on_new_page=True)
    paper.text(pack_words.standing(chapter, zone), bold=True)
    paper.head("What it asks", 2)
    if chapter.is_kept:
        paper.text("As it was when it was handed in.", size=8.5, ink="muted")
    rows = [
        (one.title, one.state, "\n".join(filter(None, (one.note, one.reason and f"Reason: {one.reason}"))))
        for one in chapter.criteria
    ]
    paper.table(("Criterion", "State", "Figures and reasons"), rows or [("Nothing yet", "", "")], (6, 2, 6))
    _marks(paper, chapter, zone)
    paper.head("Evidence", 2)
    if chapter.shown:
        shown = [
            (one.item, *pack_words.shown(one, zone), one.path or "not in this pack", one.sha256)
            for one in chapter.shown
        ]
        heads = ("Asked for", "Piece", "Media", "File in this pack", "SHA-256")
        paper.table(heads, shown, (3, 2.8, 2.8, 3.4, 5.2), size=7.5)
    else:
        paper.text("Nothing stands as evidence yet.", ink="muted")
    if chapter.story:
        paper.head("What happened", 2)
        steps = [(pack_words.moment(one.at, zone), one.word, one.by, one.reason) for one in chapter.story]
        paper.table(("When", "Step", "By", "Why"), steps, (5.2, 2.4, 2.4, 5.5))


def _marks(paper: Paper, chapter: Chapter, zone: str) -> None:
    paper.head("Marks", 2)
    given = {mark.side: mark for mark in chapter.marks}

    def cross(side: str, level: int) -> str:
        return "●" if side in given and given[side].level == level else ""

    rows = [(str(level), text, cross("self", level), cross("mentor", level)) for level, text in chapter.rubric.items()]
    paper.table(("Level", "What is seen and heard there", "Self", "Mentor"), rows, (1.3, 10, 1.3, 1.6))
    for mark in chapter.marks:
        paper.text(pack_words.mark(mark, zone))
    for side, name in (("self", "learner"), ("mentor", "mentor")):
        if side not in given:
            paper.text(f"No mark by the {name}.", ink="muted")


def _piece(paper: Paper, piece: Made, waves: Mapping[UUID, Wave], zone: str) -> None:
    paper.head(piece.title, on_new_page=any(take.kind == "audio" for take in piece.takes), keeps=60)
    paper.pairs(pack_words.about(piece))
    if piece.about:
        paper.text(piece.about)
    for one in piece.praise:
        paper.text(f"“{one.text}”")
        paper.text(f"{one.name}, who said yes to these words on {pack_words.day(one.yes_at, zone)}", ink="muted")
    for take in piece.takes:
        _take(paper, take, waves.get(take.id), zone)


def _take(paper: Paper, take: Take, wave: Wave | None, zone: str) -> None:
    paper.head(f"V{take.number}, {pack_words.day(take.uploaded_at, zone)}", 2, keeps=50)
    paper.pairs(pack_words.facts(take, zone))
    if take.kind == "audio":
        if wave and take.seconds:
            paper.draw(waveform_picture.drawing(wave, take.seconds, pack_words.flags(take)))
        else:
            paper.text(pack_words.NO_WAVE, ink="muted")
    if take.notes:
        paper.head("Remarks", 3)
        rows = [
            (
                str(note.number),
                pack_words.place(note),
                pack_words.KINDS.get(note.kind, note.kind),
                "\n".join([f"{note.by}: {note.text}", *pack_words.replies(note)]),
                "\n".join(pack_words.became(note, zone)),
            )
            for note in take.notes
        ]
        heads = ("No.", "At", "Kind", "Remark and replies", "What became of it")
        paper.table(heads, rows, (1.1, 2.4, 2, 8, 5.5), size=8)
    if why := pack_words.without_figures(take):
        paper.text(why, ink="muted")
    if take.measured.figures:
        paper.head("Measures", 3)
        paper.pairs(pack_figures.rows(take.measured.figures, take.measured.windows), label_width=48, size=8.5)
        paper.bullets(pack_figures.sentences(take.measured.figures), size=8.5)
        paper.text(f"Measured with {take.measured.meter}.", size=8, ink="muted")


def _meetings(paper: Paper, contents: Contents) -> None:
    paper.head("Signed sessions", on_new_page=bool(contents.meetings))
    if not contents.meetings:
        paper.text("No session that belongs here was signed by both.", ink="muted")
        return
    rows = [
        (
            pack_words.moment(one.starts_at, contents.zone),
            words.minutes(one.minutes),
            *pack_words.signatures(one, contents.zone),
        )
        for one in contents.meetings
    ]
    paper.table(("Held", "Time", "Signed by the learner", "Signed by the mentor"), rows, (4.6, 1.8, 5, 5))
    paper.text(f"{len(rows)} in all, {words.minutes(contents.minutes)}.")


def _files(paper: Paper, contents: Contents) -> None:
    paper.head("Files and their hashes")
    if contents.files:
        rows = [(take.path, words.size(take.size), take.sha256) for take in contents.files]
        paper.table(("File", "Size", "SHA-256"), rows, (6, 2, 8), size=8)
    else:
        paper.text("No file stands as evidence.", ink="muted")
    paper.text(pack_words.HOW_TO_CHECK)
    paper.text(pack_words.WITHOUT_US)
