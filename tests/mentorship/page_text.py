"""What stands on a page, for people and for comparing two answers."""

import re
from typing import Any


def words(response: Any) -> str:
    """The page's text without its tags, one space between words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def hidden(response: Any, name: str) -> str:
    """The value of the first hidden field of this name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.text)
    assert found, f"the page has no field {name}"
    return found[1]


def without_token(response: Any) -> str:
    """The page but for the forgery guard, which changes every second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", response.text)
