"""`archive list --incomplete`: what each document lacks of a profile, as it is found while it is listed."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import styled
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.services.holdings.completeness import Incomplete
    from archive.services.opened import OpenedArchive
    from archive.storage.index import Index, IndexRow


class Lacking:
    """What the document that was listed last lacks; nothing where nobody asked."""

    def __init__(self) -> None:
        self._entry = -1
        self._names: list[str] = []

    def take(self, found: "Iterable[Incomplete]", limit: int | None) -> "Iterator[IndexRow]":
        """The documents, at most `limit` of them, each remembered while it is the last."""
        for number, (row, missing) in enumerate(found, 1):
            self._entry, self._names = row.entry, list(map(str, missing))
            yield row
            if number == limit:
                return

    def of_json(self, row: "IndexRow") -> dict[str, Any]:
        """The member of a document in JSON."""
        return {"missing": list(map(lossless, self._names))} if row.entry == self._entry else {}

    def mark(self, row: "IndexRow") -> str:
        """The same behind a title."""
        if row.entry != self._entry or not self._names:
            return ""
        return styled(f"  (lacks {printable(', '.join(self._names))})", "yellow")


def listed(
    archive: "OpenedArchive",
    index: "Index",
    conditions: dict[str, Any],
    *,
    incomplete: bool,
    profile: str | None,
) -> "tuple[Iterator[IndexRow], Lacking]":
    """The documents that meet the conditions; with `incomplete` those that lack something of the profile."""
    from archive.services.holdings.listing import list_documents

    lacking = Lacking()
    if not incomplete:
        if profile is not None:
            raise click.UsageError("--profile belongs to --incomplete")
        return list_documents(index, **conditions), lacking
    from archive.services.description_profiles import find_profile
    from archive.services.holdings.completeness import CompletenessLook

    name = profile or archive.settings.description.profile
    if not name:
        raise click.UsageError("say of which profile: --profile NAME, or name one in archive.toml")
    look = CompletenessLook(archive, index, find_profile(name, archive.root))
    rows = list_documents(index, **{**conditions, "limit": None})
    return lacking.take(look.incomplete(rows), conditions["limit"]), lacking
