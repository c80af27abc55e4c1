"""The targets of a milestone's file: which of them the meter can see, on what evidence, and from where to where."""

from collections.abc import Collection

from curriculum.content import Evidence, Report, Target
from curriculum.front_matter import Fields

MEASURES = (
    "integrated", "momentary_max", "short_term_max", "range", "true_peak", "sample_peak", "crest", "plr", "clips",
    "correlation", "mono_drop", "seconds", "rate", "channels", "bits", "tempo",
)  # fmt: skip
PLAIN = ("id", "title")
MEASURED = ("measure", "of", "from", "to", "within", "one_of", "share", "no_more_than")
KNOWN = (*PLAIN, *MEASURED)
HEARD = ("audio", "any")  # kinds of evidence that may hold sound


def read(fields: Fields, evidence: Collection[Evidence], report: Report) -> Target:
    """One target. evidence: what it may be measured on."""
    target_id, title = fields.slug("id"), fields.text("title")
    line = fields.line("id")
    if "measure" not in fields:
        for name in MEASURED:
            if name in fields:
                text = f'the target "{target_id}" has "{name}", but no measure.'
                report.add(line, text, f"Say what is measured (measure: {MEASURES[0]}), or take it out.")
        return Target(target_id, title)
    target = Target(
        id=target_id,
        title=title,
        measure=fields.choice("measure", MEASURES),
        of=fields.texts("of", at_least=1, slugs=True),
        lowest=fields.number("from"),
        highest=fields.number("to"),
        within=fields.number("within"),
        one_of=fields.numbers("one_of"),
        share=fields.number("share"),
        no_more_than=fields.slug("no_more_than") if "no_more_than" in fields else "",
    )
    for problem, mend in _odd(target, evidence):
        report.add(line, f'the target "{target_id}" {problem}', mend)
    return target


def _odd(target: Target, evidence: Collection[Evidence]) -> list[tuple[str, str]]:
    """(what is wrong, how to mend it) of fields that are fine one by one, and not together."""
    found = []
    kinds = {item.id: item.kind for item in evidence}
    for item in (*target.of, *filter(None, [target.no_more_than])):
        if item not in kinds:
            found.append((f'is measured on "{item}", which is no evidence here.', "Use the id of an evidence item."))
        elif kinds[item] not in HEARD:
            found.append((f'is measured on "{item}", which holds no sound.', "Use evidence of the kind audio or any."))
    if target.lowest is not None and target.highest is not None and target.lowest > target.highest:
        found.append((f"goes from {target.lowest:g} to {target.highest:g}.", "Swap the two."))
    if target.within is not None and (target.within <= 0 or len(target.of) < 2):
        found.append(("wants figures close together.", "Write a width above 0, and two evidence items in of."))
    if target.share is not None and (target.measure != "correlation" or not 0 < target.share <= 1):
        found.append(("has a share of the time.", "That goes with measure: correlation, from above 0 to 1."))
    return found
