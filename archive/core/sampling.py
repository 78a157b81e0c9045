"""Samples of bags that prove something: how many to draw, which, and what the result says of all of them.

Drawing without replacement from a known number: the hypergeometric distribution, in whole numbers where the
answer must be the same everywhere. docs/formats.md has the same rules for other programs.
"""

import bisect
import hashlib
import heapq
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

CONFIDENCE: Final = "95"
AT_MOST: Final = "1"
# Above so many bags drawn, the bound is found with logarithms: exact coefficients would have 10,000 digits.
_EXACT: Final = 2000
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?) ?%?")


def parse_percent(text: str) -> Fraction:
    """The share that a percentage such as `95`, `0.5` or `1%` spells; ValueError from 100 % on."""
    match = _PERCENT.fullmatch(text.strip())
    share = Fraction(match[1]) / 100 if match else Fraction(1)
    if share >= 1:
        raise ValueError("a percentage below 100 is expected, such as 95 or 0.5%")
    return share


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTerms:
    """What a sample is to show: with which confidence, and that at most which share of all bags is bad."""

    confidence: Fraction
    at_most: Fraction

    def size(self, population: int) -> int:
        """The smallest sample that, found without a bad bag, shows it.

        That is: were more than `at_most` of the population bad, so many bags would all be good by chance with
        a probability of 1 − confidence at most.
        """
        bad = min(population, math.floor(population * self.at_most) + 1)
        doubt = 1 - self.confidence

        def suffices(size: int) -> bool:
            """C(population − bad, size) / C(population, size), symmetric in size and bad."""
            fewer, more = sorted((size, bad))
            return math.comb(population - more, fewer) * doubt.denominator <= doubt.numerator * math.comb(
                population, fewer
            )

        high = min(1, population)
        while high < population and not suffices(high):
            high = min(2 * high, population)
        return bisect.bisect_left(range(high), True, key=suffices)

    def bad_at_most(self, population: int, drawn: int, bad: int) -> int:
        """How many of the population are bad at most, with the confidence, where `bad` of `drawn` were."""

        def is_ruled_out(all_bad: int) -> bool:
            return _no_more_than(bad, drawn, all_bad, population) <= float(1 - self.confidence)

        highest = population - (drawn - bad)
        return bad + bisect.bisect_left(range(bad + 1, highest + 1), True, key=is_ruled_out)


def _no_more_than(bad: int, drawn: int, all_bad: int, population: int) -> float:
    """The probability that a sample shows no more than `bad` bad ones."""
    good = population - all_bad
    cases = [seen for seen in range(bad + 1) if seen <= all_bad and drawn - seen <= good]
    if drawn <= _EXACT:
        ways = sum(math.comb(all_bad, seen) * math.comb(good, drawn - seen) for seen in cases)
        return float(Fraction(ways, math.comb(population, drawn)))
    whole = _log_comb(population, drawn)
    return math.fsum(
        math.exp(_log_comb(all_bad, seen) + _log_comb(good, drawn - seen) - whole) for seen in cases
    )


def _log_comb(many: int, few: int) -> float:
    return math.lgamma(many + 1) - math.lgamma(few + 1) - math.lgamma(many - few + 1)


def draw(bags: Iterable[str], size: int, seed: str) -> list[str]:
    """The bags whose SHA-256(seed ‖ 0x0A ‖ id) is smallest, the smallest first: anyone can draw again."""
    drawn = heapq.nsmallest(size, ((hashlib.sha256(f"{seed}\n{bag}".encode()).digest(), bag) for bag in bags))
    return [bag for _, bag in drawn]
