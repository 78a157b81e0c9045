"""Patterns of profiles: glob(7), with an asterisk that also stands for `/`."""

import time

import pytest

from archive.core.bagit_profile.patterns import AllowedPaths, Pattern


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*", ""),
        ("*", "a/b.txt"),
        ("*", ".hidden"),
        ("notes/*", "notes/2/x"),
        ("notes/*", "notes/"),
        ("*.txt", "a/b.txt"),
        ("a*b*c", "axxbxxc"),
        ("a*b*c", "abbbc"),
        ("**", "x"),
        ("a?c", "abc"),
        ("a[bx]c", "abc"),
        ("a[!x]c", "abc"),
        ("a[a-d]c", "abc"),
        ("[]]", "]"),
        ("[!]]", "a"),
        ("a[", "a["),
        ("a[-b]", "a-"),
        (r"a\*", "a*"),
        ("a\\", "a\\"),
        ("*\n*", "a\nb"),
        ("(a|b)+$*", "(a|b)+$x"),
        ("*[0-9]/*.txt", "x1/2/y.txt"),
        ("ab*ab", "abab"),
    ],
)
def test_a_pattern_stands_for_a_path(pattern: str, path: str) -> None:
    assert Pattern(pattern).matches(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("", "a"),
        ("notes/*", "notes"),
        ("*.txt", "a.txt~"),
        ("a*b*c", "acb"),
        ("a?c", "a/c"),
        ("a[/b]c", "a/c"),
        ("a[!x]c", "a/c"),
        ("a[!x]c", "axc"),
        ("a[d-a]c", "abc"),
        ("a[b", "ab"),
        (r"a\*", "ab"),
        ("ab*ab", "aba"),
        ("*.TXT", "a.txt"),
    ],
)
def test_a_pattern_does_not_stand_for_another_path(pattern: str, path: str) -> None:
    assert not Pattern(pattern).matches(path)


@pytest.mark.parametrize("pattern", ["*a" * 2000 + "b", "*?a" * 1300 + "b", "*[ab]" * 800 + "c"])
def test_no_pattern_makes_the_search_go_back_for_ever(pattern: str) -> None:
    started = time.perf_counter()
    assert not Pattern(pattern).matches("a" * 60_000)
    assert time.perf_counter() - started < 2


def test_an_entry_allows_the_path_that_it_equals_whatever_it_means_as_a_pattern() -> None:
    assert AllowedPaths(["a[1].txt"]).allow("a[1].txt")
    assert AllowedPaths(["a[1].txt"]).allow("a1.txt")
    assert not AllowedPaths([]).allow("a")


@pytest.mark.parametrize(
    "entry", ["data/src/x", "data/*", "data/src/*", "*", "d?ta/src/?", "data/src/a/*", "*z"]
)
def test_an_entry_allows_something_below_a_folder(entry: str) -> None:
    assert AllowedPaths([entry]).allow_something_below("data/src/")


@pytest.mark.parametrize(
    "entry", ["data/src", "data/src/", "data/lib/*", "data/s?c", "d?ta/src/", "data/srcs/*"]
)
def test_an_entry_allows_nothing_below_a_folder(entry: str) -> None:
    assert not AllowedPaths([entry]).allow_something_below("data/src/")
