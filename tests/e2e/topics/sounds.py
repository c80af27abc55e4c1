"""Sounds under their names: no pages."""

NO_PAGES = {"sounds.sound"}
