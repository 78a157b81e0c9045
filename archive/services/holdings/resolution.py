"""From what a person types to one document (a reference, an id, any unique ending of one), or to one run."""

import difflib
from typing import Final, NoReturn

from archive.core.errors import ConfigurationError
from archive.core.ids import short_id
from archive.core.limits.output import MEANT
from archive.core.text import printable
from archive.storage.index import Index, IndexRow

SHORTEST_ENDING: Final = 4


def resolve(index: Index, text: str) -> IndexRow:
    """The one document that is meant, withdrawn ones too.

    Raises ConfigurationError where nothing matches (with what is nearest) or several documents do.
    """
    wanted = text.strip()
    found = {row.bag: row for row in index.all_by_reference(wanted)}
    ending = wanted.lower()
    if len(ending) >= SHORTEST_ENDING:
        found |= {row.bag: row for row in index.by_short_id(ending)}
    if not found:
        _nothing(index, wanted)
    if len(found) > 1:
        _several(wanted, list(found.values()))
    return next(iter(found.values()))


def resolve_run(index: Index, text: str) -> str | None:
    """The one ingest run that has ended whose id ends so; None where there is none.

    Raises ConfigurationError where several do.
    """
    wanted = text.strip().lower()
    runs = [each.run for each in index.runs() if wanted and each.run.endswith(wanted)]
    if len(runs) > 1:
        raise ConfigurationError(
            f"{printable(text)}: several ingest runs end so",
            remedy="archive history lists them; type more of the id",
        )
    return runs[0] if runs else None


def _nothing(index: Index, wanted: str) -> NoReturn:
    near = difflib.get_close_matches(wanted, index.references(), n=1, cutoff=0.6)
    if len(wanted) < SHORTEST_ENDING:
        remedy = f"type a reference, or at least {SHORTEST_ENDING} characters of the end of an id"
    elif near:
        remedy = f"did you mean {near[0]}? archive list shows what is held"
    else:
        remedy = "archive list shows what is held; archive search WORDS finds it by its description"
    raise ConfigurationError(f"{printable(wanted)}: no document has this reference or id", remedy=remedy)


def _several(wanted: str, rows: list[IndexRow]) -> NoReturn:
    names = [f"{row.reference} ({short_id(row.bag)})" for row in rows]
    more = f" and {len(names) - MEANT} more" if len(names) > MEANT else ""
    raise ConfigurationError(
        f"{printable(wanted)}: {', '.join(map(printable, names[:MEANT]))}{more} are meant by this",
        remedy="type the reference, or more of the id",
    )
