"""What a container holds: every member once, found by its path, in little memory.

`Catalogue` is filled by a reader of tars or zips; when all members are known it is closed, and says where the
bag is and what is wrong with the whole.
"""

import sys
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from archive.core.bagit import declaration
from archive.core.bagit.contents import Entry, EntryKind
from archive.core.bagit.lines import FileFindings
from archive.core.containers.budget import Budget
from archive.core.containers.faults import SERIALISATION, Fault
from archive.core.containers.member_names import member_path, name_fault, spelling_warning
from archive.core.findings import At, Finding, error, note, warning
from archive.storage.bag_sources.container_file import ContainerError

_KINDS = (EntryKind.FILE, EntryKind.FOLDER, EntryKind.LINK, EntryKind.SPECIAL)
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}


class Place(NamedTuple):
    """A regular file of the container: its number, where its content begins, its size in bytes."""

    number: int
    offset: int
    size: int


class Catalogue:
    """The members of one container.

    `file` is the container's name for messages. Members are numbered as they are added, which is their order
    in a tar, and in a zip the order of its directory.
    """

    def __init__(self, file: str, budget: Budget) -> None:
        self._file = file
        self._budget = budget
        self._index: dict[str, int] = {}
        self._folders: set[str] = set()
        self._kinds = bytearray()
        self._offsets = array("Q")
        self._sizes = array("Q")
        self._names_room = budget.names
        self.faults: set[str] = set()  # codes of what was refused
        self._broken = False
        self._findings = FileFindings(file)
        self.prefix = ""

    @property
    def broken(self) -> bool:
        """True where something is so wrong that nothing of the container is judged."""
        return self._broken

    def __len__(self) -> int:
        return len(self._kinds)

    def add(
        self, name: bytes, kind: EntryKind, *, offset: int, size: int, backslash_separates: bool = False
    ) -> int:
        """Notes a member and gives its number, -1 where it is none that can be looked at.

        `offset` is the reader's: where the content begins, or what leads there. Raises ContainerError where
        there are more members than the budget has room for.
        """
        fault = name_fault(name, backslash_separates=backslash_separates)
        if fault is not None:
            self.refuse(fault, name.decode("utf-8", "surrogateescape"))
            return -1
        path = member_path(name)
        spelling = spelling_warning(name, path, self._file)
        if spelling is not None:
            self._findings.add(spelling)
        if not path:
            if kind is not EntryKind.FOLDER:
                self.refuse(Fault("SER-NAME-EMPTY", "a member that is no folder is called ."), ".")
            return -1
        self._remember_folders(path.rpartition("/")[0])
        if "\\" in path:
            message = "the member's name holds a backslash, which some readers take for a separator"
            self._findings.add(warning("SER-NAME-BACKSLASH", path, message, at=At(file=self._file)))
        if kind is EntryKind.FOLDER:
            self._remember_folders(path)
            return -1
        return self._number(path, kind, offset, size)

    def _number(self, path: str, kind: EntryKind, offset: int, size: int) -> int:
        number = len(self._kinds)
        if self._index.setdefault(path, number) != number:
            message = "two members have one name, and readers take the first or the last"
            self.refuse(Fault("SER-MEMBER-REPEATED", message), path)
            return -1
        self._spend(path)
        self._kinds.append(_NUMBERS[kind])
        self._offsets.append(offset)
        self._sizes.append(size)
        return number

    def _remember_folders(self, folder: str) -> None:
        while folder and folder not in self._folders:
            self._folders.add(folder)
            self._spend(folder)
            folder = folder.rpartition("/")[0]

    def _spend(self, path: str) -> None:
        self._names_room -= sys.getsizeof(path)
        if self._names_room < 0 or len(self._index) + len(self._folders) > self._budget.members:
            message = (
                f"the archive holds more members than {self._budget.members:,}, or their names are too long"
            )
            raise ContainerError(Fault("SER-BUDGET-MEMBERS", message))

    def refuse(self, fault: Fault, member: str | None = None, offset: int | None = None) -> None:
        """Notes an error that keeps the container from being judged."""
        self._broken = True
        self.faults.add(fault.code)
        self._findings.add(fault.at(self._file if member is None else member, self._file, offset))

    def add_finding(self, finding: Finding) -> None:
        """Notes a finding that does not keep the container from being judged."""
        self._findings.add(finding)

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the container, up to a limit of findings, then how many more."""
        return self._findings.all()

    def close(self, stem: str) -> None:
        """Finds the bag in the container, once all members are known; `stem` is the folder expected."""
        for folder in self._folders:
            number = self._index.get(folder)
            if number is not None:
                self._refuse_below(folder, _KINDS[self._kinds[number]])
        roots = {path.partition("/")[0] for path in self._index}
        roots |= {path for path in self._folders if "/" not in path}
        if self._broken:
            return
        if not roots:
            self.refuse(Fault("SER-EMPTY", "the archive holds nothing", clause=SERIALISATION))
        elif self._is_file(declaration.NAME):
            message = "the bag lies at the top of the archive, not in a folder of its own"
            self._findings.add(
                warning("SER-ROOT-ABSENT", self._file, message, at=At(file=self._file), clause=SERIALISATION)
            )
        else:
            self._choose_root(sorted(roots), stem)

    def _refuse_below(self, folder: str, kind: EntryKind) -> None:
        if kind is EntryKind.LINK:
            self.refuse(
                Fault("SER-MEMBER-THROUGH-LINK", "members lie below a link, which is never followed"), folder
            )
        else:
            self.refuse(
                Fault("SER-MEMBER-BELOW-FILE", "members lie below a member that is no folder"), folder
            )

    def _choose_root(self, roots: list[str], stem: str) -> None:
        bags = [root for root in roots if self._is_file(f"{root}/{declaration.NAME}")]
        if len(roots) > 1:
            found = ", ".join(roots[:10]) + (", …" if len(roots) > 10 else "")
            message = "the archive unpacks to more than one folder or file"
            if len(bags) != 1:
                self.refuse(Fault("SER-ROOTS", message, "1", found, SERIALISATION))
                return
            self._findings.add(
                error(
                    "SER-ROOTS", self._file, message, at=At(file=self._file), clause=SERIALISATION,
                    expected=bags[0], found=found[:200],
                )
            )  # fmt: skip
        root = bags[0] if bags else roots[0]
        if root not in self._folders:
            message = "the archive holds no folder, so no bag"
            self.refuse(Fault("SER-EMPTY", message, clause=SERIALISATION))
            return
        self.prefix = f"{root}/"
        if stem != root:
            message = "the archive is not called like the folder that it holds"
            self._findings.add(
                note("SER-ROOT-NAME", self._file, message, at=At(file=self._file), clause=SERIALISATION,
                     expected=root, found=stem)
            )  # fmt: skip

    def _is_file(self, path: str) -> bool:
        number = self._index.get(path)
        return number is not None and _KINDS[self._kinds[number]] is EntryKind.FILE

    def find(self, path: str) -> Place | EntryKind | None:
        """A file of the bag by its path in it; what else stands there; None for nothing."""
        full = self.prefix + path
        number = self._index.get(full)
        if number is None:
            return EntryKind.FOLDER if full in self._folders else None
        kind = _KINDS[self._kinds[number]]
        return self.place(number) if kind is EntryKind.FILE else kind

    def place(self, number: int) -> Place:
        """Where the content of a member is."""
        return Place(number, self._offsets[number], self._sizes[number])

    def files(self) -> Iterator[tuple[str, Place]]:
        """Every regular file of the container with its full path, in the order of its numbers."""
        for path, number in self._index.items():
            if _KINDS[self._kinds[number]] is EntryKind.FILE:
                yield path, self.place(number)

    def entries(self) -> Iterator[Entry]:
        """Everything in the bag, folders that are only implied too."""
        start = len(self.prefix)
        for path, number in self._index.items():
            if path.startswith(self.prefix):
                kind = _KINDS[self._kinds[number]]
                yield Entry(path[start:], kind, self._sizes[number])
        for folder in self._folders:
            if folder.startswith(self.prefix):
                yield Entry(folder[start:], EntryKind.FOLDER)
