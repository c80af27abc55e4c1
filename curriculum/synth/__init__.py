"""Sounds from a spec: numbers in, samples out. Pure; numpy and scipy are loaded at the first sound."""

VERSION = 1  # raise it with any change of a sample: names of sounds, and what was heard, hang on it
