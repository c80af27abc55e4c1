"""Measuring: no pages of its own; it shows on the page of a version."""

NO_PAGES = ("portfolio.listen", "portfolio.peaks", "measuring.show")
