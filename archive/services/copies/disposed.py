"""What a copy still has of documents that were disposed of: looked for before a run says that all is well."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.findings import Finding
from archive.services.changes.destruction import disposed_by_note
from archive.services.copies.standing import lies_on
from archive.services.opened import OpenedArchive
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import bag_place
from archive.storage.copies.todo import CopyTodo
from archive.storage.disk.kinds import link_lies_at, may_be_there, something_lies_at
from archive.storage.disk.links import first_link
from archive.storage.layout import damaged_path
from archive.storage.ledger.notes import note_path

_BEHIND: Final = (
    "a link stands here, and what was disposed of may lie where it leads: nothing of it was destroyed there"
)


class BagOnCopy(NamedTuple):
    """A bag in one of the places that it may have on a copy; `withdrawn` where that is in quarantine."""

    bag: str
    form: CopyForm
    withdrawn: bool

    @property
    def place(self) -> str:
        """The place, relative to the root of the copy."""
        return bag_place(self.bag, self.form, withdrawn=self.withdrawn)


class LeftOnCopy(NamedTuple):
    """What can be destroyed, and as `links` the places of what cannot be.

    `bags` are of whichever form, `records` the bags of whose repairs there are records; `notes` are paths
    of notes, each with the bags that it is about. `kept` are the bags of which some may lie behind a link.
    """

    bags: tuple[BagOnCopy, ...]
    records: tuple[str, ...]
    notes: Mapping[str, Collection[str]]
    links: tuple[str, ...]
    kept: frozenset[str]

    @property
    def documents(self) -> int:
        """How many documents it is about, as far as that can be told."""
        return len(self._there | self.kept)

    @property
    def destroyable(self) -> int:
        """Of how many of them all can be destroyed that is left."""
        return len(self._there - self.kept)

    @property
    def _there(self) -> set[str]:
        return {one.bag for one in self.bags}.union(self.records, *self.notes.values())

    def findings(self) -> Iterator[Finding]:
        """One for each link."""
        remedy = (
            "destroy what it leads to, too, if that is the document's, and move the link away; then give"
            " archive copy --to … --yes again"
        )
        return (findings.error("COPY-LINK", place, _BEHIND, remedy=remedy) for place in self.links)


def left_on_copy(archive: OpenedArchive, copy: CopyFolder, form: CopyForm, todo: CopyTodo) -> LeftOnCopy:
    """What the copy has; a bag with a link in it is told by the link alone, and is not to be destroyed.

    The places of the copy's own form come first; those of the other are looked at, too: status names what
    lies there. Raises StorageError where it cannot be looked at.
    """
    gone, root = todo.disposals(), copy.root
    notes = {note_path(name): about for name, about in _notes(archive, gone).items()}
    links: dict[str, None] = {}
    kept: set[str] = set()

    def is_own(tree: str, about: Collection[str], *, way_alone: bool = False) -> bool:
        link = _link_on_the_way(root, tree)
        if link is None and not way_alone and (found := first_link(root / tree)) is not None:
            link = found.relative_to(root).as_posix()
        if link is not None:
            links[link] = None
            kept.update(about)
        return link is None

    for bag in gone:
        for place in (*(one.place for one in _places(bag, form)), _records(bag)):
            is_own(place, (bag,), way_alone=True)
    for note, about in notes.items():
        is_own(note, about, way_alone=True)
    bags = [
        one
        for bag in gone
        for one in _places(bag, form)
        if is_own(one.place, (bag,)) and something_lies_at(root / one.place)
    ]
    records = [
        bag for bag in gone if is_own(_records(bag), (bag,)) and something_lies_at(root / _records(bag))
    ]
    there = {
        note: notes[note]
        for note in sorted(notes)
        if is_own(note, notes[note]) and something_lies_at(root / note)
    }
    return LeftOnCopy(tuple(bags), tuple(records), there, tuple(links), frozenset(kept))


def notes_left(archive: OpenedArchive, root: Path, size: int) -> Iterator[Finding]:
    """A warning for each note on a copy that has to go, by the disposals in the ledger until that size.

    What lies beside the bag that it is about is told with that.
    """
    for name, about in sorted(disposed_by_note(archive, until=size).items()):
        place = note_path(name)
        if may_be_there(root / place) and not any(lies_on(root, bag) for bag in about):
            message = "is about what was disposed of in the archive, and is to be destroyed here, too"
            remedy = "archive copy --to, with this folder and --yes"
            yield findings.warning("COPY-DISPOSED", place, message, remedy=remedy)


def _notes(archive: OpenedArchive, gone: Collection[str]) -> dict[str, set[str]]:
    return disposed_by_note(archive) if gone else {}


def _places(bag: str, first: CopyForm) -> list[BagOnCopy]:
    forms = sorted(CopyForm, key=lambda form: form is not first)
    return [BagOnCopy(bag, form, withdrawn) for form in forms for withdrawn in (False, True)]


def _records(bag: str) -> str:
    return damaged_path(bag, "").rstrip("/")


def _link_on_the_way(root: Path, place: str) -> str | None:
    """The first name down to a place that is a link; None where none is."""
    ways = [place, *map(str, PurePosixPath(place).parents)][:-1]
    return next((way for way in reversed(ways) if link_lies_at(root / way)), None)
