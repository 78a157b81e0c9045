"""Where a bag lies in a copy: as in the archive, in a tar with one more ending."""

from typing import Final

from archive.core.copies import CopyForm
from archive.core.ids import is_uuid7

BAGS: Final = "bags"
QUARANTINE: Final = "quarantine/withdrawn"
TAR: Final = ".tar"
# Work in progress at the root of a copy; whatever a run that was killed left there the next one removes.
WORK: Final = ".unfinished-copy"


def bag_name(bag: str, form: CopyForm) -> str:
    """The name of a bag in its shard."""
    return bag + TAR if form is CopyForm.TAR else bag


def bag_of_name(name: str, form: CopyForm) -> str | None:
    """The bag that a name in a shard stands for, or None."""
    if form is CopyForm.TAR:
        if not name.endswith(TAR):
            return None
        name = name.removesuffix(TAR)
    return name if is_uuid7(name) else None


def bag_place(bag: str, form: CopyForm, *, withdrawn: bool = False) -> str:
    """The path of a bag relative to the root of the copy."""
    return f"{QUARANTINE if withdrawn else BAGS}/{bag[-2:]}/{bag_name(bag, form)}"
