"""What a reader of descriptions yields."""

from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from archive.core.descriptions.description import WHITE_SPACE, Description
from archive.core.digests import Digest
from archive.core.findings import At, Finding
from archive.core.ids import is_uuid7

PREFIXES: Final = ("objects/", "data/")  # that Archivematica and BagIt put before a path


class DescribedRow(NamedTuple):
    """One description and the files it says it describes.

    `paths` are as written, so trailing blanks and the prefixes of other systems are still there
    (`path_candidates`); empty for a description that names no file. `folder` is true where the one path ends
    in a slash. `digests` and `size` are the depositor's statements about the one file. A row with an error
    among its findings still carries what could be read. `path_at` is the cell that names the file, `header`
    the headings of the row's table and `cells` the row's texts, as they are written there.

    `names` are by what else one record of several is known (identifiers, most telling first), for a row
    without paths; None for the one description of a file.
    """

    paths: tuple[str, ...]
    reference: str | None
    description: Description
    at: At
    findings: tuple[Finding, ...] = ()
    folder: bool = False
    digests: tuple[Digest, ...] = ()
    size: int | None = None
    path_at: At | None = None
    header: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    cells: tuple[str, ...] = ()


def without_export_marks(description: Description) -> Description:
    """The description without the columns by which an export of another archive names its documents."""
    other = dict(description.other)
    (identifier, *_), (revision, *_) = other.get("id", ("",)), other.get("revision", ("",))
    if not (is_uuid7(identifier) and revision.isascii() and revision.isdigit()):
        return description
    del other["id"], other["revision"]
    return replace(description, other=other)


@lru_cache(maxsize=16)  # one row asks several times
def path_candidates(path: str, kept: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The relative paths that a written path may mean, most literal first.

    As written; without blanks at its ends, `./` before it and slashes behind it; with `/` for the backslash
    of Windows; without the `objects/` or `data/` that Archivematica and BagIt put before it. Those of them
    that are `kept` stay: where there is such a folder, a path that names it means what lies in there.
    """
    found = [path]
    trimmed = path.strip(WHITE_SPACE)
    for form in (trimmed, trimmed.replace("\\", "/")):
        plain = form
        while plain.startswith("./"):
            plain = plain[2:].lstrip("/")
        plain = plain.rstrip("/") or plain
        found += [form, plain]
        found += [
            plain[len(prefix) :] for prefix in PREFIXES if prefix not in kept and plain.startswith(prefix)
        ]
    return tuple(dict.fromkeys(form for form in found if form))
