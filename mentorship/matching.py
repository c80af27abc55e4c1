"""How versions are compared fairly: as loud as each other, and with an eye on what chance alone would say."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import factorial, log10

BOTH_SPEAKERS = 10 * log10(2)  # LU that one channel gains when both speakers play it


def gains(loudness: Sequence[float | None]) -> list[float] | None:
    """By how many decibels each is turned down to be as loud as the quietest; 0 or less, so that nothing clips.

    loudness: integrated, in LUFS. None where one of them is not known: then they are played as they are.
    """
    known = [one for one in loudness if one is not None]
    if not known or len(known) < len(loudness):
        return None
    return [min(known) - one for one in known]


@cache
def by_chance(rounds: int, most: int, sides: int) -> float:
    """How likely it is that somebody who only guesses prefers one and the same side in `most` rounds or more.

    sides: 2 or more, all equally likely in each round. Returns 0 to 1.

    Source: counting the sequences in which each side comes fewer than `most` times, by exponential generating
    functions: rounds! times the coefficient of x^rounds in (sum of x^j / j! for j < most) ^ sides.
    """
    fewer = [Fraction(1, factorial(count)) for count in range(min(most, rounds + 1))]
    ways = [Fraction(1)]
    for _ in range(sides):
        product = [Fraction(0)] * (rounds + 1)
        for one, first in enumerate(ways):
            for other, second in enumerate(fewer[: rounds + 1 - one]):
                product[one + other] += first * second
        ways = product
    return float(1 - ways[rounds] * factorial(rounds) / sides**rounds)
