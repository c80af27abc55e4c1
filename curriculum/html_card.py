"""Cards whose text is HTML that another program wrote: made clean each time they are shown."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from core import prose
from curriculum import card_text
from curriculum.card_block import GAP, CardText
from curriculum.content import Card

OWN_MEDIA = re.compile(r"/cards/media/[0-9a-f]{64}")
NOTHING = "<p></p>"  # a card of elsewhere may have no answer


class Renderer(card_text.Renderer):
    """HTML to clean HTML, where card_text has Markdown."""

    def __init__(self) -> None:
        """Nothing to build: no Markdown, and no pictures in it."""
        self.blocks = None

    def html(self, text: str) -> Markup:
        return prose.foreign(text, _own_media) if text else Markup("")

    def sides(self, text: str, number: int) -> tuple[Markup, Markup] | None:
        def shown(gap: re.Match[str], asked: str) -> str:
            return asked if int(gap["number"] or 1) == number else gap["text"]

        front = GAP.sub(lambda gap: shown(gap, f'<span class="gap">[{gap["hint"] or "…"}]</span>'), text)
        back = GAP.sub(lambda gap: shown(gap, f'<mark class="gap">{gap["text"]}</mark>'), text)
        return self.html(front), self.html(back)


def make(
    card_id: str, type: str, question: str, answer: str, note: str, tags: Sequence[str], lesson: str
) -> list[Card]:
    """The cards of one text; none where it cannot be read. answer: of a typed card plain text, as everywhere."""
    words = CardText(
        id=card_id, type=type, tags=tuple(tags), question=question or NOTHING, answer=answer or NOTHING, note=note
    )
    made, _ = card_text.make(words, lesson, Renderer())
    return made


def _own_media(address: str) -> str | None:
    return address if OWN_MEDIA.fullmatch(address) else None
