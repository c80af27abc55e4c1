"""Kinds of files: which we take, how their first octets look, and what to say of the others."""

import re

# What we take: label -> (kind, media type, endings of names)
TAKEN = {
    "WAV": ("audio", "audio/wav", ("wav", "wave", "bwf", "rf64")),
    "W64": ("audio", "audio/x-w64", ("w64",)),
    "AIFF": ("audio", "audio/aiff", ("aif", "aiff", "aifc")),
    "CAF": ("audio", "audio/x-caf", ("caf",)),
    "FLAC": ("audio", "audio/flac", ("flac",)),
    "MP3": ("audio", "audio/mpeg", ("mp3",)),
    "Ogg": ("audio", "audio/ogg", ("ogg", "oga", "opus")),
    "M4A": ("audio", "audio/mp4", ("m4a", "m4b")),  # only with ffmpeg
    "PNG": ("picture", "image/png", ("png",)),
    "JPEG": ("picture", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "text": ("text", "text/plain", ("txt", "text", "md", "markdown", "csv", "lrc")),
    "PDF": ("document", "application/pdf", ("pdf",)),
    "MIDI": ("document", "audio/midi", ("mid", "midi")),
}
LABELS = {media_type: label for label, (_, media_type, _) in TAKEN.items()}
ENDINGS = {media_type: endings[0] for _, media_type, endings in TAKEN.values()}
LABEL_OF_ENDING = {ending: label for label, (_, _, endings) in TAKEN.items() for ending in endings}
KIND_WORDS = {"audio": "sound", "picture": "a picture", "text": "text", "document": "a document"}
OTHER_NAMES = dict.fromkeys(("m3u", "m3u8", "pls"), "a playlist") | dict.fromkeys(("html", "htm"), "a web page")

CHOICE = "We take WAV, AIFF, FLAC, MP3, Ogg and Opus for sound, PNG and JPEG for pictures, plain text, PDF and MIDI."
NO_AAC = " and this server cannot read AAC. Export WAV, FLAC or a 320 kbit/s MP3."
NO_PICTURE = ", which we do not take. Save it as PNG or JPEG."
NO_SOUND = ", which this server cannot read. Export WAV, FLAC or a 320 kbit/s MP3."
NO_ARCHIVE = ". Unpack it and upload the file that is inside."
NO_ACTIVE = ". For your words, save plain text (.txt); for its looks, a picture or a PDF."
NO_UTF_16 = ". Save it again with the encoding UTF-8."
NO_PLAYLIST = ", which only names other files. Upload the sound itself."

# What we know and do not take: (offset, octets, what it is, what to do)
ALIENS = (
    (4, b"ftypM4", "an M4A file", NO_AAC),
    (4, b"ftyphei", "a HEIC picture", NO_PICTURE),
    (4, b"ftypmif", "a HEIC picture", NO_PICTURE),
    (4, b"ftypavif", "an AVIF picture", NO_PICTURE),
    (4, b"ftypqt", "a QuickTime film", NO_SOUND),
    (4, b"ftyp", "an MP4 file", NO_AAC),
    (0, b"GIF8", "a GIF picture", NO_PICTURE),
    (0, b"II*\0", "a TIFF picture", NO_PICTURE),
    (0, b"MM\0*", "a TIFF picture", NO_PICTURE),
    (0, b"0&\xb2u\x8ef\xcf\x11", "a WMA or WMV file", NO_SOUND),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM file", NO_SOUND),
    (0, b"PK\x03\x04", "a ZIP archive", NO_ARCHIVE),
    (0, b"PK\x05\x06", "an empty ZIP archive", NO_ARCHIVE),
    (0, b"\x1f\x8b", "a gzip archive", NO_ARCHIVE),
    (0, b"7z\xbc\xaf", "a 7z archive", NO_ARCHIVE),
    (0, b"Rar!", "a RAR archive", NO_ARCHIVE),
    (0, b"MZ\x90", "a program", f". {CHOICE}"),
    (0, b"\x7fELF", "a program", f". {CHOICE}"),
    (0, b"#!", "a program", f". {CHOICE}"),
    (0, b"{\\rtf", "an RTF document", ", which we do not take. Save it as PDF or plain text."),
)
RIFF_ALIENS = {b"WEBP": ("a WebP picture", NO_PICTURE), b"AVI ": ("an AVI film", NO_SOUND)}
MARKUP = re.compile(rb"\s*<(\?|!|[a-z])", re.IGNORECASE)
PLAYLIST = re.compile(rb"\s*(#EXTM3U|#EXTINF|\[playlist\])", re.IGNORECASE)
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def alien(head: bytes) -> tuple[str, str] | None:
    """(what it is, what to do) of a file that we know and do not take."""
    for offset, octets, what, rest in ALIENS:
        if head.startswith(octets, offset):
            return what, rest
    if head.startswith(b"RIFF") and head[8:12] in RIFF_ALIENS:
        return RIFF_ALIENS[head[8:12]]
    if PLAYLIST.match(head):
        return "a playlist", NO_PLAYLIST
    if MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "an SVG drawing" if b"<svg" in head.lower() else "a web page or XML", NO_ACTIVE
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text in UTF-16", NO_UTF_16
    if CONTROLS.search(head):
        return "a kind of file that we do not know", f". {CHOICE}"
    return None


def is_audio(head: bytes) -> bool:
    """Whether a file begins like a sound of a kind that we take."""
    form = head[8:12]
    if head[:4] in (b"RIFF", b"RF64"):
        return form == b"WAVE"
    if head[:4] == b"FORM":
        return form in (b"AIFF", b"AIFC")
    if head.startswith((b"riff.\x91\xcf\x11", b"caff\0", b"fLaC", b"OggS\0", b"ID3\2", b"ID3\3", b"ID3\4")):
        return True
    is_layer_3 = len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    return is_layer_3 and head[2] >> 4 != 0xF and head[2] >> 2 & 3 != 3


def label_of(name: str) -> str:
    """The label that a file's name claims, "" where its ending says nothing."""
    return LABEL_OF_ENDING.get(ending(name), "")


def ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
