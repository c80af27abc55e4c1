"""A page to look at."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


def nothing(_page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class Stop:
    """A page to look at. address: with names of `Cast.ids`; people: whose eyes; first: what to do before looking."""

    endpoint: str
    address: str
    people: tuple[str, ...] = ("ada",)
    name: str = ""  # of a state, where an endpoint has several
    status: int = 200
    first: Callable[[Page], None] = nothing

    @property
    def title(self) -> str:
        return "-".join(filter(None, (self.endpoint.replace(".", "-"), self.name)))
