"""Whether a held document may leave the archive, and on whose statement that rests."""

from dataclasses import dataclass
from typing import Final

from archive.core.descriptions.access import NOT_STATED, Access, AccessStatus, stored_access
from archive.core.descriptions.inheritance import is_stated
from archive.core.errors import ConfigurationError
from archive.core.findings import Finding, error, note, warning
from archive.core.ids import short_id
from archive.core.text import printable
from archive.services.catalog.bag_record import held_description, tag_manifest_in_place
from archive.services.inheritance import sources
from archive.services.opened import OpenedArchive
from archive.storage.index import Index, IndexRow

RESTRICTED = "ACCESS-RESTRICTED"
UNSTATED = "ACCESS-NOT-STATED"
OVERRIDDEN = "ACCESS-OVERRIDDEN"
# Each more closed than those before it; what is not stated may be inherited, and never counts as open.
_MORE_CLOSED: Final = (
    AccessStatus.OPEN,
    AccessStatus.NOT_STATED,
    AccessStatus.EMBARGOED,
    AccessStatus.RESTRICTED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveAccess:
    """The statement in force; `source` says where it is inherited from, None where it is the document's."""

    access: Access
    source: str | None = None

    def __str__(self) -> str:
        """In words, with where it comes from."""
        return f"{self.access} (inherited from {self.source})" if self.source else str(self.access)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """`allowed` tells whether a copy may be made; the findings say why not, or what to mind."""

    allowed: bool
    access: EffectiveAccess
    findings: tuple[Finding, ...] = ()


def effective_access(archive: OpenedArchive, index: Index, row: IndexRow) -> EffectiveAccess:
    """The document's own statement, else that of what it is part of, of its accession, of the archive."""
    own = _own(archive, row)
    if is_stated(own):
        return EffectiveAccess(access=own)
    for source in sources(archive, index, row):
        access = source.description.access
        if access is not None and is_stated(access):
            return EffectiveAccess(access=access, source=source.name)
    return EffectiveAccess(access=NOT_STATED)


def _own(archive: OpenedArchive, row: IndexRow) -> Access:
    """What the document's bag states; what the index knows of it only where the bag does not give it.

    Where the bag has another tag manifest than the index names, its description is being changed, or the
    index is wrong: the more closed statement holds.
    """
    manifests = (row.tag_manifest, tag_manifest_in_place(archive, row.bag) or row.tag_manifest)
    said = [held_description(archive, row.bag, each) for each in dict.fromkeys(manifests)]
    stated = [each.access or NOT_STATED for each in said if each is not None]
    if said[0] is None:  # then nobody vouches for what lies there
        stated.append(stored_access(row.access))
    return max(stated, key=_closedness)


def _closedness(access: Access) -> tuple[int, str, bool]:
    return _MORE_CLOSED.index(access.status), access.until or "", access.title_hidden


def may_be_published(access: Access, day: str) -> bool:
    """True where everybody may see it on that day: only what is stated to be open."""
    return access.on(day).status is AccessStatus.OPEN


def may_be_exported(
    archive: OpenedArchive,
    index: Index,
    row: IndexRow,
    *,
    day: str,
    restricted_ok: bool = False,
    reason: str | None = None,
) -> Permission:
    """Whether a copy for use may be made of a document on a day (YYYY-MM-DD).

    A restricted or embargoed one only with `restricted_ok` and a reason, which the caller records. Where
    access is not stated a copy is made with a warning: nobody said that it may be handed on.
    Raises ConfigurationError for `restricted_ok` without a reason.
    """
    if restricted_ok and not (reason or "").strip():
        raise ConfigurationError(
            "--restricted-ok needs a reason", remedy="say why with --reason TEXT; it stands in the copy"
        )
    found = effective_access(archive, index, row)
    now = found.access.on(day)
    place = printable(row.reference)
    if now.is_closed and not restricted_ok:
        return Permission(allowed=False, access=found, findings=(_refused(place, row, found),))
    if now.is_closed:
        message = f"access is {found}; a copy is made nevertheless: {printable(reason or '')}"
        return Permission(allowed=True, access=found, findings=(note(OVERRIDDEN, place, message),))
    if now.status is AccessStatus.NOT_STATED:
        return Permission(allowed=True, access=found, findings=(_unstated(place, row),))
    return Permission(allowed=True, access=found)


def _refused(place: str, row: IndexRow, found: EffectiveAccess) -> Finding:
    return error(
        RESTRICTED,
        place,
        f"access is {found}: no copy is made",
        expected="open",
        found=str(found.access),
        remedy="for somebody who may see it: --restricted-ok --reason TEXT; if it is open by now:"
        f" archive describe {short_id(row.bag)} --set access=open",
    )


def _unstated(place: str, row: IndexRow) -> Finding:
    return warning(
        UNSTATED,
        place,
        "access is not stated, which does not mean open: ask before the copy is handed on",
        remedy=f"say who may see it: archive describe {short_id(row.bag)} --set access=open (or restricted)",
    )


def warnings_before_reading(
    archive: OpenedArchive, index: Index, row: IndexRow, *, day: str
) -> tuple[Finding, ...]:
    """What whoever works with the archive is told before a document that is not open on a day is read."""
    found = effective_access(archive, index, row)
    if not found.access.on(day).is_closed:
        return ()
    message = f"access is {found}: the copy is for your own reading"
    remedy = "remove the copy when you have read it"
    return (warning(RESTRICTED, printable(row.reference), message, found=str(found.access), remedy=remedy),)
