"""JSON that leaves no question open: what is refused here is read again by the reader that can tell why."""

import json
from typing import Any

from archive.formats.descriptions.json_numbers import read_fraction, read_whole


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("duplicate key")
    return document


def _refuse(text: str) -> None:
    raise ValueError(text)


def _within(number: float | None) -> float:
    if number is None:
        raise ValueError("a number beyond what programs can hold")
    return number


strict = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_constant=_refuse,
    parse_float=lambda text: _within(read_fraction(text)),
    parse_int=lambda text: _within(read_whole(text)),
).decode
