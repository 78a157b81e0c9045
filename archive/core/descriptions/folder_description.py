"""What a description takes from the one of the folder that its document lies in.

A table may have rows for folders beside rows for the files in them, as Archivematica's have. What is said of
the whole is then said of each part of it, but for what names or measures the whole itself: that is kept
beside the terms under `folder.title`, `folder.title[de]`, `folder.extent` and so on, and values with a scheme
or an IRI once more as JSON under `/folder.identifier`, so that nothing of such a row is lost.
"""

from collections.abc import Iterator
from typing import Final

from archive.core.canonical import compact
from archive.core.descriptions.description import TITLES, Description, Value, is_beside_title
from archive.core.descriptions.inheritance import is_stated

PREFIX: Final = "folder."
# DCMI Metadata Terms § 2: each of these names, sums up, lists or measures one resource.
OF_THE_WHOLE: Final = frozenset(
    (
        "title",
        "alternative",
        "identifier",
        "bibliographicCitation",
        "description",
        "abstract",
        "tableOfContents",
        "format",
        "extent",
        "hasFormat",
        "hasPart",
        "hasVersion",
    )
)


def with_folder(own: Description, folder: Description, reference: str | None) -> Description:
    """`own`, which wins, with what `folder` says besides; part of it, where `own` names no other whole.

    The whole is named by its `reference`, else by its first identifier, else by its title. A title that is to
    be hidden is passed on to nothing.
    """
    terms, other = dict(own.terms), dict(own.other)
    hidden = TITLES if folder.hides_title else ()
    name = reference or folder.first("identifier") or ("" if hidden else folder.title)
    if name and "isPartOf" not in terms:
        terms["isPartOf"] = (Value(name),)
    for term, values in folder.terms.items():
        if term in hidden:
            continue
        if term in OF_THE_WHOLE:
            for value in values:  # of several folders around one document the nearest comes first
                for column, text in _kept(PREFIX + term, value):
                    other[column] = (*other.get(column, ()), text)
        elif term not in terms:
            terms[term] = values
    for column, texts in folder.other.items():
        if hidden and is_beside_title(column):
            continue
        other.setdefault(column, texts)
    return Description(terms, other, own.access if is_stated(own.access) else folder.access)


def _kept(column: str, value: Value) -> Iterator[tuple[str, str]]:
    yield (column if value.lang is None else f"{column}[{value.lang}]"), value.value
    if value.scheme is not None or value.uri is not None:
        yield f"/{column}", compact(value.to_json()).decode()
