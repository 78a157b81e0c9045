"""Proofs held against each other, and against checkpoints of other sizes: are they of one history?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from archive.core.findings import Finding, error
from archive.services.evidence.kept import KeptNote
from archive.services.evidence.kept_files import BroughtFile


class _Node(NamedTuple):
    """The hash over a range of entries, and the file that shows it."""

    value: bytes
    place: str


def contradictions(
    brought: BroughtFile, notes: Sequence[KeptNote], kept: Sequence[KeptNote]
) -> Iterator[Finding]:
    """One finding for each proof that holds and shows other entries than one before it, or than a kept tree.

    A range of entries has one hash in every tree that it is a node of. Checkpoints of the very sizes of the
    proofs are compared by their roots elsewhere, and proofs that all lead to one checkpoint cannot differ.
    """
    several = len({(each.checkpoint.size, each.checkpoint.root) for each in notes}) > 1
    sizes = {each.checkpoint.size for each in notes}
    known: dict[tuple[int, int], _Node] = {}
    for each in kept:
        if each.checkpoint.size not in sizes and each.checkpoint.origin == notes[0].checkpoint.origin:
            _take(known, {**each.hashes, (0, each.checkpoint.size): each.checkpoint.root}, each.place)
    if not several and not known:
        return
    for proof in brought.proofs:
        if not proof.holds:
            continue
        shown = proof.ranges()
        place = f"{brought.place}: entry {proof.index}"
        parting = next((at for at in shown if at in known and known[at].value != shown[at]), None)
        if parting is not None:
            yield _fork(place, parting, known[parting], shown[parting])
        elif several:
            _take(known, shown, place)


def _take(known: dict[tuple[int, int], _Node], shown: Mapping[tuple[int, int], bytes], place: str) -> None:
    for at, value in shown.items():
        known.setdefault(at, _Node(value, place))


def _fork(place: str, at: tuple[int, int], other: _Node, value: bytes) -> Finding:
    first, last = at[0], at[1] - 1
    where = f"entry {first} is" if first == last else f"the entries {first} to {last} are"
    return error(
        "LEDGER-FORK",
        place,
        f"of another history than {other.place}: {where} not the same",
        expected=f"hash {other.value.hex()}",
        found=f"hash {value.hex()}",
        remedy="keep the files: one of the two histories is not the true one",
    )
