"""How a rule says no. Every text is a sentence for the person at the screen: what happened, why, what to do."""


class Refused(Exception):
    """What was asked cannot be done as it stands; nothing was changed."""

    status = 422

    def __init__(self, text: str, *, field: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.field = field  # the form field that the sentence belongs to


class Conflict(Refused):
    """Somebody, or an older tab, was here first."""

    status = 409


class NotAllowed(Refused):
    """The person may see this, but not do that."""

    status = 403


class NotFound(Refused):
    """Missing, or not this person's to see: the two look the same."""

    status = 404

    def __init__(self, text: str = "There is nothing here that you can see.") -> None:
        super().__init__(text)


class TooLarge(Refused):
    status = 413


class WrongKind(Refused):
    """A file that is not of a kind we take, whatever its name says."""

    status = 415


class Busy(Refused):
    """The database could not be had in time; trying again is safe."""

    status = 503


class InvalidForm(Refused):
    """One or more fields of a form; errors: field -> sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("Something on this page needs another look: it was not saved yet.")
        self.errors = errors
