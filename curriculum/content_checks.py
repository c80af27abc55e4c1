"""What only shows when the files of content/ are laid side by side: unknown names, doubles, circles."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from markupsafe import Markup

from curriculum.content import Catalogue, Milestone, Pathway, Problem, Programme, Report
from curriculum.content_files import FileDraft, glossary_slugs, slug_of_broken
from curriculum.lesson_file import Draft

CATALOGUE_FILE = "curriculum.toml"


@dataclass(slots=True)
class Sources:
    """All files of content/, each read by itself; in the order of their paths."""

    catalogue: FileDraft[Catalogue]
    lessons: list[Draft] = field(default_factory=list)
    milestones: list[FileDraft[Milestone]] = field(default_factory=list)
    programmes: list[FileDraft[Programme]] = field(default_factory=list)
    pathways: FileDraft[dict[str, Pathway]] | None = None
    glossary: FileDraft[dict[str, tuple[str, Markup]]] | None = None
    files: frozenset[str] = frozenset()  # every file's path, pictures too


@dataclass(frozen=True, slots=True)
class Names:
    """What a file may name: written, planned, or written badly (then only the bad file is to blame)."""

    lesson: Collection[str]
    milestone: Collection[str]
    glossary: Collection[str] | None  # None: the glossary cannot be read, so no word is to blame


def problems(sources: Sources, catalogue: Catalogue | None) -> list[Problem]:
    """catalogue: the one to check against; None: only what does not need it is checked."""
    drafts: list[Draft | FileDraft] = [sources.catalogue, *sources.lessons, *sources.milestones, *sources.programmes]
    drafts += [sources.pathways] if sources.pathways else []
    drafts += [sources.glossary] if sources.glossary else []
    found = [problem for draft in drafts for problem in draft.problems]
    found += _duplicate_cards(sources.lessons)
    found += _missing_pictures(sources)
    if catalogue:
        names = Names(
            catalogue.entries.keys(),
            {
                draft.value.slug if draft.value else slug_of_broken(draft.path, draft.lines)
                for draft in sources.milestones
            },
            _words(sources.glossary),
        )
        found += _lessons(sources.lessons, catalogue, names)
        found += _milestones(sources.milestones, names)
        found += _programmes(sources.programmes, names)
        found += _links(sources, names)
        found += _prerequisites(sources, catalogue)
    return sorted(set(found))


def _words(glossary: FileDraft[dict[str, tuple[str, Markup]]] | None) -> Collection[str] | None:
    if glossary is None:
        return ()
    return None if glossary.value is None else glossary_slugs(glossary.lines)


def _lessons(drafts: Iterable[Draft], catalogue: Catalogue, names: Names) -> Iterator[Problem]:
    tracks = {track.name: track for track in catalogue.tracks}
    first: dict[str, str] = {}
    for draft in drafts:
        if not draft.lesson:
            continue
        report, lesson, line = Report(draft.path), draft.lesson, draft.line("slug")
        track = tracks.get(lesson.track)
        if not track:
            mend = f"Use one of: {', '.join(tracks)}."
            report.add(draft.line("track"), f'the track "{lesson.track}" is unknown.', mend)
        elif not lesson.slug.startswith(track.prefix):
            text = f'the slug "{lesson.slug}" does not begin with "{track.prefix}", as those of its track do.'
            report.add(line, text, "Mend the slug or the track.")
        elif lesson.slug not in catalogue.entries:
            mend = f"Add it to the track {track.name} there, or mend the slug."
            report.add(line, f'the slug "{lesson.slug}" is not in {CATALOGUE_FILE}.', mend)
        elif PurePosixPath(draft.path).parent.name != track.folder:
            report.add(draft.line("track"), f"the track {track.name} is not kept here.", f"Move it to {track.folder}/.")
        if lesson.slug in first:
            text = f'the slug "{lesson.slug}" is used twice (first in {first[lesson.slug]}).'
            report.add(line, text, "Give this lesson its own, or take one file away.")
        first.setdefault(lesson.slug, draft.path)
        for slug in lesson.prerequisites:
            if slug not in names.lesson:
                text = f'the prerequisite "{slug}" is neither written nor planned.'
                report.add(draft.line("prerequisites"), text, f"Mend it, or add it to {CATALOGUE_FILE}.")
        for slug in lesson.milestones:
            if slug not in names.milestone:
                text = f'the milestone "{slug}" is unknown.'
                report.add(draft.line("milestones"), text, "Use a slug of a file in milestones/.")
        yield from report.problems


def _duplicate_cards(drafts: Iterable[Draft]) -> Iterator[Problem]:
    first: dict[str, tuple[str, int]] = {}
    for draft in drafts:
        blocks = {card.line: card.block for card in draft.lesson.cards} if draft.lesson else {}
        for line, block in sorted(blocks.items()):
            if block not in first:
                first[block] = (draft.path, line)
                continue
            path, number = first[block]
            where = f"line {number}" if path == draft.path else f"{path}, line {number}"
            text = f'the card id "{block}" is used twice (first in {where}).'
            yield Problem(draft.path, line, text, "Give this one its own id.")


def _missing_pictures(sources: Sources) -> Iterator[Problem]:
    for draft in sources.lessons:
        folder = PurePosixPath(draft.path).parent
        for name, line in draft.pictures:
            if str(folder / name) not in sources.files:
                yield Problem(draft.path, line, f'the picture "{name}" is missing.', f"Put it into {folder}/.")


def _milestones(drafts: Iterable[FileDraft[Milestone]], names: Names) -> Iterator[Problem]:
    slugs: dict[str, str] = {}
    numbers: dict[int, str] = {}
    milestones = {draft.value.slug: draft.value for draft in drafts if draft.value}
    for draft in drafts:
        if not draft.value:
            continue
        report, milestone = Report(draft.path), draft.value
        if milestone.slug in slugs:
            text = f'the slug "{milestone.slug}" is used twice (first in {slugs[milestone.slug]}).'
            report.add(draft.line("slug"), text, "Give this milestone its own.")
        if milestone.number and milestone.number in numbers:
            text = f"the number {milestone.number} is used twice (first in {numbers[milestone.number]})."
            report.add(draft.line("number"), text, "Give this milestone its own.")
        slugs.setdefault(milestone.slug, draft.path)
        numbers.setdefault(milestone.number, draft.path)
        for slug in milestone.after:
            earlier = milestones.get(slug)
            if slug not in names.milestone:
                report.add(draft.line("after"), f'the milestone "{slug}" is unknown.', "Use a slug of this folder.")
            elif earlier and earlier.number >= milestone.number:
                text = f'it cannot come after "{slug}", which has the number {earlier.number}.'
                report.add(draft.line("after"), text, "Name milestones with lower numbers.")
        _unknown_lessons(milestone.lessons, names, draft, report)
        yield from report.problems


def _programmes(drafts: Iterable[FileDraft[Programme]], names: Names) -> Iterator[Problem]:
    slugs: dict[str, str] = {}
    for draft in drafts:
        if not draft.value:
            continue
        report, programme = Report(draft.path), draft.value
        if programme.slug in slugs:
            text = f'the slug "{programme.slug}" is used twice (first in {slugs[programme.slug]}).'
            report.add(draft.line("slug"), text, "Give this programme its own.")
        slugs.setdefault(programme.slug, draft.path)
        lessons = [slug for week in programme.weeks for slug in week.lessons]
        milestones = [slug for week in programme.weeks for slug in week.milestones]
        _unknown_lessons(dict.fromkeys(lessons), names, draft, report)
        for slug in dict.fromkeys(milestones):
            if slug not in names.milestone:
                mend = "Use a slug of a file in milestones/."
                report.add(draft.line(f'"{slug}"'), f'the milestone "{slug}" is unknown.', mend)
        for slug in dict.fromkeys(one for one in lessons + milestones if (lessons + milestones).count(one) > 1):
            report.add(draft.line(f'"{slug}"'), f'"{slug}" stands in more than one week.', "Keep one.")
        yield from report.problems


def _unknown_lessons(slugs: Iterable[str], names: Names, draft: FileDraft, report: Report) -> None:
    for slug in slugs:
        if slug not in names.lesson:
            text = f'the lesson "{slug}" is neither written nor planned.'
            report.add(draft.line(slug), text, f"Mend it, or add it to {CATALOGUE_FILE}.")


def _links(sources: Sources, names: Names) -> Iterator[Problem]:
    with_links: list[Draft | FileDraft] = [*sources.lessons, *sources.milestones]
    for draft in [*with_links, *([sources.glossary] if sources.glossary else [])]:
        for kind, slug, line in draft.links:
            known = getattr(names, kind)
            if known is not None and slug not in known:
                where = {"lesson": f"in {CATALOGUE_FILE}", "milestone": "in milestones/", "glossary": "in glossary.md"}
                text = f'the link "{kind}:{slug}" leads nowhere.'
                yield Problem(draft.path, line, text, f"Use a slug that stands {where[kind]}, or add it there.")


def _prerequisites(sources: Sources, catalogue: Catalogue) -> Iterator[Problem]:
    """One problem for the circle, at the first file in it; without a written lesson, at curriculum.toml."""
    drafts = {draft.slug: draft for draft in reversed(sources.lessons) if draft.lesson}
    before = {slug: entry.prerequisites for slug, entry in catalogue.entries.items()}
    before |= {slug: draft.lesson.prerequisites for slug, draft in drafts.items() if draft.lesson}
    while round_trip := circle(before):
        written = [drafts[slug] for slug in round_trip if slug in drafts]
        text = f"the prerequisites go in a circle: {' → '.join([*round_trip, round_trip[0]])}."
        mend = "Take one of them out."
        if written:
            blamed = min(written, key=lambda draft: draft.path)
            yield Problem(blamed.path, blamed.line("prerequisites"), text, mend)
            before[blamed.slug] = ()
        else:
            line = sources.catalogue.line(f'slug = "{round_trip[0]}"')
            yield Problem(sources.catalogue.path, line, text, mend)
            before[round_trip[0]] = ()


def circle(before: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Slugs each of which needs the next, and the last the first; empty when there is none."""
    settled: set[str] = set()
    for start in before:
        path: list[str] = []
        branches = [iter([start])]
        while branches:
            slug = next(branches[-1], None)
            if slug is None:
                branches.pop()
                if path:
                    settled.add(path.pop())
            elif slug in path:
                return path[path.index(slug) :]
            elif slug in before and slug not in settled:
                path.append(slug)
                branches.append(iter(before[slug]))
    return []
