"""What is part of what: the tree that dcterms:isPartOf makes of the held documents.

A value names a held document by its reference, or by its id as `urn:uuid:…`. Any other text is a group that
nobody has described: it is shown by its name. A value that looks like a reference and is none is a finding,
and so is a circle.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from archive.core.findings import FewOfEach, Finding, error, warning
from archive.core.ids import short_id
from archive.core.limits.output import CIRCLE_MEMBERS, HIERARCHY_FINDINGS
from archive.core.text import printable
from archive.storage.index import Index, IndexRow

CIRCLE: Final = "PART-CIRCLE"
ABSENT: Final = "PART-PARENT-ABSENT"
_REFERENCE = re.compile("[0-9]{4}-[0-9]{6,9}|urn:uuid:.*", re.IGNORECASE)


class Node(NamedTuple):
    """One line of the tree: a document, or a `group` that is only named.

    `repeated` is true where the document was shown with its parts before, under something else.
    """

    depth: int
    row: IndexRow | None
    group: str | None = None
    repeated: bool = False


@dataclass(slots=True)
class Hierarchy:
    """The tree over an index; `findings` are complete once `nodes` has been read to its end.

    Memory grows with the number of documents that are part of something, not with the others.
    """

    index: Index
    findings: list[Finding] = field(default_factory=list)
    _found: FewOfEach = field(init=False)
    _below: dict[int, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _groups: dict[str, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _above: dict[int, list[int]] = field(init=False, default_factory=lambda: defaultdict(list))
    _shown: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        """Findings go behind those that were given."""
        self._found = FewOfEach(HIERARCHY_FINDINGS, self.findings)

    def nodes(self) -> Iterator[Node]:
        """Every held document, below what it is part of; groups first, then in the order of ingest."""
        self._link()
        inside = set(self._above)
        for name in sorted(self._groups):
            yield Node(0, None, group=name)
            yield from self._subtrees(self._groups[name], 1)
            inside.update(self._groups[name])
        for each in self.index.list():
            if each.entry not in inside:
                yield from self._subtree(each, 0)
        for entry in sorted(inside - self._shown):
            if entry not in self._shown:  # so is all above it: going up from it never ends
                circle = self._circle(entry)
                self._say_circle(circle)
                yield from self._subtrees(circle[:1], 0)

    @property
    def documents(self) -> int:
        """How many documents were shown until now, each counted once."""
        return len(self._shown)

    def _link(self) -> None:
        for child, parent, held in self.index.part_links():
            above = held
            if above is None:
                named = self.index.named(parent)
                above = named.entry if named is not None and named.state == "held" else None
            if above is not None:
                self._below[above].append(child)
                self._above[child].append(above)
            else:
                self._groups[parent].append(child)
                if _REFERENCE.fullmatch(parent) or self.index.named(parent) is not None:
                    self._say_absent(child, parent)

    def _subtrees(self, entries: Iterable[int], depth: int) -> Iterator[Node]:
        for entry in entries:
            if (row := self.index.by_entry(entry)) is not None:
                yield from self._subtree(row, depth)

    def _subtree(self, row: IndexRow, depth: int) -> Iterator[Node]:
        """The document and all below it; iterative, so that any depth is safe."""
        left: list[tuple[int, int]] = [(row.entry, depth)]
        while left:
            entry, depth = left.pop()
            found = self.index.by_entry(entry)
            if found is None:
                continue
            repeated = entry in self._shown
            self._shown.add(entry)
            yield Node(depth, found, repeated=repeated and entry in self._below)
            if not repeated:
                left += [(below, depth + 1) for below in reversed(self._below.get(entry, []))]

    def _say_absent(self, child: int, parent: str) -> None:
        row, named = self.index.by_entry(child), self.index.named(parent)
        if row is None:
            return
        why = f"which was {named.state}" if named is not None else "and no held document has this reference"
        self._found.take(
            warning(
                ABSENT,
                printable(row.reference),
                f"is part of {printable(parent[:200])}, {why}",
                expected="the reference of a held document, or a name",
                found=parent[:200],
                remedy=f"archive describe {short_id(row.bag)} --set dcterms.isPartOf=REFERENCE",
            )
        )

    def _say_circle(self, circle: list[int]) -> None:
        names = [self._name(entry) for entry in circle]
        row = self.index.by_entry(circle[0])
        called = short_id(row.bag) if row is not None else names[0]
        shown = " → ".join(
            [*names[:CIRCLE_MEMBERS], *(["…"] if len(names) > CIRCLE_MEMBERS else []), names[0]]
        )
        self._found.take(
            error(
                CIRCLE,
                names[0],
                f"is part of itself: {shown}",
                remedy=f"take one of these out: archive describe {called} --clear dcterms.isPartOf",
            )
        )

    def _circle(self, entry: int) -> list[int]:
        """The members of the circle that is reached upwards from a document that no root leads to."""
        path: list[int] = []
        at: dict[int, int] = {}
        while entry not in at:
            at[entry] = len(path)
            path.append(entry)
            entry = next(above for above in self._above[entry] if above not in self._shown)
        return path[at[entry] :]

    def _name(self, entry: int) -> str:
        row = self.index.by_entry(entry)
        return printable(row.reference) if row is not None else str(entry)
