"""Watches the cells of a table for what spreadsheet programs did to them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from archive.core.descriptions.dcterms import DATE_TERMS
from archive.core.findings import At, Finding, warning
from archive.core.limits.output import QUOTED
from archive.core.tables.table_damage import (
    LONGEST_SHORT,
    Damage,
    LostZeros,
    autocorrected,
    mojibake,
    short_damage,
)
from archive.core.text import printable
from archive.formats.descriptions.columns import Column, Kind
from archive.formats.descriptions.several_values import SeveralValues

_IDENTIFIERS: Final = frozenset(("identifier", "language"))


class DamageWatch:
    """Looks at every cell as it passes, and at columns of numbers as a whole at the end."""

    def __init__(
        self, name: str, columns: Sequence[Column], path_at: int | None, at: Callable[..., At]
    ) -> None:
        self._name = name
        self._at = at
        self._path_at = path_at
        self._identifiers = frozenset(
            index
            for index, column in enumerate(columns)
            if column.kind is Kind.REFERENCE or (column.kind is Kind.TERM and column.term in _IDENTIFIERS)
        )
        self._zeros = {index: LostZeros() for index in self._identifiers if columns[index].term != "language"}
        # A month and a day are at home in a column of dates, which has rules of its own.
        self._dates = frozenset(
            index for index, column in enumerate(columns) if column.term and column.term in DATE_TERMS
        )
        self._several = SeveralValues(name, columns, at)

    def see(self, row: int, cells: Sequence[str]) -> list[Finding]:
        """What was done to the cells of this row; none of them is altered."""
        found: list[Finding] = []
        self._several.see(row, cells)
        for index, text in enumerate(cells):
            if not text:
                continue
            if len(text) <= LONGEST_SHORT and (damage := short_damage(text.strip())):
                if damage.code != "TABLE-MONTH-DAY" or index != self._path_at:
                    found.append(self._finding(row, index, text, damage))
            elif not text.isascii() and (damage := self._letters(index, text)):
                found.append(self._finding(row, index, text, damage))
            if index in self._zeros:
                self._zeros[index].see(row, text.strip())
        return found

    def close(self) -> Iterator[Finding]:
        """What only the whole column shows: zeros that were lost, several values in one cell."""
        yield from self._several.close()
        for index, zeros in self._zeros.items():
            for row, text, whole in zeros.lost():
                damage = Damage(
                    "TABLE-ZEROS-LOST",
                    f"has fewer digits than others of its column, which begin with zeros: was it {whole}?",
                    f"write {whole}, in a cell of the format text",
                    whole if zeros.is_certain else None,
                )
                yield self._finding(row, index, text, damage)

    def _letters(self, index: int, text: str) -> Damage | None:
        if damage := mojibake(text):
            return damage
        return autocorrected(text) if index in self._identifiers else None

    def _finding(self, row: int, index: int, text: str, damage: Damage) -> Finding:
        at = self._at(row, index)
        shown = printable(text if len(text) <= QUOTED else f"{text[:QUOTED]}…")
        return warning(
            damage.code,
            f"{self._name}:{row}:{at.field}",
            f"“{shown}” {damage.message}",
            at=at,
            found=text,
            remedy=damage.remedy,
            corrected=damage.corrected,
        )
