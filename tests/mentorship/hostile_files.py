"""Files that mean harm or are broken, made on the spot: disguises, headers that lie, bombs, polyglots, odd names.

    python -m tests.mentorship.hostile_files

sends them all through the look and, where they are taken as sound, through the meter, and says what each one cost.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.e2e import sounds

HTML = b"<!doctype html><script>fetch('/settings')</script>"


@dataclass(frozen=True, slots=True)
class Hostile:
    what: str
    name: str
    octets: bytes
    statuses: tuple[int, ...]  # how it may be answered; 303: taken


def refused(what: str, name: str, octets: bytes, *statuses: int) -> Hostile:
    return Hostile(what, name, octets, statuses or (415, 422))


def taken(what: str, name: str, octets: bytes, *statuses: int) -> Hostile:
    return Hostile(what, name, octets, (303, *statuses))


def files() -> Iterator[Hostile]:
    yield from _disguises()
    yield from _wavs()
    yield from _packed_sounds()
    yield from _pictures()
    yield from _polyglots()


def _disguises() -> Iterator[Hostile]:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    yield refused("a web page as sound", "mix.wav", HTML, 415)
    yield refused("a web page after blank lines", "notes.txt", b"\n \t\n" + HTML, 415)
    yield refused("a web page after a byte order mark", "notes.txt", b"\xef\xbb\xbf" + HTML, 415)
    yield refused("a web page in UTF-16", "notes.txt", HTML.decode().encode("utf-16"), 415)
    yield refused("a drawing that runs script", "cover.png", svg, 415)
    yield refused("a drawing behind an XML head", "cover.jpg", b"<?xml version='1.0'?>" + svg, 415)
    yield refused("a zip as sound", "mix.wav", b"PK\x03\x04" + bytes(60), 415)
    yield refused("a playlist of local files", "mix.mp3", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", 415)
    yield refused(
        "a playlist of our own addresses", "mix.mp3", b"[playlist]\nFile1=http://127.0.0.1:8000/health\n", 415
    )
    yield refused("ffmpeg's concat list", "mix.wav", b"ffconcat version 1.0\nfile /etc/passwd\n", 415)
    yield refused("a program", "mix.wav", b"\x7fELF" + bytes(100), 415)
    yield taken("script in plain text", "app.js", b"alert(document.cookie)")
    yield taken("a name like a path", "../../../../etc/cron.d/evil.txt", b"words")
    yield taken(
        "a name with a line break and markup", 'a"\r\nSet-Cookie: x=1;<img src=x onerror=alert(1)>.txt', b"words"
    )
    yield taken("a name of five thousand signs", "x" * 5000 + ".txt", b"words")


def chunk(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if size is None else size) + body


def _wav(fmt: bytes, data: bytes, *, size: int | None = None, before: bytes = b"") -> bytes:
    body = b"WAVE" + chunk(b"fmt ", fmt) + before + chunk(b"data", data, size)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _fmt(channels: int = 2, rate: int = 44_100, bits: int = 16, tag: int = 1) -> bytes:
    width = channels * bits // 8
    return struct.pack("<HHIIHH", tag, channels, rate, min(rate * width, 2**32 - 1), min(width, 65_535), bits)


def _wavs() -> Iterator[Hostile]:
    some = bytes(4000)
    yield taken("a header that promises 4 GB", "mix.wav", _wav(_fmt(), some, size=0xFFFF_FFF0), 422)
    yield taken(
        "chunks that claim the whole file", "mix.wav", _wav(_fmt(), some, before=chunk(b"LIST", b"", 2**31)), 422
    )
    nested = b""
    for _ in range(400):
        nested = chunk(b"LIST", b"INFO" + nested)
    yield taken("lists in lists, four hundred deep", "mix.wav", _wav(_fmt(), some, before=nested), 422)
    yield taken(
        "a hundred thousand empty chunks", "mix.wav", _wav(_fmt(), some, before=chunk(b"junk", b"") * 100_000), 422
    )
    yield refused("255 channels", "mix.wav", _wav(_fmt(channels=255), some))
    yield refused("no channel", "mix.wav", _wav(_fmt(channels=0), some))
    yield refused("no rate", "mix.wav", _wav(_fmt(rate=0), some))
    yield refused("four thousand million samples a second", "mix.wav", _wav(_fmt(rate=2**32 - 1), some))
    yield refused("a width of no bits", "mix.wav", _wav(_fmt(bits=0), some))
    yield taken("ADPCM with a block of nothing", "mix.wav", _wav(_fmt(tag=2, bits=4) + bytes(20), some), 415, 422)
    rf64 = b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", struct.pack("<QQQI", 2**63, 2**63, 2**62, 0))
    yield taken(
        "a 64-bit header that promises 2^63",
        "mix.wav",
        rf64 + chunk(b"fmt ", _fmt()) + chunk(b"data", some, 2**32 - 1),
        422,
    )
    aiff = b"FORM" + struct.pack(">I", 54) + b"AIFFCOMM" + struct.pack(">IhIh", 18, 2, 10**9, 16)
    aiff += bytes.fromhex("400eac44000000000000") + b"SSND" + struct.pack(">III", 8, 0, 0)
    yield taken("an AIFF of 1e9 frames that are not there", "mix.aiff", aiff, 415, 422)
    caf = (
        b"caff\0\1\0\0desc"
        + struct.pack(">q", 32)
        + struct.pack(">d4sIIIII", float("nan"), b"lpcm", 0, 0, 0, 2**31, 16)
    )
    yield refused("a CAF at not-a-number samples a second", "mix.caf", caf + b"data" + struct.pack(">q", -1) + some)


def _packed_sounds() -> Iterator[Hostile]:
    flac = bytearray(sounds.flac(1))
    lies = bytes(flac[:21]) + bytes([flac[21] | 0x0F]) + b"\xff\xff\xff\xff" + bytes(flac[26:])
    yield taken("a FLAC that promises 2^36 frames", "mix.flac", lies, 422)
    yield refused("a FLAC of tags alone, one of 16 MB", "mix.flac", b"fLaC\x84\xff\xff\xff" + bytes(1000))
    mp3 = sounds.mp3(1)
    yield taken("an MP3 behind an ID3 tag of 256 MB", "mix.mp3", b"ID3\4\0\0\x7f\x7f\x7f\x7f" + mp3, 422)
    yield taken("an MP3 of a hundred ID3 tags", "mix.mp3", (b"ID3\4\0\0\0\0\0\x0a" + bytes(10)) * 100 + mp3, 415, 422)
    yield taken("an MP3 with a web page inside its tag", "mix.mp3", b"ID3\4\0\0\0\0\0\x64" + HTML.ljust(100) + mp3, 422)
    yield refused(
        "an Ogg page without end", "mix.ogg", b"OggS\0\2" + bytes(20) + b"\xff" + b"\xff" * 255 + bytes(70_000)
    )
    yield refused("an Opus head of 255 channels", "mix.opus", _ogg(b"OpusHead\1\xff" + bytes(9)))
    yield refused("a Vorbis head at no rate", "mix.ogg", _ogg(b"\1vorbis" + bytes(22) + b"\1"))
    yield refused(
        "an M4A whose boxes hold each other", "mix.m4a", b"\0\0\0\x18ftypM4A " + bytes(12) + b"\0\0\0\x08moov" * 5000
    )


def _ogg(packet: bytes) -> bytes:
    return b"OggS\0\2" + bytes(20) + bytes([1, len(packet)]) + packet


def _png(width: int, height: int, data: bytes, more: bytes = b"") -> bytes:
    def part(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + part(b"IDAT", data) + part(b"IEND", b"")


def _pictures() -> Iterator[Hostile]:
    yield refused("a PNG of 65 thousand by 65 thousand", "cover.png", _png(65_000, 65_000, b"x"), 413)
    yield refused("a PNG that unpacks a gigabyte", "cover.png", _png(7_000, 7_000, _packed_zeros()), 413, 422)
    bomb = b"zTXt"
    body = b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9)
    text = struct.pack(">I", len(body)) + bomb + body + struct.pack(">I", zlib.crc32(bomb + body))
    yield taken("a PNG whose note unpacks 50 MB", "cover.png", _png(1, 1, zlib.compress(bytes(4)), text), 413, 422)
    yield refused("a JPEG that ends after its head", "cover.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(9))


def _packed_zeros() -> bytes:
    packer, packed = zlib.compressobj(9), io.BytesIO()
    for _ in range(64):
        packed.write(packer.compress(bytes(1 << 20)))
    return packed.getvalue() + packer.flush()


def _polyglots() -> Iterator[Hostile]:
    wav, zipped = sounds.wav(1), b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18)
    yield taken("a WAV with a zip behind it", "mix.wav", wav + zipped)
    yield taken("a WAV with a web page behind it", "mix.wav", wav + HTML)
    yield taken("a PNG with script behind it", "cover.png", sounds.screenshot() + b"<script>alert(1)</script>")
    yield taken(
        "a PDF that runs script", "sheet.pdf", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"
    )
    yield taken("a PDF that is a web page, too", "sheet.pdf", b"%PDF-1.7\n" + HTML)
    yield taken(
        "a MIDI file that promises 65535 tracks", "lead.mid", b"MThd\0\0\0\6\0\1\xff\xff\0\x60MTrk\xff\xff\xff\xff"
    )


def main() -> None:
    """By hand: what each one costs, looked at and measured."""
    import tempfile
    import time
    from pathlib import Path
    from types import SimpleNamespace
    from typing import Any

    from core.errors import Refused
    from mentorship import probe
    from mentorship import sounds as meter

    for number, one in enumerate(files(), 1):
        with tempfile.TemporaryDirectory() as room:
            path, folder = Path(room) / "file", Path(room) / "out"
            path.write_bytes(one.octets)
            folder.mkdir()
            began, said = time.monotonic(), ""
            try:
                found = probe.look(path, one.name, minutes=15)
                said = f"taken as {found.media_type} {found.warning}"
                if found.kind == "audio":
                    version: Any = SimpleNamespace(seconds=found.seconds, media_type=found.media_type)
                    measured = meter.measure(path, version, folder, lambda *_: None)
                    said += f"; measured: {measured.figures['integrated']} LUFS, {measured.figures['seconds']} s"
            except Refused as refusal:
                said += f" {refusal.status}: {refusal.text}" if said else f"{refusal.status}: {refusal.text}"
            print(f"{number:2} {time.monotonic() - began:5.2f} s  {one.what} ({one.name[:24]!r}): {said[:150]}")


if __name__ == "__main__":
    main()
