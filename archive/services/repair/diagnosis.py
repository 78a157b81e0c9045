"""What is wrong with one bag, and what would put it right. Reads nothing itself."""

from collections.abc import Callable
from typing import NamedTuple

from archive.core.obstacles import Obstacle
from archive.core.outcomes import FileOutcome
from archive.core.repair_record import Displaced
from archive.services.repair.contents import Contents
from archive.storage.bags.bag_files import BagReading

_PAYLOAD = "data/"


class Wanted(NamedTuple):
    """A file to be put back: its promised digest, and the one found in its place."""

    path: str
    sha512: str
    before: str | None
    outcome: FileOutcome


class Diagnosis(NamedTuple):
    """What has to move away, what has to come, what could not be read.

    `whole` where the bag has to be put back as one: it is missing, no folder, or overgrown. `known` is False
    where nothing at hand says what the bag should hold; `payload_known` where that is so of its payload.
    `folder` where the folder of a payload without files is not there: it is all that is lacking of it.
    """

    whole: bool
    set_aside: tuple[Displaced, ...]
    wanted: tuple[Wanted, ...]
    unreadable: tuple[str, ...]
    known: bool
    payload_known: bool
    folder: bool = False

    def without_unreadable(self) -> "Diagnosis":
        """The same, but for what could not be read: that stays as it is."""
        unread = FileOutcome.UNREADABLE
        if self.whole and self.unreadable:
            return self._replace(set_aside=(), wanted=())
        return self._replace(
            set_aside=tuple(one for one in self.set_aside if one.outcome != unread),
            wanted=tuple(one for one in self.wanted if one.outcome is not unread),
        )

    @property
    def is_intact(self) -> bool:
        """True where nothing has to be done."""
        wrong = self.set_aside or self.wanted or self.unreadable or self.folder
        return self.known and self.payload_known and not wrong


NOTHING_KNOWN = Diagnosis(False, (), (), (), False, False)


def diagnose(reading: BagReading, contents: Contents | None) -> Diagnosis:
    """The difference between what was read and what is promised, in both directions."""
    trouble = reading.trouble or reading.odd.get("")
    if contents is None:
        unreadable = trouble is not None and trouble.obstacle is Obstacle.UNREADABLE
        return NOTHING_KNOWN._replace(unreadable=("",) if unreadable else ())
    if trouble is not None or reading.overflow:
        return _whole(reading, contents)
    return _by_file(reading, contents)


def _whole(reading: BagReading, contents: Contents) -> Diagnosis:
    trouble = reading.trouble or reading.odd.get("")
    wanted = tuple(
        Wanted(path, digest, reading.files.get(path, (None, 0))[0] or None, FileOutcome.MISSING)
        for path, digest in sorted(contents.files.items())
    )
    gone = trouble is not None and trouble.obstacle is Obstacle.MISSING
    unreadable = trouble is not None and trouble.obstacle is Obstacle.UNREADABLE
    outcome = FileOutcome.UNREADABLE if unreadable else FileOutcome.UNLISTED
    aside = () if gone else (Displaced(path="", outcome=outcome.value),)
    return Diagnosis(True, aside, wanted, ("",) if unreadable else (), True, contents.payload_known)


def _by_file(reading: BagReading, contents: Contents) -> Diagnosis:
    aside: dict[str, Displaced] = {}
    wanted = [one for one in map(_judged(reading), sorted(contents.files.items())) if one is not None]
    for one in wanted:
        if one.outcome is FileOutcome.ALTERED:
            size = reading.files[one.path][1]
            aside[one.path] = Displaced(
                path=one.path, outcome=one.outcome.value, sha512=one.before, size=size
            )
    unreadable = {one.path for one in wanted if one.outcome is FileOutcome.UNREADABLE}
    above = {path[:at] for path in contents.files for at, sign in enumerate(path) if sign == "/"}
    for path in (*reading.files, *reading.odd, *(f"{folder}/" for folder in reading.empty)):
        is_file = path in reading.files and path in contents.files
        if is_file or _is_left_alone(path, above, contents):
            continue
        moved = _moved(path.rstrip("/"), reading, above)
        aside[moved.path] = moved
        if moved.outcome == FileOutcome.UNREADABLE:
            unreadable.add(moved.path)
    for folder in reading.folders:  # a folder in a file's place
        if folder in contents.files:
            aside[folder] = Displaced(path=folder, outcome=FileOutcome.UNLISTED.value)
    kept = _without_inner(aside)
    has_files = any(path.startswith(_PAYLOAD) for path in contents.files)
    lacks_folder = contents.payload_known and not has_files and "data" not in {*reading.folders, *unreadable}
    unread = tuple(sorted(unreadable))
    return Diagnosis(False, kept, tuple(wanted), unread, True, contents.payload_known, lacks_folder)


def _judged(reading: BagReading) -> Callable[[tuple[str, str]], Wanted | None]:
    def judge(listed: tuple[str, str]) -> Wanted | None:
        path, digest = listed
        found, size = reading.files.get(path, ("", -1))
        if found == digest:
            return None
        hindrance = reading.odd.get(path)
        outcome = FileOutcome.MISSING
        if size >= 0:
            outcome = FileOutcome.ALTERED
        elif (hindrance is not None and hindrance.obstacle is Obstacle.UNREADABLE) or _is_hidden(
            path, reading
        ):
            outcome = FileOutcome.UNREADABLE
        return Wanted(path, digest, found or None, outcome)

    return judge


def _moved(name: str, reading: BagReading, above: set[str]) -> Displaced:
    """What is to be moved away for something that stands at a path where it should not."""
    hindrance = reading.odd.get(name)
    if hindrance is not None and hindrance.obstacle is Obstacle.UNREADABLE:
        return Displaced(path=name, outcome=FileOutcome.UNREADABLE.value)
    top = _topmost(name, above)
    found, size = reading.files.get(name, ("", -1)) if top == name else ("", -1)
    return Displaced(
        path=top,
        outcome=FileOutcome.UNLISTED.value,
        sha512=found or None,
        size=size if size >= 0 else None,
    )


def _is_hidden(path: str, reading: BagReading) -> bool:
    """True where a folder above could not be read: nothing is known of what it holds."""
    parts = path.split("/")
    above = ("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return any(
        folder in reading.odd and reading.odd[folder].obstacle is Obstacle.UNREADABLE for folder in above
    )


def _is_left_alone(path: str, above: set[str], contents: Contents) -> bool:
    """What is expected where it is, or of which nobody at hand knows whether it is."""
    name = path.rstrip("/")
    if not contents.payload_known and (name == "data" or name.startswith(_PAYLOAD)):
        return True
    if path.endswith("/"):  # an empty folder
        return name == "data" or name in above
    return False


def _topmost(path: str, above: set[str]) -> str:
    """The path, or the highest folder over it in which nothing is expected."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth])
        if folder not in above and folder != "data":
            return folder
    return path


def _without_inner(aside: dict[str, Displaced]) -> tuple[Displaced, ...]:
    """Sorted; what lies below something that moves itself is left out."""
    kept: dict[str, Displaced] = {}
    for path in sorted(aside):
        parts = path.split("/")
        if not any("/".join(parts[:depth]) in kept for depth in range(1, len(parts))):
            kept[path] = aside[path]
    return tuple(kept.values())
