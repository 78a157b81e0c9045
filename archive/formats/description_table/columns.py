"""Which columns a table of descriptions has: those that the descriptions need, or those that they came in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from archive.core.descriptions.access import FIELD as ACCESS
from archive.core.descriptions.dcterms import TERMS, normalise_key_with_language, qualified
from archive.core.descriptions.description import WHITE_SPACE, Description
from archive.core.descriptions.value_languages import language_of
from archive.core.tables.template import DESCRIBING, PROBLEM, is_suggestion
from archive.formats.descriptions.columns import SEPARATOR, Kind, classify
from archive.formats.descriptions.tables import Table

# Columns `reference`, `id`, `revision`, `filename` come first; `revision` tells which description a row was
# exported from, so that one made meanwhile is not overwritten unseen.
NAMED: Final = ("reference", "id", "revision", "filename")
# Always there, so that an undescribed document has cells to be filled in.
USUAL: Final = ("title", "creator", "date", "description", "subject", "language", "type", "rights")
_OURS: Final = frozenset((*NAMED, ACCESS, PROBLEM))
_CHOICES: Final = {column.heading: column.choices for column in DESCRIBING if column.choices}


class TableColumn(NamedTuple):
    """One column: its heading and what stands in it.

    `field` is one of NAMED, `access`, `size`, `digest`, `term` or `other`; `name` is the term, the algorithm
    or the name of the other column, and `lang` the language of a term (None: without). `separator` stands
    between several values in one cell.
    """

    heading: str
    field: str
    name: str = ""
    lang: str | None = None
    separator: str = SEPARATOR

    @property
    def values(self) -> tuple[str, str, str | None]:
        """What is the same for columns among which one field's values are shared."""
        return self.field, self.name, self.lang

    @property
    def replaces(self) -> tuple[str, str, str | None]:
        """What is the same for columns of which each, read again, takes the place of the values of all."""
        return self.field, self.name, language_of(self.lang)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that a spreadsheet offers in its cells."""
        return _CHOICES.get(self.name if self.field == "term" else self.field, ())


class TableColumns(NamedTuple):
    """The columns of a table, and the names of other columns that cannot be among them."""

    columns: list[TableColumn]
    left_out: tuple[str, ...] = ()


def columns_of(descriptions: Iterable[Description], usual: Sequence[str] = USUAL) -> TableColumns:
    """The columns that these descriptions need, and the `usual` ones: terms in their order, then others.

    A column that would be read again as another, by its name or its language, is left out, and named.
    """
    wanted = {(term, None): 1 for term in usual} | dict[tuple[str, str | None], int]()
    other: dict[str, int] = {}
    access = False
    for description in descriptions:
        access = access or description.access is not None or ACCESS in description.other
        for term, values in description.terms.items():
            wanted.update(((term, value.lang), 1) for value in values)
        for name, texts in description.other.items():
            other[name] = max(other.get(name, 0), len(texts))
    order = {term: place for place, term in enumerate((*USUAL, *(t for t in TERMS if t not in USUAL)))}
    terms = sorted(wanted, key=lambda each: (order.get(each[0], 0), each[1] or ""))
    columns = [TableColumn(name, name) for name in NAMED]
    spelt = {(term, lang): _heading(term, lang) for term, lang in terms}
    lost = [heading for key, heading in spelt.items() if normalise_key_with_language(heading) != key]
    columns += [
        TableColumn(heading, "term", term, lang)
        for (term, lang), heading in spelt.items()
        if heading not in lost  # a language that no heading can name
    ]
    if access:
        columns.append(TableColumn(ACCESS, ACCESS))
    other.pop(ACCESS, None)  # words that state no access stand in the column of that name
    free = sorted(name for name in other if is_free(name))
    columns += [TableColumn(name, "other", name) for name in free for _ in range(other[name])]
    return TableColumns(columns, (*lost, *sorted(other.keys() - free)))


class Uncovered:
    """Which fields of a description have no column, though none was left out because of its name.

    The columns are those of the descriptions as they were a moment ago.
    """

    def __init__(self, made: TableColumns) -> None:
        self._known = {column.values for column in made.columns}
        self._told = frozenset(made.left_out)

    def of(self, description: Description) -> list[str]:
        """Their headings."""
        fields = {
            _heading(term, value.lang): ("term", term, value.lang)
            for term, values in description.terms.items()
            for value in values
        }
        fields |= {name: ("other", name, None) for name in description.other if name != ACCESS}
        if description.access is not None or ACCESS in description.other:
            fields[ACCESS] = (ACCESS, "", None)
        return [name for name, use in fields.items() if use not in self._known and name not in self._told]


def columns_as_received(headings: Sequence[str], described: TableColumns) -> TableColumns:
    """The columns with the headings of the submission, then what was described since and fits in none."""
    table = Table("", headings)
    columns = [
        _received(heading, *use)._replace(separator=separator)
        for heading, use, separator in zip(headings, table.uses(), table.separators(), strict=True)
    ]
    known = Counter(column.values for column in columns)
    more = [
        column
        for column in described.columns
        if column.field not in ("reference", "id", "revision", "filename") and not known[column.values]
    ]
    return TableColumns([*columns, *more], described.left_out)


def add_headings(known: list[str], more: Sequence[str]) -> None:
    """Adds the headings of one more table; a column that is known already is not added again."""
    wanted = Counter(more) - Counter(known)
    for heading in more:
        if wanted[heading] > 0:
            wanted[heading] -= 1
            known.append(heading)


def _received(heading: str, use: Kind, name: str, lang: str | None) -> TableColumn:
    match use:
        case Kind.PATH:
            return TableColumn(heading, "filename")
        case Kind.REFERENCE:
            return TableColumn(heading, "reference")
        case Kind.TERM:
            return TableColumn(heading, "term", name, lang)
        case Kind.DIGEST:
            return TableColumn(heading, "digest", name)
        case Kind.SIZE:
            return TableColumn(heading, "size")
        case Kind.OTHER | Kind.UNKNOWN_TERM:
            if name.lower() == ACCESS:
                return TableColumn(heading, ACCESS)
            return TableColumn(heading, "other", name)


def _heading(term: str, lang: str | None) -> str:
    return qualified(term) + (f"[{lang}]" if lang is not None else "")


def is_free(name: str) -> bool:
    """False for a column that would be read again as something else: what is left out is not changed."""
    return (
        name.strip(WHITE_SPACE) == name != ""
        and name.lower() not in _OURS
        and not is_suggestion(name)
        and classify(name).kind in (Kind.OTHER, Kind.UNKNOWN_TERM)
    )
