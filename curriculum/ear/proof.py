"""Whether a recipe asks what can be answered: every draw gives a sound, and every answer sounds like no other."""

from collections.abc import Iterator

from core.errors import Refused
from curriculum.calculation import number_of
from curriculum.ear import alike, draw
from curriculum.ear.recipe import SIDE, Recipe
from curriculum.synth.fields import KINDS

FEW_DRAWS, MANY_DRAWS = 6, 500  # looked at when a lesson is read, and by `content check`
COMPARED = 40  # answers whose sounds are laid side by side

Fault = tuple[str | None, str, str]  # line of the recipe, what is wrong, how to mend it

HOW = ("timbre", "voicing", "strum_ms", "gap_s", "note_s", "style", "bpm", "beats_per_chord", "context")  # it is played
ASKED_BY = {  # what can be answered so
    "axis": ("freq_hz", "tone_hz", "damp_hz"),
    "keyboard": ("semitones", "degree"),
    "tap": ("hits",),
}


def first_fault(recipe: Recipe, draws: int) -> Fault | None:
    return next(faults(recipe, draws), None)


def faults(recipe: Recipe, draws: int) -> Iterator[Fault]:
    if recipe.ladder:
        return  # its questions are the ladder's own, and tested with it
    if found := next(_of_words(recipe), None):
        yield found
        return
    yield from _of_answers(recipe)
    yield from _of_draws(recipe, draws)


def _of_words(recipe: Recipe) -> Iterator[Fault]:
    """What can be said without drawing."""
    written = dict(recipe.fields)
    can_pair = "on" in KINDS[recipe.kind] or recipe.kind == "tempo"
    if not recipe.asks:
        some = next((name for name, values in recipe.fields if len(values) > 1), next(iter(written), "semitones"))
        yield None, "this card does not say what it asks.", f"Write ask: and a field with several values: ask: {some}."
    if recipe.pair and not can_pair:
        yield "pair", f'a sound of kind "{recipe.kind}" has no without and with.', "Take the line out."
    if recipe.pair and "on" in written:
        yield "on", "a pair is without and with already.", "Take this line out."
    if recipe.asks == SIDE:
        if not recipe.pair:
            yield "ask", "which side has it can only be asked of a pair.", "Add the line pair: on."
        if recipe.answered_by != "choice":
            yield "answer", "which side has it is answered by two buttons.", "Take the line out."
        return
    for name in recipe.asks:
        if name not in written:
            yield "ask", f'this card asks for "{name}", which has no line.', f"Write one with several values: {name}: …"
    if len(recipe.asks) > 1 and set(recipe.asks) != {"quality", "inversion"}:
        yield "ask", "this card asks for two things.", "Ask for one; of a chord, quality and inversion go together."
    if recipe.kind in ("level", "tempo") and {"change_db", "change_pct"} & set(recipe.asks) and not recipe.pair:
        yield "ask", "a change can only be heard beside what it was before.", "Add the line pair: on."
    yield from _of_the_way(recipe)


def _of_the_way(recipe: Recipe) -> Iterator[Fault]:
    fit = ASKED_BY.get(recipe.answered_by)
    if fit and not set(recipe.asks) <= set(fit):
        asked = " and ".join(recipe.asks)
        mend = f"That is for {' or '.join(fit)}; use answer: choice."
        yield "answer", f'"{asked}" cannot be answered by {recipe.answered_by}.', mend


def _of_answers(recipe: Recipe) -> Iterator[Fault]:
    if recipe.asks == SIDE:
        known = {side.key for side in draw.SIDES}
    else:
        choices = draw.possible(recipe)
        known = {choice.key for choice in choices}
        if len(choices) < 2:
            asked = recipe.asks[0]
            yield asked, f'"{asked}" is asked for and is always the same.', "Give it several values, with commas."
        said = [choice.words.casefold() for choice in choices]
        for twice in dict.fromkeys(one for one in said if said.count(one) > 1):
            yield "words", f'two answers are called "{twice}".', "Give each its own words."
    for key, _ in recipe.words:
        if key not in known:
            yield "words", f'"{key}" is no answer of this card.', f"Its answers are {', '.join(sorted(known))}."


def _of_draws(recipe: Recipe, draws: int) -> Iterator[Fault]:
    """Each draw must be a sound; and no answer may sound in one draw like another one in this draw or any other."""
    met: dict[object, str] = {}
    for turn in range(draws):
        number = number_of(turn, "proof")
        try:
            asked = draw.asked_at(recipe, number)
            if recipe.answered_by == "choice" and asked.right not in {choice.key for choice in asked.choices}:
                yield (
                    "ask",
                    f'the answer "{asked.right}" is not among its buttons.',
                    "Mend the values of what is asked.",
                )
                return
            if fault := _same(recipe, number, met):
                yield fault
                return
        except Refused as refused:
            name = refused.field if isinstance(getattr(refused, "field", None), str) else None
            yield name, f"some of its draws are no sound: {refused}", "Mend the values so that all go together."
            return


def _same(recipe: Recipe, number: int, met: dict[object, str]) -> Fault | None:
    """met: what was heard in other draws, and under which key."""
    if recipe.asks == SIDE:
        without, with_it = draw.asked_at(recipe, number).specs
        if alike.heard(without) == alike.heard(with_it):
            return "pair", "both sides of this pair sound the same.", "Give the effect a value that can be heard."
        return None
    for key, spec in draw.variants(recipe, number)[:COMPARED]:
        sound = (alike.heard(spec), *(spec[name] for name in recipe.asks if name in HOW))
        if met.setdefault(sound, key) != key:
            text = f'the answers "{met[sound]}" and "{key}" sound the same.'
            return "ask", text, "Take one of them out, or change what else is drawn."
    return None
