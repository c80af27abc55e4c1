"""An evidence pack as a page that opens from a folder: no script, nothing from elsewhere, links only within."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from markupsafe import Markup

from core import words
from core.drawing import svg
from mentorship import pack_figures, pack_words, waveform_picture
from mentorship.pack_models import Chapter, Contents, Made, Take

Wave = Sequence[tuple[float, float]]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; media-src 'self' file:"
SHEET = """
:root { color-scheme: light; --ink: #211d18; --muted: #625b51; --line: #d9d2c6; --accent: #8a4b00; --page: #faf8f4; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 4rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.375rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.125rem; margin: 1.75rem 0 .5rem; } h4 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
p { margin: 0 0 .75rem; } a { color: var(--accent); } .kind { color: var(--accent); font-weight: 600; margin: 0; }
.muted, caption { color: var(--muted); } .lines { white-space: pre-line; } .wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; margin: 0 0 1rem; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .375rem .75rem .375rem 0;
  border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 600; } td { white-space: pre-line; min-width: 3.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0 0 1rem;
  font-size: .9375rem; }
dt { color: var(--muted); } dd { margin: 0; white-space: pre-line; min-width: 0; }
blockquote { margin: 0 0 1rem; padding-left: 1rem; border-left: 3px solid var(--line); }
svg { display: block; width: 100%; height: auto; margin: .5rem 0; background: #fff;
  font-family: system-ui, sans-serif; }
