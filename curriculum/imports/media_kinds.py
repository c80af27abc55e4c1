"""Pictures and sounds that a card may show: known by their first octets, never by their name."""

HEAD = 64  # octets that are looked at
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
}
OF_MP4 = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash")  # brands of files that may be sound alone
REFUSED = {
    "svg": "SVG drawings",
    "mp4": "videos",
    "webm": "videos",
    "mkv": "videos",
    "mov": "videos",
    "avi": "videos",
    "ogv": "videos",
    "ttf": "fonts",
    "otf": "fonts",
    "woff": "fonts",
    "woff2": "fonts",
    "js": "scripts",
    "css": "style sheets",
}
OTHERS = "media files of other kinds"


def kind_of(head: bytes, name: str) -> str:
    """The media type that these octets begin, "" for what has no place on a card.

    name: tells the sounds among MP4 files from the films, which begin alike.
    """
    for start, kind in ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif")):
        if head.startswith(start):
            return kind
    if head[:4] in (b"RIFF", b"RF64") and len(head) >= 12:
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "")
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head.startswith(b"OggS"):
        return "" if b"theora" in head else "audio/ogg"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:12] in OF_MP4 and ending(name) in ("m4a", "m4b", "aac") else ""
    if head.startswith(b"ID3"):
        return "audio/mpeg"
    is_layer_3 = len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    return "audio/mpeg" if is_layer_3 and head[2] >> 4 != 0xF and head[2] >> 2 & 3 != 3 else ""


def refused_as(name: str) -> str:
    """What to call a file that has no place, by what its name says."""
    return REFUSED.get(ending(name), OTHERS)


def ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
