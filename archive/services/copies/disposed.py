"""What a copy still has of documents that were disposed of: looked for before a run says that all is well."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.findings import Finding
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import bag_place
from archive.storage.copies.todo import CopyTodo
from archive.storage.disk.kinds import link_lies_at
from archive.storage.disk.links import first_link
from archive.storage.layout import damaged_path

_BEHIND: Final = (
    "a link stands here, and what was disposed of may lie where it leads: nothing of it was destroyed there"
)


class LeftOnCopy(NamedTuple):
    """`bags` as (bag, in quarantine), which can be destroyed; `links` are the places of what cannot be."""

    bags: tuple[tuple[str, bool], ...]
    links: tuple[str, ...]

    @property
    def documents(self) -> int:
        """How many documents it is about, as far as that can be told."""
        return len({bag for bag, _ in self.bags})

    def findings(self) -> Iterator[Finding]:
        """One for each link."""
        remedy = (
            "destroy what it leads to, too, if that is the document's, and move the link away; then give"
            " archive copy --to … --yes again"
        )
        return (findings.error("COPY-LINK", place, _BEHIND, remedy=remedy) for place in self.links)


def left_on_copy(copy: CopyFolder, form: CopyForm, todo: CopyTodo) -> LeftOnCopy:
    """What the copy has; a bag with a link in it is told by the link alone, and is not to be destroyed.

    Raises StorageError where it cannot be looked at.
    """
    gone = todo.disposals()
    links = dict.fromkeys(
        link for bag in gone for place in _places(bag, form) if (link := _link_on_the_way(copy.root, place))
    )
    bags = []
    for bag, withdrawn in todo.disposed():
        trees = (bag_place(bag, form, withdrawn=withdrawn), _records(bag))
        inside = [found for tree in trees if (found := first_link(copy.root / tree)) is not None]
        links |= dict.fromkeys(found.relative_to(copy.root).as_posix() for found in inside)
        if not inside:
            bags.append((bag, withdrawn))
    return LeftOnCopy(tuple(bags), tuple(links))


def _places(bag: str, form: CopyForm) -> Iterable[str]:
    return bag_place(bag, form), bag_place(bag, form, withdrawn=True), _records(bag)


def _records(bag: str) -> str:
    return damaged_path(bag, "").rstrip("/")


def _link_on_the_way(root: Path, place: str) -> str | None:
    """The first name down to a place that is a link; None where none is."""
    ways = [place, *map(str, PurePosixPath(place).parents)][:-1]
    return next((way for way in reversed(ways) if link_lies_at(root / way)), None)
