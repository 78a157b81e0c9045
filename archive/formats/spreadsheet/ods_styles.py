"""What the styles of an ODS say about its cells: which parts of a date are shown, which sheets are hidden."""

from typing import Final, NamedTuple

from archive.core.limits.spreadsheets import MAX_ODS_STYLES
from archive.formats.spreadsheet.xml_parts import Attributes

_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns"
OFFICE: Final = f"{_OASIS}:office:1.0 "
TABLE: Final = f"{_OASIS}:table:1.0 "
TEXT: Final = f"{_OASIS}:text:1.0 "
_STYLE: Final = f"{_OASIS}:style:1.0 "
_NUMBER: Final = f"{_OASIS}:datastyle:1.0 "


class DateParts(NamedTuple):
    """The parts of a date that are shown; `year` counts its digits."""

    year: int = 0
    month: bool = False
    day: bool = False
    time: bool = False
    quarter: bool = False


WHOLE_DATE: Final = DateParts(4, month=True, day=True, time=True)


class Styles:
    """Collects the styles of `styles.xml` and `content.xml` as their elements pass."""

    def __init__(self) -> None:
        self._dates: dict[str, DateParts] = {}
        self._data: dict[str, str] = {}  # cell style -> data style
        self._parents: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._open_date = ""
        self._open_table = ""

    def begin(self, name: str, attributes: Attributes) -> None:
        """An element of the styles begins."""
        if name == f"{_STYLE}style":
            self._begin_style(attributes)
        elif name == f"{_STYLE}table-properties":
            if self._open_table and attributes.get(f"{TABLE}display") == "false":
                self._hidden.add(self._open_table)
        elif name == f"{_NUMBER}date-style":
            self._open_date = attributes.get(f"{_STYLE}name", "")
            if len(self._dates) < MAX_ODS_STYLES:
                self._dates[self._open_date] = DateParts()
        elif self._open_date in self._dates and name.startswith(_NUMBER):
            self._add_part(name.removeprefix(_NUMBER), attributes)

    def end(self, name: str) -> None:
        """An element of the styles ends."""
        if name == f"{_NUMBER}date-style":
            self._open_date = ""
        elif name == f"{_STYLE}style":
            self._open_table = ""

    def date_parts(self, cell_style: str) -> DateParts:
        """What a date in a cell of this style shows; all of it where the styles do not say."""
        for _ in range(8):  # of parents; a style may inherit from another
            if cell_style in self._data:
                parts = self._dates.get(self._data[cell_style], WHOLE_DATE)
                return parts if parts._replace(time=False) != DateParts() else WHOLE_DATE
            if cell_style not in self._parents:
                break
            cell_style = self._parents[cell_style]
        return WHOLE_DATE

    def hides(self, table_style: str) -> bool:
        """True where sheets of this style are not shown."""
        return table_style in self._hidden

    def _begin_style(self, attributes: Attributes) -> None:
        name, family = attributes.get(f"{_STYLE}name", ""), attributes.get(f"{_STYLE}family")
        self._open_table = name if family == "table" else ""
        if family == "table-cell" and len(self._data) + len(self._parents) < MAX_ODS_STYLES:
            if data := attributes.get(f"{_STYLE}data-style-name"):
                self._data[name] = data
            if parent := attributes.get(f"{_STYLE}parent-style-name"):
                self._parents[name] = parent

    def _add_part(self, part: str, attributes: Attributes) -> None:
        parts = self._dates[self._open_date]
        if part == "year":
            digits = 4 if attributes.get(f"{_NUMBER}style") == "long" else 2
            parts = parts._replace(year=digits)
        elif part == "month":
            parts = parts._replace(month=True)
        elif part == "quarter":
            parts = parts._replace(quarter=True)
        elif part in {"hours", "minutes", "seconds"}:
            parts = parts._replace(time=True)
        elif part in {"day", "week-of-year"}:
            parts = parts._replace(day=True)
        self._dates[self._open_date] = parts
