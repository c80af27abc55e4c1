"""A signal chain: named boxes in order with arrows between them. As a list, so that it wraps on a phone."""

from collections.abc import Sequence

from markupsafe import Markup

from curriculum.pictures import Picture

ARROW = Markup(
    '<svg class="chain-arrow" viewBox="0 0 24 12" aria-hidden="true">'
    '<path d="M1 6H21M16 1L22 6L16 11" fill="none" stroke="currentColor" stroke-width="1.6"/></svg>'
)


def chain(stages: Sequence[str], marked: Sequence[str] = ()) -> Picture:
    """stages: the words in the boxes, from the source on. marked: those that stand out, by their words."""
    items = [
        Markup('<li{}>{}<span class="chain-box">{}</span></li>').format(
            Markup(' class="chain-marked"') if stage in marked else "", ARROW if number else "", stage
        )
        for number, stage in enumerate(stages)
    ]
    words = "From left to right: " + ", then ".join(stages) + "."
    return Picture(Markup('<ol class="chain">{}</ol>').format(Markup("").join(items)), words)
