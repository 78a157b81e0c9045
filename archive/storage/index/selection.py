"""The conditions of lists and searches as SQL; every value a person gave is bound, never spelt."""

from typing import TYPE_CHECKING, Any, Final

from archive.core.descriptions.access import AccessStatus

if TYPE_CHECKING:
    from archive.core.search_query import SearchQuery

_HELD: Final = "documents.state = 'held'"
_ACCESS: Final = {
    AccessStatus.OPEN: "access = 'open'",
    AccessStatus.RESTRICTED: "access GLOB 'restricted*'",
    AccessStatus.EMBARGOED: "access GLOB 'embargoed*'",
    AccessStatus.NOT_STATED: "access IN ('', 'not stated')",
}
_WITHIN: Final = (
    "EXISTS (SELECT 1 FROM dates WHERE dates.document = documents.described"
    " AND dates.lower <= ? AND dates.upper >= ?)"
)


def conditions(
    *,
    undescribed: bool,
    accession: str | None,
    run: str | None,
    state: str | None,
    access: AccessStatus | None = None,
) -> tuple[str, tuple[Any, ...]]:
    """The WHERE of a list, and its values; `state` is `held`, `withdrawn` (or disposed), None for both."""
    parts = {"held": ["state = 'held'"], "withdrawn": ["state <> 'held'"], None: ["1"]}[state]
    values: list[Any] = []
    if undescribed:
        parts.append("awaiting")
    if accession is not None:
        parts.append("accession = ?")
        values.append(_bound(accession))
    if run is not None:
        parts.append("run = ?")
        values.append(_bound(run))
    if access is not None:
        parts.append(_ACCESS[access])
    return " AND ".join(parts), tuple(values)


def search(query: "SearchQuery", columns: str) -> tuple[str, tuple[Any, ...]]:
    """The statement of a search; its last two values, a limit and an offset, are still to be given."""
    where, values = _where(query)
    if query.match:
        named = ", ".join(f"documents.{name.strip()}" for name in columns.split(","))
        tables, order = (
            "words JOIN documents ON documents.described = words.rowid",
            "words.rank, documents.entry",
        )
    else:
        named, tables, order = columns, "documents", "entry"
    return f"SELECT {named} FROM {tables} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?", values  # noqa: S608


def count(query: "SearchQuery") -> tuple[str, tuple[Any, ...]]:
    """The statement that counts what a search finds."""
    where, values = _where(query)
    tables = "words JOIN documents ON documents.described = words.rowid" if query.match else "documents"
    return f"SELECT count(*) FROM {tables} WHERE {where}", values  # noqa: S608


def _where(query: "SearchQuery") -> tuple[str, tuple[Any, ...]]:
    parts: list[str] = [_HELD]
    values: list[Any] = []
    if query.match:
        parts.append("words MATCH ?")
        values.append(query.match)
    if query.exclude:
        parts.append("documents.described NOT IN (SELECT rowid FROM words WHERE words MATCH ?)")
        values.append(query.exclude)
    for span in query.dates:
        parts.append(_WITHIN if span.wanted else f"NOT {_WITHIN}")
        values += [span.upper, span.lower]
    return " AND ".join(parts), tuple(values)


def _bound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
