"""Where each source has something to hear. Without numpy, since questions are drawn on every page that asks."""

# Hz: the octaves and thirds in which a bell of 6 dB can be heard on it.
HEARD = {
    "white": (31.5, 16_000),
    "pink": (31.5, 16_000),
    "brown": (31.5, 4_000),
    "drums": (63, 16_000),
    "mix": (63, 16_000),
    "snare": (125, 16_000),
    "bass": (63, 4_000),
    "keys": (63, 8_000),
    "voice": (125, 16_000),
}
