"""The learner's pages."""

from flask import current_app

from curriculum.library import Library


def library() -> Library:
    """The course as it stands now."""
    found: Library = current_app.extensions["shelf"].library
    return found
