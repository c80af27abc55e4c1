"""Sounds from a spec: numbers in, samples out. Pure; numpy and scipy are loaded at the first sound."""
