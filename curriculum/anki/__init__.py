"""Anki's deck packages (.apkg): read, made into our card texts, written. Files alone; no tables, no web.

with reading.opened(path, "deck.apkg", progress=show, is_cancelled=asked) as package:  # Refused, in under 10 s
    package.contents                     # package.Contents: counts, note types, decks, media, what has no place here
    for note in package.notes():         # package.Note, each with its drafts and its cards, those with their reviews
        ...
    for name, stream in package.media({"beat.mp3"}):  # each as a binary stream, to be read before the next
        ...
prose.foreign(draft.question, address_of)              # safe HTML; address_of: media name -> our address, or None
write.package(path, notes, created_at=..., media=...)  # write.OutNote with OutCard
"""
