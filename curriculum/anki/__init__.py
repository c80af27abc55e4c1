"""Anki's deck packages (.apkg): read, made into our card texts, written. Files alone; no tables, no web.

`reading.opened(path, name)` gives a `Package`, whole or not at all: its `contents` (counts, note types, decks, media,
and what has no place here), its `notes()`, each with its drafts, its cards and their reviews, and the octets of its
`media()`. `core.prose.foreign` makes a draft's HTML safe. `write.package(path, notes, media)` writes one.
"""
