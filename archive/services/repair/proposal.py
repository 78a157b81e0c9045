"""What a repair would do, or did, to one bag: the rows of the plan and of the report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from archive.core.findings import Finding
from archive.core.outcomes import FileOutcome
from archive.core.repair_record import Displaced
from archive.core.text import lossless
from archive.services.repair.bag_at_hand import BagAtHand, Refusal
from archive.services.repair.diagnosis import Diagnosis, Wanted
from archive.services.repair.refused_places import refused_place
from archive.storage.bags.bag_files import MANIFEST, TAG_MANIFEST
from archive.storage.layout import bag_path
from archive.storage.shelves import Offer, holds

_LISTS: Final = frozenset({MANIFEST, TAG_MANIFEST})


class RepairState(StrEnum):
    """How it stands with one damaged bag."""

    INTACT = "intact"  # read in full now, and nothing is wrong with it
    REPAIRABLE = "repairable"  # good bytes are at hand for all of it
    PARTLY = "partly"  # for some of it
    LACKING = "lacking"  # for none of it
    UNREADABLE = "unreadable"  # could not be read: not known to be damaged, and left as it is
    REPAIRED = "repaired"  # done, and read in full since: intact


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProposal:
    """A file to be put back, and where good bytes of it lie; `place` is None where nowhere at hand."""

    wanted: Wanted
    place: str | None = None
    source: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The member of `restore`."""
        return {
            "path": lossless(self.wanted.path),
            "outcome": self.wanted.outcome.value,
            "expected": self.wanted.sha512,
            "found": self.wanted.before,
            "place": lossless(self.place),
            "source": lossless(self.source),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BagProposal:
    """The plan for one bag, or what became of it; `entry` is the ledger's that vouches for its digests."""

    bag: str
    entry: int
    state: RepairState
    whole: bool
    set_aside: tuple[Displaced, ...]
    files: tuple[FileProposal, ...]
    unreadable: tuple[str, ...]
    known: bool
    refusals: tuple[Refusal, ...] = ()
    folder: bool = False

    @property
    def waits(self) -> bool:
        """True where all that is lacking may lie at places that refused to be read: nobody knows."""
        if self.state not in {RepairState.PARTLY, RepairState.LACKING} or not self.refusals:
            return False
        refused = {one.path for one in self.refusals}
        if not self.known:
            return bool(refused & _LISTS)
        return refused >= {one.wanted.path for one in self.files if one.place is None}

    def to_json(self) -> dict[str, Any]:
        """The members of a bag in `repair-report`, but for its names."""
        return {
            "id": self.bag,
            "state": self.state.value,
            "entry": self.entry,
            "whole": self.whole,
            "payload_folder": self.folder,
            "set_aside": [one.to_json() for one in self.set_aside],
            "restore": [one.to_json() for one in self.files],
            "unreadable": [lossless(path) for path in self.unreadable],
            "refused": [lossless(path) for path in dict.fromkeys(one.path for one in self.refusals)],
            "contents_known": self.known,
        }


def refused(bag: str, one: Refusal) -> Finding:
    """What a place did not let be read: it may have the good bytes that are lacking."""
    return refused_place(one.where, one.reason, f"{bag_path(bag)}/{one.path}")


def propose(at_hand: BagAtHand, *, unreadable: bool) -> BagProposal:
    """The plan for one bag; every source that it names has been read to its end and holds the digest."""
    chosen = chosen_of(at_hand.diagnosis, unreadable=unreadable)
    files = tuple(_found(at_hand, wanted) for wanted in chosen.wanted)
    return proposal_of(at_hand, chosen, files)


def chosen_of(diagnosis: Diagnosis, *, unreadable: bool) -> Diagnosis:
    """What of a diagnosis is acted on."""
    return diagnosis if unreadable else diagnosis.without_unreadable()


def proposal_of(at_hand: BagAtHand, chosen: Diagnosis, files: Iterable[FileProposal]) -> BagProposal:
    """The plan, with what is wanted and was looked for."""
    files = _without_blocked(chosen, tuple(files))
    lacking = {one.wanted.path for one in files if one.place is None}
    aside = chosen.set_aside
    if chosen.whole and lacking:  # a bag is put back as a whole or not at all
        aside = ()
    # What cannot be read may be good: it stays, unless all of it is put back. So does a file without another.
    aside = tuple(
        one
        for one in aside
        if one.path not in lacking and not (_is_unread(one) and any(map(_below(one.path), lacking)))
    )
    return BagProposal(
        bag=at_hand.promise.bag,
        entry=at_hand.promise.entry,
        state=_state(at_hand.diagnosis, chosen, files, bool(aside)),
        whole=chosen.whole,
        set_aside=aside,
        files=files,
        unreadable=at_hand.diagnosis.unreadable,
        known=(known := at_hand.diagnosis.known and at_hand.diagnosis.payload_known),
        refusals=tuple(
            one
            for one in dict.fromkeys(at_hand.refusals)
            if one.path in lacking or (not known and one.path in _LISTS)
        ),
        folder=chosen.folder,
    )


def _without_blocked(chosen: Diagnosis, files: tuple[FileProposal, ...]) -> tuple[FileProposal, ...]:
    """Nothing is put into a folder that cannot be read and has to stay: some of it is nowhere at hand."""
    lacking = {one.wanted.path for one in files if one.place is None}
    blocked = [
        one.path for one in chosen.set_aside if _is_unread(one) and any(map(_below(one.path), lacking))
    ]
    return tuple(
        replace(one, place=None, source=None)
        if any(_below(path)(one.wanted.path) for path in blocked)
        else one
        for one in files
    )


def _is_unread(one: Displaced) -> bool:
    return one.outcome == FileOutcome.UNREADABLE


def _below(folder: str) -> Callable[[str], bool]:
    return lambda path: path.startswith(f"{folder}/")


def _state(full: Diagnosis, chosen: Diagnosis, files: tuple[FileProposal, ...], aside: bool) -> RepairState:
    if full.is_intact:
        return RepairState.INTACT
    found = sum(one.place is not None for one in files)
    left = bool(full.unreadable) and chosen is not full
    if chosen.whole and found < len(files):
        return RepairState.LACKING
    if not found and not aside and not chosen.folder:
        return RepairState.UNREADABLE if left and not files else RepairState.LACKING
    complete = found == len(files) and chosen.known and chosen.payload_known
    return RepairState.REPAIRABLE if complete and not left else RepairState.PARTLY


def _found(at_hand: BagAtHand, wanted: Wanted) -> FileProposal:
    offer = _first(at_hand.offers(wanted.path, wanted.sha512), wanted.sha512)
    if offer is None:
        return FileProposal(wanted=wanted)
    return FileProposal(wanted=wanted, place=offer.place, source=offer.source)


def _first(offers: Iterable[Offer], digest: str) -> Offer | None:
    return next((offer for offer in offers if holds(offer, digest)), None)
