"""Laws of profiles: no JSON makes them raise, and patterns match as glob does."""

import json
from fnmatch import fnmatchcase
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from archive.core.bagit_profile.parser import KEYS
from archive.core.bagit_profile.patterns import AllowedPaths, Pattern
from tests.profiles import PLAIN
from tests.property.judged_profiles import judge_whatever

_TEXTS = st.text(max_size=8) | st.sampled_from(["*", "data/*", "a/", "sha512", "1.0", "true", "forbidden"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)
_LISTS = st.lists(_TEXTS, max_size=4)
_RULES = st.dictionaries(
    st.sampled_from(["required", "recommended", "repeatable", "values", "description", "x"]),
    st.booleans() | _LISTS | _VALUES,
    max_size=4,
)
_PROFILES = st.dictionaries(
    st.sampled_from(list(KEYS)) | _TEXTS, _VALUES | _LISTS | st.dictionaries(_TEXTS, _RULES, max_size=3)
)
_PATHS = st.text("ab/.*", max_size=9)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_parser_raise(data: bytes) -> None:
    judge_whatever(data)


@given(_PROFILES, st.booleans())
def test_no_json_makes_parser_or_judge_raise(document: dict[str, Any], usable: bool) -> None:
    judge_whatever(json.dumps({**document, **PLAIN} if usable else document).encode())


@given(_PATHS, _PATHS)
def test_asterisks_match_as_in_the_standard_library(pattern: str, path: str) -> None:
    assert Pattern(pattern).matches(path) == fnmatchcase(path, pattern)


@given(_PATHS, _PATHS)
def test_what_allows_a_path_allows_something_below_its_folders(pattern: str, path: str) -> None:
    folder = path[: path.rfind("/") + 1]
    if folder and path != folder and Pattern(pattern).matches(path):
        assert AllowedPaths([pattern]).allow_something_below(folder)