audio { width: 100%; margin: .25rem 0; } img { max-width: 100%; height: auto; }
.hash { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .8125rem; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
@media print { body { background: #fff; padding: 0; } audio, nav { display: none; } h2, h3, h4 { break-after: avoid; }
  tr, svg { break-inside: avoid; } }
"""


def write(contents: Contents, waves: Mapping[UUID, Wave]) -> str:
    """The whole page. waves: version id -> columns of its waveform, of those that have one."""
    zone = contents.zone
    body = [
        _p("Evidence pack", "kind"),
        Markup("<h1>{}</h1>").format(contents.title),
        _pairs(pack_words.summary(contents)),
        *(_p(sentence, "muted") for sentence in contents.left_out),
        _map(contents),
        *(_chapter(chapter, zone) for chapter in contents.chapters),
        *(_piece(piece, waves, zone) for piece in contents.pieces),
        _meetings(contents),
        _files(contents),
    ]
    return str(
        Markup(
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="{}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}\n</main>\n</body>\n</html>\n"
        ).format(
            POLICY,
            f"{contents.title}, evidence pack of {contents.owner}",
            Markup(SHEET),
            Markup("\n").join(body),
        )
    )


def _map(contents: Contents) -> Markup:
    """Links to the parts."""
    items = [(f"m{one.number}", pack_words.name_of(one)) for one in contents.chapters]
    items += [(f"p{piece.id.hex}", piece.title) for piece in contents.pieces]
    items += [("sessions", "Signed sessions"), ("files", "Files and their hashes")]
    rows = Markup("").join(Markup('<li><a href="#{}">{}</a></li>').format(*item) for item in items)
    return Markup('<nav aria-label="Parts of this pack"><ul>{}</ul></nav>').format(rows)


def _chapter(chapter: Chapter, zone: str) -> Markup:
    asked = [
        (one.title, one.state, "\n".join(filter(None, (one.note, one.reason and f"Reason: {one.reason}"))))
        for one in chapter.criteria
    ]
    given = {mark.side: mark.level for mark in chapter.marks}
    levels = [
        (str(level), text, "●" if given.get("self") == level else "", "●" if given.get("mentor") == level else "")
        for level, text in chapter.rubric.items()
    ]
    shown = [
        (
            one.item,
            *pack_words.shown(one, zone),
            _link(one.path) if one.path else "not in this pack",
            _hash(one.sha256),
        )
        for one in chapter.shown
    ]
    story = [(pack_words.moment(one.at, zone), one.word, one.by, one.reason) for one in chapter.story]
    return _section(
        f"m{chapter.number}",
        pack_words.name_of(chapter),
        [
            _p(pack_words.standing(chapter, zone)),
            _h(3, "What it asks"),
            _p("As it was when it was handed in.", "muted") if chapter.is_kept else Markup(""),
            _table(("Criterion", "State", "Figures and reasons"), asked),
            _h(3, "Marks"),
            _table(("Level", "What is seen and heard there", "Self", "Mentor"), levels),
            *(_p(pack_words.mark(mark, zone), "lines") for mark in chapter.marks),
            _h(3, "Evidence"),
            _table(("Asked for", "Piece", "Media", "File", "SHA-256"), shown) if shown else _p("Nothing yet.", "muted"),
            *([_h(3, "What happened"), _table(("When", "Step", "By", "Why"), story)] if story else []),
        ],
    )


def _piece(piece: Made, waves: Mapping[UUID, Wave], zone: str) -> Markup:
    said = Markup(
        '<blockquote><p class="lines">{}</p><footer>{}, who said yes to these words on {}</footer></blockquote>'
    )
    return _section(
        f"p{piece.id.hex}",
        piece.title,
        [
            _pairs(pack_words.about(piece)),
            _p(piece.about, "lines") if piece.about else Markup(""),
            *(said.format(one.text, one.name, pack_words.day(one.yes_at, zone)) for one in piece.praise),
            *(_take(piece, take, waves.get(take.id), zone) for take in piece.takes),
        ],
    )


def _take(piece: Made, take: Take, wave: Wave | None, zone: str) -> Markup:
    parts = [_h(3, f"V{take.number}, {pack_words.day(take.uploaded_at, zone)}")]
    name = f"{piece.title}, V{take.number}"
    if take.kind == "audio":
        if wave and take.seconds:
            parts.append(svg(waveform_picture.drawing(wave, take.seconds, pack_words.flags(take))))
        else:
            parts.append(_p(pack_words.NO_WAVE, "muted"))
        if take.path:
            player = Markup('<audio controls preload="none" src="{}" aria-label="{}"></audio>')
            parts.append(player.format(take.path, name))
    elif take.kind == "picture" and take.path:
        parts.append(Markup('<p><img src="{}" alt="{}"></p>').format(take.path, name))
    facts = pack_words.facts(take, zone)
    parts.append(_pairs((label, _fact(label, said, take)) for label, said in facts))
    if take.notes:
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
        parts += [_h(4, "Remarks"), _table(("No.", "At", "Kind", "Remark and replies", "What became of it"), rows)]
    if why := pack_words.without_figures(take):
        parts.append(_p(why, "muted"))
    if take.measured.figures:
        says = Markup("").join(
            Markup("<li>{}</li>").format(one) for one in pack_figures.sentences(take.measured.figures)
        )
        parts += [_h(4, "Measures"), _pairs(pack_figures.rows(take.measured.figures, take.measured.windows))]
        parts += [Markup("<ul>{}</ul>").format(says)] if says else []
        parts.append(_p(f"Measured with {take.measured.meter}.", "muted"))
    return Markup("\n").join(parts)


def _meetings(contents: Contents) -> Markup:
    rows = [
        (
            pack_words.moment(one.starts_at, contents.zone),
            words.minutes(one.minutes),
            *pack_words.signatures(one, contents.zone),
        )
        for one in contents.meetings
    ]
    none = _p("No session that belongs here was signed by both.", "muted")
    heads = ("Held", "Time", "Signed by the learner", "Signed by the mentor")
    return _section("sessions", "Signed sessions", [_table(heads, rows) if rows else none])


def _files(contents: Contents) -> Markup:
    rows = [(_link(take.path), words.size(take.size), _hash(take.sha256)) for take in contents.files]
    none = _p("No file stands as evidence.", "muted")
    table = _table(("File", "Size", "SHA-256"), rows) if rows else none
    others = Markup("<p>{} · {} · {} · {}</p>").format(
        *(_link(name) for name in ("pack.pdf", "data.json", "manifest.json", "SHA256SUMS"))
    )
    return _section("files", "Files and their hashes", [table, _p(pack_words.HOW_TO_CHECK), others])


# -- elements ------------------------------------------------------------------------------------------------


def _section(anchor: str, title: str, parts: Iterable[Markup]) -> Markup:
    return Markup('<section id="{}">\n<h2>{}</h2>\n{}\n</section>').format(anchor, title, Markup("\n").join(parts))


def _h(level: int, text: str) -> Markup:
    return Markup("<h{}>{}</h{}>").format(level, text, level)


def _p(text: str, kind: str = "") -> Markup:
    return Markup('<p class="{}">{}</p>').format(kind, text) if kind else Markup("<p>{}</p>").format(text)


def _link(path: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(path, path)


def _hash(sha256: str) -> Markup:
    return Markup('<span class="hash">{}</span>').format(sha256)


def _fact(label: str, said: str, take: Take) -> str | Markup:
    if label == "File" and take.path:
        return _link(take.path)
    return _hash(said) if label == "SHA-256" else said


def _pairs(rows: Iterable[tuple[str, str | Markup]]) -> Markup:
    found = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*row) for row in rows if row[1])
    return Markup("<dl>{}</dl>").format(found) if found else Markup("")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str | Markup]]) -> Markup:
    first = Markup("").join(Markup('<th scope="col">{}</th>').format(head) for head in heads)
    cells = (Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row) for row in rows)
    body = Markup("").join(Markup("<tr>{}</tr>").format(row) for row in cells)
    table = Markup('<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>')
    return table.format(first, body)
