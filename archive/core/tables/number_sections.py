"""The sections of a number format, and which of them a number is shown by (ECMA-376-1 §18.8.31)."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|general|e[+-]|.', re.IGNORECASE | re.DOTALL)
_CONDITION: Final = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[0-9]{1,30}(?:\.[0-9]{1,30})?)\]")
_COMPARE: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "<=": le,
    ">=": ge,
    "<>": ne,
    "<": lt,
    ">": gt,
    "=": eq,
}


class Section(NamedTuple):
    """What one section writes, token by token; `condition` is what it asks of a number, if anything."""

    tokens: tuple[str, ...]
    condition: tuple[str, Decimal] | None = None

    def takes(self, number: Decimal) -> bool:
        """True where the number is what the condition asks for."""
        return self.condition is None or _COMPARE[self.condition[0]](number, self.condition[1])


@lru_cache(maxsize=4096)
def sections_of(code: str) -> tuple[Section, ...]:
    """The sections for numbers; the last one is for texts where it holds @."""
    parts: list[list[str]] = [[]]
    for match in _TOKEN.finditer(code):
        if match.group() == ";":
            parts.append([])
        else:
            parts[-1].append(match.group())
    if len(parts) > 1 and "@" in parts[-1]:
        parts.pop()
    return tuple(_section(tokens) for tokens in parts[:3])


def section_for(number: Decimal, sections: tuple[Section, ...]) -> tuple[Section, bool] | None:
    """The section that a number is shown by, whether behind a minus; None where programs differ."""
    if all(section.condition is None for section in sections):
        if len(sections) == 1:
            return sections[0], number < 0
        return sections[_place(number, len(sections))], False
    for place, section in enumerate(sections):
        if section.condition is None and place < len(sections) - 1:
            return None
        if section.takes(number):
            return None if number < 0 else (section, False)
    return None


def _place(number: Decimal, count: int) -> int:
    """Positive numbers, negative ones and zero have sections of their own, in that order."""
    if number < 0:
        return 1
    return 2 if number == 0 and count > 2 else 0


def _section(tokens: list[str]) -> Section:
    condition = None
    written: list[str] = []
    for part in tokens:
        if match := _CONDITION.fullmatch(part):
            condition = (match[1], Decimal(match[2]))
        elif part.startswith("[$"):  # a currency, and the locale behind it
            symbol = part[2:-1].partition("-")[0]
            written += [f'"{symbol}"'] if symbol else []
        elif part[0] != "[" or part == "[":  # else a colour or the shapes of digits
            written.append(part)
    return Section(tuple(written), condition)
