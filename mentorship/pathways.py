"""What a portfolio for each kind of work holds, which pieces of somebody's count there, and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from core.errors import NotFound, Refused
from curriculum.content import Library, Pathway, Want
from mentorship import portfolio
from mentorship.models.pieces import Piece
from mentorship.portfolio import Tile

LONGEST_NAME, MOST_CREDITS = 80, 40
ROLES = (
    "Producer", "Co-producer", "Mixing engineer", "Mastering engineer", "Recording engineer", "Beat maker", "Composer",
    "Songwriter", "Arranger", "Lyricist", "Editor", "Sound designer", "Vocals", "Guitar", "Bass", "Drums", "Keys",
)  # fmt: skip
GENRES = (
    "Ambient", "Blues", "Classical", "Country", "Drum and bass", "Electronic", "Folk", "Funk", "Hip-hop", "House",
    "Indie", "Instrumental", "Jazz", "Lo-fi", "Metal", "Pop", "Punk", "R&B", "Reggae", "Rock", "Soul", "Spoken word",
    "Techno", "Trap",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A kind of piece that the pathway asks for. approved: those that count; begun: those that are not approved yet."""

    want: Want
    approved: list[Tile]
    begun: list[Tile]

    @property
    def there(self) -> int:
        return min(len(self.approved), self.want.count)

    @property
    def missing(self) -> int:
        return self.want.count - self.there

    @property
    def word(self) -> str:
        """there, in progress or missing."""
        if not self.missing:
            return "there"
        return "in progress" if self.approved or self.begun else "missing"


@dataclass(frozen=True, slots=True)
class Checklist:
    pathway: Pathway
    wanted: list[Wanted]
    others: list[Tile]  # of this pathway, and counted as nothing

    @property
    def there(self) -> int:
        return sum(one.there for one in self.wanted)

    @property
    def total(self) -> int:
        return sum(one.want.count for one in self.wanted)


def find(library: Library, slug: str) -> Pathway:
    if slug not in library.pathways:
        raise NotFound
    return library.pathways[slug]


def checklist(db: Session, pathway: Pathway, owner_id: UUID) -> Checklist:
    """Somebody's pieces on a pathway, without archived ones and references."""
    mine = [
        tile
        for tile in portfolio.pieces(db, [owner_id])
        if tile.piece.pathway == pathway.slug and not tile.piece.archived_at and not tile.piece.is_reference
    ]
    known = {want.slug for want in pathway.wants}
    wanted = [_wanted(want, [tile for tile in mine if tile.piece.category == want.slug]) for want in pathway.wants]
    return Checklist(pathway, wanted, [tile for tile in mine if tile.piece.category not in known])


def describe(
    library: Library, piece: Piece, *, pathway: str, category: str, client: str, credits: Iterable[tuple[str, str]]
) -> None:
    """What kind of work a piece is for, for whom it was made, and by whom. piece: locked for a change.

    category: what the pathway's checklist counts it as, or "". credits: (name, role), in order; rows without a name are
    left out. Refused: a pathway or category that is not offered, too many or too long credits.
    """
    if pathway and pathway not in library.pathways:
        raise Refused("Choose one of the offered pathways, or none.", field="category")
    counted = {want.slug for want in library.pathways[pathway].wants} if pathway else set()
    if category and category not in counted:
        raise Refused("Choose what it counts as from the pathway's own list.", field="category")
    kept = [(name.strip(), role.strip()) for name, role in credits]
    kept = [(name, role) for name, role in kept if name or role]
    if any(not name for name, _ in kept):
        raise Refused("A credit has a role and no name. Write the name, or clear the role.", field="credits")
    if any(len(text) > LONGEST_NAME for row in kept for text in row):
        raise Refused(f"A name or a role in the credits is longer than {LONGEST_NAME} characters.", field="credits")
    if len(kept) > MOST_CREDITS:
        raise Refused(
            f"A piece takes {MOST_CREDITS} credits. Put further ones into the text about it.", field="credits"
        )
    piece.pathway, piece.category, piece.client = pathway, category, client.strip()
    piece.credits = [{"name": name, "role": role} for name, role in kept]


def words_of(library: Library, piece: Piece) -> str:
    """What a piece is for: "Beats: a finished beat", or "" where nothing (or nothing known any more) is named."""
    pathway = library.pathways.get(piece.pathway)
    if pathway is None:
        return ""
    category = next((want.title for want in pathway.wants if want.slug == piece.category), "")
    return f"{pathway.title}: {category[:1].lower()}{category[1:]}" if category else pathway.title


def chosen(tiles: Sequence[Tile], *, state: str, pathway: str) -> list[Tile]:
    """The tiles in a state and of a pathway; "" leaves that open."""
    return [tile for tile in tiles if state in ("", tile.standing.word) and pathway in ("", tile.piece.pathway)]


def _wanted(want: Want, tiles: list[Tile]) -> Wanted:
    approved = [tile for tile in tiles if tile.standing.approved]
    return Wanted(want, approved, [tile for tile in tiles if not tile.standing.approved])
