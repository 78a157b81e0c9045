"""The findings of an audit about one bag: what is wrong, what was promised, what was found, what to do."""

from archive.core.findings import At, Finding, error, warning
from archive.core.litter import litter
from archive.core.obstacles import Obstacle
from archive.core.outcomes import FileOutcome
from archive.storage.bags.bag_files import MANIFEST, TAG_MANIFEST
from archive.storage.disk.descriptors import Hindrance
from archive.storage.layout import bag_path

_RESTORE = "archive repair puts it back from a copy that has the recorded digest"
_ASIDE = "find out who put it there; archive repair sets it aside"
LEDGER_BACK = "put the ledger back from another copy of the archive, then audit again"
_AGAIN = "look at the storage, then audit this bag again"


def hard_links(files: int, place: str) -> Finding:
    """Files have another name somewhere; `place` is the first of them that was seen."""
    what = "one file" if files == 1 else f"{files:,} files"
    message = f"{what} of the bags looked at can be changed under another name, too"
    remedy = "if that is no backup made of hard links, move the bag aside and copy it back"
    return warning("FIX-HARD-LINK", place, message, at=At(file=place), remedy=remedy)


class BagFaults:
    """Collects the findings about one bag and the outcomes of its files.

    `named` has the paths that something was said about.
    """

    def __init__(self, bag: str) -> None:
        self.outcomes: set[FileOutcome] = set()
        self.named: set[str] = set()
        self._bag = bag
        self._findings: list[Finding] = []

    def sorted(self) -> tuple[Finding, ...]:
        """The findings in the order of the paths' bytes."""
        return tuple(sorted(self._findings, key=Finding.sort_key))

    def altered(self, path: str, expected: str, found: str, *, believed: bool) -> None:
        """A file's bytes have another digest than a manifest says that is vouched for, or is not."""
        message = "altered: its bytes have another digest than the recorded one"
        if not believed:
            message = "disagrees with the bag's own manifest, which is not the recorded one either"
        self._error("FIX-ALTERED", path, message, FileOutcome.ALTERED, expected, found, _RESTORE)

    def wrong_size(self, path: str, expected: int, found: int) -> None:
        """A payload file has a size that it cannot have."""
        message = "altered: it has not the recorded size"
        sizes = f"{expected} bytes", f"{found} bytes"
        self._error("FIX-SIZE", path, message, FileOutcome.ALTERED, *sizes, _RESTORE)

    def too_large(self, path: str, most: int, found: int) -> None:
        """A tag file has more bytes than any of a held bag can have; it was not read."""
        message = "altered: it is larger than such a file can be, and was not read"
        sizes = f"{most} bytes at most", f"{found} bytes"
        self._error("FIX-SIZE", path, message, FileOutcome.ALTERED, *sizes, _RESTORE)

    def size(self, expected: tuple[int, int], found: tuple[int, int]) -> None:
        """Number and bytes of the payload files together differ from what was promised."""
        if expected != found:
            message = "the payload has not the recorded number of files and bytes"
            texts = [f"{files} files, {size} bytes" for files, size in (expected, found)]
            self._error("FIX-SIZE", "data/", message, FileOutcome.ALTERED, texts[0], texts[1], _RESTORE)

    def missing(self, path: str, expected: str, *, found: str | None = None) -> None:
        """Storage answered that nothing, or a folder, is where a file is recorded."""
        message = "missing: there is no such file"
        if path.endswith("/"):
            message = "missing: there is no such folder"
        elif found:
            message = f"missing: {found} stands in its place"
        self._error("FIX-MISSING", path, message, FileOutcome.MISSING, expected or None, found, _RESTORE)

    def behind(self, path: str, expected: str, above: str, hindrance: Hindrance) -> None:
        """A recorded file lies in a folder that could not be read or is none."""
        if hindrance.obstacle is Obstacle.UNREADABLE:
            self._unreadable(path, f"could not be read, since {above} could not", hindrance.reason)
        else:
            message = f"missing: {above} is no folder any more, and what it leads to is not followed"
            self._error("FIX-MISSING", path, message, FileOutcome.MISSING, expected, None, _RESTORE)

    def unlisted(self, path: str, *, same_as: str | None = None) -> None:
        """Something is there that no manifest vouches for."""
        what = next((kind for part in path.split("/") if part and (kind := litter(part))), None)
        if what:
            message = f"not recorded: {what}, left by a desktop program or system"
            remedy = "archive tidy sets it aside; it is no part of the document"
            self._error("FIX-LITTER", path, message, FileOutcome.UNLISTED, None, None, remedy)
            return
        message = (
            "not recorded: an empty folder" if path.endswith("/") else "not recorded: no manifest lists it"
        )
        remedy = _ASIDE
        if same_as is not None:
            message = "not recorded under this name; its bytes are those of a missing file"
            remedy = "give it back the recorded name"
        self._error("FIX-UNLISTED", path, message, FileOutcome.UNLISTED, same_as, None, remedy)

    def odd(self, path: str, hindrance: Hindrance, *, listed: bool) -> None:
        """What stands at a path is no file and no folder, or could not be read; `listed` is its place."""
        outcome = FileOutcome.MISSING if listed else FileOutcome.UNLISTED
        match hindrance.obstacle:
            case Obstacle.LINK:
                message = "a symbolic link, which a bag never holds; it was not followed"
                self._error("FIX-LINK", path, message, outcome, None, "a symbolic link", _RESTORE)
            case Obstacle.SPECIAL:
                message = "no regular file or folder; it was not opened"
                found = hindrance.reason or "a pipe, socket or device"
                self._error("FIX-SPECIAL", path, message, outcome, None, found, _RESTORE)
            case Obstacle.UNREADABLE | Obstacle.MISSING:
                if listed:
                    self._unreadable(path, "could not be read; nothing is known about it", hindrance.reason)
                else:
                    self.unlisted(path)

    def tag_manifest(self, expected: str, found: str, *, proven: bool) -> None:
        """The tag manifest is not the one that the ledger names."""
        message = "is not the tag manifest that the ledger records: it, or more of the bag, was rewritten"
        remedy = _RESTORE
        if proven:
            message = (
                "altered; the files that it should list are intact: together they give the recorded digest"
            )
            remedy = "archive repair writes it anew from the tag files"
        self._error("FIX-TAGMANIFEST", TAG_MANIFEST, message, FileOutcome.ALTERED, expected, found, remedy)

    def manifest(self, expected: str, found: str, *, proven: bool) -> None:
        """The payload manifest is not the one that the ledger names."""
        message = "is not the payload manifest that the ledger records"
        remedy = _RESTORE
        if proven:
            message = "altered; the payload files are intact: together they give the recorded digest"
            remedy = "archive repair writes it anew from the payload files"
        self._error("FIX-MANIFEST", MANIFEST, message, FileOutcome.ALTERED, expected, found, remedy)

    def payload_manifest(self, found: str, expected: str, path: str) -> None:
        """The payload manifest does not say of the one payload file what the ledger says."""
        message = f"does not list {path} alone, with the digest that the ledger records"
        self._error("FIX-MANIFEST", MANIFEST, message, FileOutcome.ALTERED, expected, found or None, _RESTORE)

    def payload_unjudged(self, expected: str, found: str) -> None:
        """No manifest is left, and the payload as a whole is not the promised one."""
        message = "altered: the payload files together do not give the recorded digest of their manifest"
        found = found or "not all files were read"
        self._error("FIX-ALTERED", "data/", message, FileOutcome.ALTERED, expected, found, _RESTORE)

    def unvouched(self, path: str) -> None:
        """A tag file that nothing vouches for, the tag manifest being gone."""
        message = "cannot be judged: the tag manifest that lists it was not read"
        self.named.add(path)
        self._findings.append(warning("FIX-UNVOUCHED", path, message, at=At(file=path)))

    def overflow(self) -> None:
        """The bag holds so much beyond what is recorded that not everything was named."""
        message = "the bag holds far more files than are recorded; not all of them are named here"
        self._error("FIX-UNLISTED", "", message, FileOutcome.UNLISTED, None, None, _ASIDE)

    def outdated(self) -> None:
        """A later entry, which could not be believed or read, may promise the tag manifest that is there."""
        message = (
            "cannot be judged in full: it says that its description was changed, and entries of the ledger do"
            " not hold or were not read"
        )
        self.outcomes.add(FileOutcome.UNREADABLE)
        self.named.add(TAG_MANIFEST)
        place, at = self._place(TAG_MANIFEST)
        self._findings.append(warning("BAG-UNJUDGED", place, message, at=at, remedy=LEDGER_BACK))

    def bag_missing(self) -> None:
        """The bag itself is not there."""
        message = "missing: the ledger holds this bag, and storage has no such folder"
        self._error("FIX-BAG-MISSING", "", message, FileOutcome.MISSING, None, None, _RESTORE)

    def _unreadable(self, path: str, message: str, reason: str) -> None:
        # A warning: "could not look" is never damage; the outcome makes the run inconclusive.
        self.outcomes.add(FileOutcome.UNREADABLE)
        self.named.add(path)
        place, at = self._place(path)
        found = reason or None
        self._findings.append(warning("FIX-UNREADABLE", place, message, at=at, found=found, remedy=_AGAIN))

    def _error(
        self,
        code: str,
        path: str,
        message: str,
        outcome: FileOutcome,
        expected: str | None,
        found: str | None,
        remedy: str,
    ) -> None:
        self.outcomes.add(outcome)
        self.named.add(path)
        place, at = self._place(path)
        self._findings.append(
            error(code, place, message, at=at, expected=expected, found=found, remedy=remedy)
        )

    def _place(self, path: str) -> tuple[str, At]:
        return (path, At(file=path)) if path else (bag_path(self._bag), At())
