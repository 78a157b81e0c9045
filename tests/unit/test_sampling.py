"""Samples: as large as their promise asks for and no larger, drawn alike by whoever draws them."""

import hashlib
import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.sampling import SampleTerms, _no_more_than, draw, parse_percent
from archive.services.audit.report import Sample


def terms(confidence: str = "95", at_most: str = "1") -> SampleTerms:
    return SampleTerms(confidence=parse_percent(confidence), at_most=parse_percent(at_most))


def missed(population: int, bad: int, drawn: int) -> Fraction:
    """The chance that a sample shows none of the bad ones, bag by bag."""
    chance = Fraction(1)
    for number in range(drawn):
        chance *= Fraction(max(population - bad - number, 0), population - number)
    return chance


@given(st.integers(1, 400), st.integers(50, 99), st.integers(0, 40))
def test_the_sample_is_the_smallest_that_keeps_the_promise(
    population: int, confidence: int, at_most: int
) -> None:
    size = terms(str(confidence), str(at_most)).size(population)
    bad = min(population, population * at_most // 100 + 1)
    doubt = 1 - Fraction(confidence, 100)
    assert missed(population, bad, size) <= doubt
    assert size == 1 or missed(population, bad, size - 1) > doubt


@given(st.integers(1, 300), st.integers(0, 40))
@settings(deadline=None)
def test_a_clean_sample_of_that_size_says_what_was_promised(population: int, at_most: int) -> None:
    wanted = terms("95", str(at_most))
    assert wanted.bad_at_most(population, wanted.size(population), 0) <= population * at_most // 100


@given(st.integers(1, 120).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n), st.integers(0, n))))
@settings(deadline=None)
def test_the_bound_is_the_largest_number_that_is_not_ruled_out(case: tuple[int, int, int]) -> None:
    population, drawn, bad = case
    bad = min(bad, drawn)
    bound = terms().bad_at_most(population, drawn, bad)
    highest = population - (drawn - bad)
    assert bad <= bound <= highest
    assert bound == bad or _no_more_than(bad, drawn, bound, population) > 0.05
    assert bound == highest or _no_more_than(bad, drawn, bound + 1, population) <= 0.05


@pytest.mark.parametrize(
    ("population", "size"), [(0, 0), (1, 1), (10, 10), (100, 78), (10_000, 291), (10_000_000, 299)]
)
def test_known_sizes_for_95_and_1_percent(population: int, size: int) -> None:
    assert terms().size(population) == size


def test_logarithms_and_whole_numbers_agree() -> None:
    exact = _no_more_than(3, 2000, 60, 40_000)
    beyond = _no_more_than(3, 2001, 60, 40_000)
    assert math.isclose(exact, beyond, rel_tol=0.01)
    assert terms("95", "0.1").bad_at_most(100_000, terms("95", "0.1").size(100_000), 0) <= 100


def test_the_draw_is_the_one_of_the_documents() -> None:
    # printf 'seed\na' | sha256sum, and so for b and c
    assert draw(["a", "b", "c"], 3, "seed") == ["a", "b", "c"]
    assert draw(["c", "a", "b"], 2, "seed") == ["a", "b"]


@pytest.mark.parametrize("text", ["100", "100%", "-1", "", "1e1", "95.5.5", "٩٥", "x", "1" * 400])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        parse_percent(text)


@pytest.mark.parametrize(("text", "share"), [("95", 0.95), ("0.5%", 0.005), ("1 %", 0.01), ("0", 0)])
def test_percentages(text: str, share: float) -> None:
    assert parse_percent(text) == Fraction(str(share))


def test_a_sample_is_drawn_by_the_hash_of_seed_and_id_and_by_nothing_else() -> None:
    bags = [f"bag-{number:03d}" for number in range(200)]
    by_hash = sorted(bags, key=lambda bag: hashlib.sha256(f"a seed\n{bag}".encode()).digest())
    assert draw(reversed(bags), 20, "a seed") == by_hash[:20]


@given(st.decimals(min_value=0, max_value="99.999999999", places=9))
def test_a_percentage_is_written_as_it_is_read(percent: Decimal) -> None:
    told = Sample(population=1, at=None, terms=terms(f"{percent:f}", "0.00001")).drawn_from()
    assert re.fullmatch(r"[0-9]{1,2}(\.[0-9]+)?", told["confidence"])
    assert Decimal(told["confidence"]) == percent
    assert told["at_most"] == "0.00001"
