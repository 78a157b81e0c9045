"""Both directions between the ledger and `quarantine/`: withdrawn bytes are kept until a disposal."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.expectation import Expectation
from archive.core.findings import Finding, Severity
from archive.core.litter import litter
from archive.core.outcomes import BagOutcome
from archive.services.audit.bag import BagResult, audit_bag
from archive.services.audit.newest import Newest
from archive.services.audit.set_aside_by_repairs import SetAsideByRepairs, linked, unknown
from archive.services.opened import OpenedArchive
from archive.storage.audits.plan import AuditPlan
from archive.storage.copies.names import BAGS, bag_of_name, bag_place
from archive.storage.disk.descriptors import descend
from archive.storage.disk.kinds import kind_of, known_link, may_be_there
from archive.storage.intents import AtWork, leaving
from archive.storage.layout import DAMAGED, WITHDRAWN, quarantine_path, shard

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_FOLDER: Final = {errno.ENOTDIR, errno.ELOOP, errno.EMLINK}  # what systems say of a link
_TOP: Final = "quarantine"
_MISSING: Final = "QUARANTINE-MISSING"
BY_HAND: Final = (
    "put the bag back by hand from another copy of the archive: archive repair is about held documents;"
    " where nobody has it any more, archive dispose says so for good"
)


class Quarantine:
    """`quarantine/` as it was listed; it is judged once the newest entries are known."""

    def __init__(
        self,
        target: OpenedArchive,
        plan: AuditPlan,
        form: CopyForm = CopyForm.FOLDER,
        *,
        is_copy: bool = False,
    ) -> None:
        self._target = target
        self._plan = plan
        self._form = form
        self._there: set[str] = set()
        self._strangers: list[str] = []
        self._trouble: list[Finding] = []
        self._linked: set[str] = set()
        self._tops: dict[tuple[str, ...], int] = {}
        self._damaged = SetAsideByRepairs(target, plan, is_copy=is_copy)

    def walk(self) -> None:
        """Lists what is there, three folders deep."""
        for top in self._names(_TOP):
            if top == DAMAGED:
                self._damaged.walk(self._names)
                continue
            if top != WITHDRAWN:
                self._strangers.append(f"{_TOP}/{top}")
                continue
            for folder in self._names(f"{_TOP}/{WITHDRAWN}"):
                for name in self._names(f"{_TOP}/{WITHDRAWN}/{folder}"):
                    place = f"{_TOP}/{WITHDRAWN}/{folder}/{name}"
                    bag = bag_of_name(name, self._form)
                    if bag and self._plan.state(bag) is not None and place == self._place(bag):
                        self._there.add(bag)
                    else:
                        self._strangers.append(place)

    def has(self, bag: str) -> bool:
        """True where something that can be this bag lies in the place of the withdrawn one."""
        return bag in self._there and not self._look_from_outside(self._place(bag))

    def verify(self, newest: Newest | None, *, read: bool) -> Iterator[Finding]:
        """What does not hold; with `read` every byte of the bags that were set aside is read."""
        try:
            yield from self._verify(newest, read=read)
        finally:
            while self._tops:
                os.close(self._tops.popitem()[1])

    def _verify(self, newest: Newest | None, *, read: bool) -> Iterator[Finding]:
        yield from self._trouble
        yield from (_stranger(place) for place in self._strangers if self._exists(place))
        at_work: AtWork | None = None
        for expectation in self._plan.set_aside():
            bag = expectation.bag
            if not self._look(expectation, read=read):
                continue
            if newest is not None:
                newest.catch_up()  # it may have been disposed of meanwhile
            if self._plan.state(bag) == "disposed":
                continue
            at_work = leaving(self._target.layout.staging) if at_work is None else at_work
            found = self._look(expectation, read=read)
            if any(one.code == _MISSING for one in found):
                before = self._look_before(expectation, read=read)
                if before is not None:  # the move out of bags/ is still to come
                    yield from before
                    found = [] if bag in at_work.bags else found
                else:
                    found = self._look(expectation, read=read)  # it may have come since
            if bag in at_work.bags:
                yield _leaving(bag)
                if newest is None:  # nobody can say whether it is disposed of already
                    continue
                newest.catch_up()
                if self._plan.state(bag) == "disposed":
                    continue
            for one in found:
                yield unknown(one.place, at_work.unread) if at_work.unread and one.code == _MISSING else one
        yield from self._damaged.verify(newest, self._linked, read=read)
        if self._there:
            yield from self._not_held(leaving(self._target.layout.staging))

    def _look(self, expectation: Expectation, *, read: bool) -> list[Finding]:
        return self._look_at(self._place(expectation.bag), expectation, self._opened_withdrawn, read=read)

    def _look_before(self, expectation: Expectation, *, read: bool) -> list[Finding] | None:
        """What is wrong with a withdrawn bag that still lies in `bags/`; None where it does not."""
        place = bag_place(expectation.bag, self._form)
        if self._look_from_outside(place):
            return None
        found = self._look_at(place, expectation, self._opened_bags, read=read)
        return None if any(one.code == _MISSING for one in found) else found

    def _look_at(
        self, place: str, expectation: Expectation, top: Callable[[], int], *, read: bool
    ) -> list[Finding]:
        try:
            descriptor = os.open(shard(expectation.bag), _FOLDER, dir_fd=top())
        except FileNotFoundError:
            return [missing_aside(place)]
        except OSError as trouble:
            return [_unreadable(place, trouble)]
        try:
            if not read:
                return self._look_from_outside(place)
            result = self._audit(descriptor, expectation)
        finally:
            os.close(descriptor)
        if result.outcome is BagOutcome.MISSING:
            return [missing_aside(place)]
        return [_aside(one, place) for one in result.findings]

    def _opened_withdrawn(self) -> int:
        """The folder of withdrawn bags, opened once; OSError where a link is on the way to it."""
        return self._opened(_TOP, WITHDRAWN)

    def _opened_bags(self) -> int:
        """The same for those that are held."""
        return self._opened(BAGS)

    def _opened(self, *folders: str) -> int:
        if folders not in self._tops:
            root = os.open(self._target.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self._tops[folders] = descend(root, folders)
        return self._tops[folders]

    def _audit(self, shard: int, expectation: Expectation) -> BagResult:
        if self._form is CopyForm.TAR:
            from archive.services.audit.tar_bag import audit_tar_bag

            return audit_tar_bag(shard, expectation.bag, expectation)
        return audit_bag(shard, expectation.bag, expectation)

    def _not_held(self, at_work: AtWork) -> Iterator[Finding]:
        """Bags in quarantine whose state is not `withdrawn`."""
        for bag in sorted(self._there):
            place, state = self._place(bag), self._plan.state(bag)
            if state == "withdrawn" or not self._exists(place):
                continue
            if bag in at_work.bags:
                yield _leaving(bag)
            elif at_work.unread is not None:
                yield unknown(place, at_work.unread)
            elif state == "disposed":
                message = "was disposed of, and its bytes lie here again"
                yield findings.error("QUARANTINE-DISPOSED", place, message)
            else:
                yield _stranger(place)

    def _place(self, bag: str) -> str:
        return bag_place(bag, self._form, withdrawn=True)

    def _names(self, place: str) -> list[str]:
        path = self._target.root / place
        try:
            descriptor = os.open(path, _FOLDER)
            try:
                return sorted(os.listdir(descriptor), key=os.fsencode)
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            return []
        except OSError as trouble:
            is_link = trouble.errno in _NO_FOLDER and known_link(path)
            if is_link:
                self._linked.add(place)
            if place == _TOP and (is_link or isinstance(trouble, NotADirectoryError)):
                self._trouble.append(_in_the_way(is_link=is_link))
            elif is_link:
                self._trouble.append(linked(place))
            elif isinstance(trouble, NotADirectoryError):
                self._strangers.append(place)
            else:
                self._trouble.append(_unreadable(place, trouble))
            return []

    def _look_from_outside(self, place: str) -> list[Finding]:
        """Whether a bag can be in that place: a link or something else of its name is none."""
        wanted = stat.S_IFREG if self._form is CopyForm.TAR else stat.S_IFDIR
        try:
            return [] if kind_of(self._target.root / place) == wanted else [missing_aside(place)]
        except OSError as trouble:
            return [_unreadable(place, trouble)]

    def _exists(self, place: str) -> bool:
        return may_be_there(self._target.root / place)


def _stranger(place: str) -> Finding:
    if (kind := litter(os.path.basename(place))) is not None:
        return findings.warning("QUARANTINE-LITTER", place, f"is {kind}, and no part of the archive")
    message = "no entry of the ledger set this aside here"
    return findings.warning("QUARANTINE-UNKNOWN", place, message)


def missing_aside(place: str) -> Finding:
    """A withdrawn bag that nobody disposed of, and that is not in the place where it is kept."""
    message = "a withdrawn bag is not here, and the ledger has no disposal of it"
    return findings.error(_MISSING, place, message, remedy=BY_HAND)


def _aside(finding: Finding, place: str) -> Finding:
    """A finding of a bag that lies in `place`."""
    remedy = BY_HAND if finding.severity is Severity.ERROR else finding.remedy
    return replace(finding, place=f"{place}/{finding.place}", remedy=remedy)


def _leaving(bag: str) -> Finding:
    message = "an unfinished command has still to move or destroy it"
    return findings.note("BAG-LEAVING", quarantine_path(bag), message)


def _in_the_way(*, is_link: bool) -> Finding:
    """Something that is no folder stands where quarantine does; storage is not to blame."""
    message = "is a link, and nothing is read through it" if is_link else "is no folder"
    remedy = "move it away, and put the folder of that name back in its place"
    return findings.error("QUARANTINE-UNREADABLE", _TOP, message, remedy=remedy)


def _unreadable(place: str, trouble: OSError) -> Finding:
    message = f"cannot be read: {trouble.strerror}; nothing is known of what it holds"
    return findings.error("QUARANTINE-UNREADABLE", place, message)
