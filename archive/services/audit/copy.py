"""A copy of an archive under audit: its own bytes, judged by the archive's verified ledger."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from archive.core import findings
from archive.core.copies import MARKER, CopyForm, CopyMarker, CopyPlace
from archive.core.errors import ArchiveError, ConfigurationError, StorageError
from archive.core.findings import Finding
from archive.core.ledger.entries import EntryType
from archive.core.ledger.ledger_findings import LedgerOutcome, judge
from archive.core.ledger.trust import TrustBasis
from archive.core.text import printable, shell_word
from archive.services.audit.evidence import Evidence, brought_with, judge_ledger
from archive.services.audit.request import AuditRequest
from archive.services.catalog.noted_entries import latest_entries
from archive.services.copies.lineage import ForeignCopyError, copied_state
from archive.services.evidence.verification import verify_ledger
from archive.services.opened import OpenedArchive, open_archive
from archive.services.surroundings import Progress
from archive.storage.audits.plan import AuditPlan
from archive.storage.copies.folder import form_of_bags, read_marker
from archive.storage.copies.work import shows_work
from archive.storage.layout import SETTINGS, Layout
from archive.storage.ledger.files import LedgerFiles
from archive.storage.ledger.folder import CHECKPOINT, LEDGER

AGAIN: Final = "archive copy --to, with this folder, writes it anew"
_MARKER_ANEW: Final = "move it away; then archive copy --to, with this folder, writes it anew"
# What the key on this machine signed last says of the archive, not of its copies.
_OF_THE_KEY: Final = frozenset({"LEDGER-BEHIND", "LEDGER-KEY-OPEN", "LEDGER-KEY-STATE"})
_NOT_SIGNED_LAST: Final = ("LEDGER-FORK", f"{LEDGER}/{CHECKPOINT}")
_OF_EVIDENCE: Final = re.compile(rf"({LEDGER}|{re.escape(SETTINGS)})([/:]|$)")
_UNRECORDED: Final = "LEDGER-SETTINGS-UNRECORDED"


@dataclass(slots=True, kw_only=True)
class CopyUnderAudit:
    """One copy: opened as an archive, in its form; `marker` is None where it bears none that can be read.

    `is_copy` is True also where only the marker is lost: a folder that `archive copy` writes to.
    `kept_as` is the form that its bags have, whatever the marker says. `archive` is the archive that it is a
    copy of, None where that is not at hand. `standing` says in words how the copy stands to it,
    `is_judged_by_archive` whether the archive's ledger promised, and `size` up to where.
    """

    target: OpenedArchive
    archive: OpenedArchive | None
    marker: CopyMarker | None
    is_copy: bool = True
    kept_as: CopyForm = CopyForm.FOLDER
    findings: list[Finding] = field(default_factory=list)
    standing: str | None = None
    is_judged_by_archive: bool = False
    size: int = 0

    @property
    def form(self) -> CopyForm:
        """How its bags are kept."""
        return self.kept_as

    @property
    def place(self) -> CopyPlace | None:
        """The place in archive.toml that it is the copy of, as far as the marker says."""
        if self.marker is None:
            return None
        settings = (self.archive or self.target).settings
        known = next((place for place in settings.copies if place.id == self.marker.id), None)
        root = str(self.target.root)
        if known is None:
            return CopyPlace(id=self.marker.id, name=self.target.root.name, path=root, form=self.form)
        return replace(known, path=root)

    @property
    def remedy(self) -> str:
        """What mends a damaged bag here: a repair is of the archive's own."""
        where = shell_word(str(self.target.root))
        return (
            f"archive copy --to {where} writes the bag anew from the archive, once a recorded audit has found"
            " it"
        )

    def not_so_far(self, size: int) -> ConfigurationError:
        """Why no sample of what was held at that size can be drawn: the copy is of an earlier state."""
        root = str(self.target.root)
        return ConfigurationError(
            f"{printable(root)}: a copy up to entry {self.size:,}; it lacks what came until entry {size:,}",
            remedy=f"archive copy --to {shell_word(root)} brings it up to date; or name an earlier one",
        )

    @property
    def is_unfinished(self) -> bool:
        """True where a run writes to it, or was cut off: its work lies there.

        That the marker says so is not enough: nothing vouches for it.
        """
        ended = self.marker is not None and self.marker.finished
        return not ended and shows_work(self.target.root)

    # -- evidence ------------------------------------------------------------------------------------------

    def judge(self, request: AuditRequest, plan: AuditPlan, progress: Progress) -> Evidence:
        """The evidence to judge its bytes by: the archive's ledger up to the state that the copy is of.

        The copy's own ledger is verified, too: where it does not hold, that is damage of the copy. One that
        is ahead of the archive, or of another history, is a finding, and the copy is judged by what it says
        itself; so is a copy whose archive is not at hand. What was found of it is recorded all the same, as
        far as the archive's own ledger holds.
        """
        archive = self.archive
        if archive is None:
            self.standing = "a copy, judged by the ledger that it carries itself"
            return self._judge_by_itself(request, plan, progress)
        try:
            ours = archive.checkpoint()
            state = copied_state(archive, self.target.root, self.marker, ours, writes=False)
        except ForeignCopyError as trouble:
            place = str(self.target.root)
            message = trouble.message.removeprefix(f"{printable(place)}: ")
            found = findings.error("COPY-FOREIGN", place, message, remedy=trouble.remedy)
            evidence = self._judge_by_itself(request, plan, progress)
            self.findings.append(found)
            own = verify_ledger(archive, progress=progress, **brought_with(request))
            extends = own.outcome is LedgerOutcome.PROVEN
            if not extends:
                self.findings += _of_archive(archive, own.findings)
            return replace(evidence, extends=extends)
        except ArchiveError as trouble:
            return self._judge_beside_doubt(archive, trouble, request, plan, progress)
        self.findings += state.findings
        size = state.proven or ours.size  # what the marker says is proven by nothing
        evidence = judge_ledger(archive, request, plan, progress, until=size)
        evidence = replace(evidence, findings=_of_archive(archive, evidence.findings))
        self.is_judged_by_archive, self.size = True, size
        self._stands(max(ours.size - size, 0))
        self._look_at_own_ledger(progress)
        return evidence

    def _judge_by_itself(self, request: AuditRequest, plan: AuditPlan, progress: Progress) -> Evidence:
        evidence = judge_ledger(self.target, request, plan, progress)
        # Its key's state is the archive's: to be behind it is what copies are.
        kept = tuple(_of_copy(one) for one in evidence.findings if one.code != "LEDGER-BEHIND")
        is_whole = evidence.outcome is LedgerOutcome.PROVEN
        return replace(evidence, findings=tuple(self._of_settings(kept, is_whole=is_whole)))

    def _judge_beside_doubt(
        self,
        archive: OpenedArchive,
        trouble: ArchiveError,
        request: AuditRequest,
        plan: AuditPlan,
        progress: Progress,
    ) -> Evidence:
        """By itself, where the archive's ledger cannot say what the copy should hold: that is told as well.

        Just then somebody has to know whether the copy is whole.
        """
        self.standing = (
            "a copy, judged by the ledger that it carries itself: that of the archive does not hold, or could"
            " not be read"
        )
        evidence = self._judge_by_itself(request, plan, progress)
        told = _of_archive(archive, verify_ledger(archive, progress=progress).findings)
        if judge(told) is LedgerOutcome.PROVEN:
            place = str(archive.layout.ledger)
            told += (findings.error("LEDGER-UNREADABLE", place, trouble.message, remedy=trouble.remedy),)
        both = (*evidence.findings, *told)
        trust = replace(evidence.trust, basis=TrustBasis.NONE)
        return replace(evidence, findings=both, outcome=judge(both), trust=trust)

    def _stands(self, behind: int) -> None:
        self.standing = "a copy, up to date"
        if behind:
            entries = f"{behind:,} {'entry' if behind == 1 else 'entries'}"
            self.standing = f"a copy, {entries} behind"
            self.findings.append(findings.note("COPY-BEHIND", str(self.target.root), self.standing))
        if self.is_unfinished:
            self.standing += "; a run that writes to it has not ended"

    def _look_at_own_ledger(self, progress: Progress) -> None:
        if self.archive is not None and self.target.settings is not self.archive.settings:
            with contextlib.suppress(ArchiveError):  # a run may have brought it on since it was opened
                self.target.refresh()
        verdict = verify_ledger(self.target, progress=progress)
        kept = (found for found in verdict.findings if not _is_of_the_key(found))
        self.findings += self._of_settings(kept, is_whole=verdict.outcome is LedgerOutcome.PROVEN)

    def _of_settings(self, told: Iterable[Finding], *, is_whole: bool) -> Iterator[Finding]:
        """Nobody edits the archive.toml of a copy: there a change is damage.

        The archive's ledger says whether it is one: a run enters the settings before it brings them. That of
        the copy does only where it is whole, and no run is at work.
        """
        is_pending = self.is_unfinished and not self.is_judged_by_archive
        for found in told:
            if found.code != _UNRECORDED or not self.is_copy or is_pending:
                yield found
            elif not (self._is_recorded() if self.is_judged_by_archive else not is_whole):
                message = "is not the one that the ledger of the copy records"
                yield findings.error(
                    "COPY-SETTINGS",
                    SETTINGS,
                    message,
                    expected=found.expected,
                    found=found.found,
                    remedy=AGAIN,
                )

    def _is_recorded(self) -> bool:
        """Whether the archive's ledger records the archive.toml of the copy for its state, or a later one.

        Of an unfinished copy for any state: its run brings the ledger first. True also where that ledger
        cannot say: then nothing is known against the file.
        """
        archive = self.archive
        if archive is None:
            return False
        try:
            for one in latest_entries(archive, archive.checkpoint().size, EntryType.SETTINGS_CHANGED):
                if one.entry.get("settings") == self.target.settings.digest:
                    return True
                if one.number < self.size and not self.is_unfinished:
                    return False
        except ArchiveError:
            return True
        return False


def _is_of_the_key(found: Finding) -> bool:
    return found.code in _OF_THE_KEY or (found.code, found.place) == _NOT_SIGNED_LAST


def _of_copy(found: Finding) -> Finding:
    """Says whose ledger is not what the key signed last: the key is that of the archive, too."""
    if (found.code, found.place) != _NOT_SIGNED_LAST:
        return found
    return replace(found, message=f"of the copy: {found.message}")


def _of_archive(archive: OpenedArchive, found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings about the archive's own ledger: those about the copy's stand beside them, below its root."""
    return tuple(
        replace(one, place=str(archive.root / one.place)) if _OF_EVIDENCE.match(one.place) else one
        for one in found
    )


def open_copy(archive: OpenedArchive | None, folder: str) -> CopyUnderAudit:
    """The copy in a folder; ConfigurationError where it is none of this archive, or none at all."""
    root = Path(folder).absolute()
    found: list[Finding] = []
    try:
        marker = read_marker(root)
    except ConfigurationError as trouble:
        marker = None
        found.append(findings.warning("COPY-MARKER", MARKER, trouble.message, remedy=_MARKER_ANEW))
    except StorageError as trouble:
        if not os.access(root, os.R_OK | os.X_OK):  # nothing can be said of such a folder
            raise
        marker = None
        found.append(unreadable(MARKER, trouble))
    target = _opened(archive, root, folder, marker, found)
    known = marker.archive if marker is not None else target.settings.archive_id
    if archive is not None and archive.settings.archive_id != known:
        raise ConfigurationError(
            f"{folder}: an archive, but not a copy of this one",
            remedy=f"audit it by itself: archive -C {shell_word(folder)} audit",
        )
    if marker is None and not found and _is_kept_at((archive or target).settings.copies, root):
        message = "is not there, though archive.toml names a copy at this place: nothing is recorded of it"
        found.append(findings.warning("COPY-MARKER", MARKER, message, remedy=AGAIN))
    is_copy = marker is not None or bool(found)
    said = marker.form if marker is not None else CopyForm.FOLDER
    kept_as = form_of_bags(root, said)
    if marker is not None:
        found += _links(root)
        if kept_as is not said:
            message = f"says that bags are kept as {said.value}, and they lie there as {kept_as.value}"
            found.append(findings.warning("COPY-MARKER", MARKER, message, remedy=AGAIN))
    return CopyUnderAudit(
        target=target, archive=archive, marker=marker, is_copy=is_copy, kept_as=kept_as, findings=found
    )


def _is_kept_at(places: Iterable[CopyPlace], root: Path) -> bool:
    real = os.path.realpath(root)
    return any(place.path and os.path.realpath(place.path) == real for place in places)


def _links(root: Path) -> list[Finding]:
    """A copy is written with folders of its own: what a link in their place leads to is not the copy."""
    message = "a link stands in the place of this folder; the bytes that it leads to are not the copy's own"
    remedy = "put the folder itself there, or begin a new copy in another folder"
    return [
        findings.error("COPY-LINK", name, message, remedy=remedy)
        for name in ("bags", "ledger", "notes", "runs", "audits", "quarantine")
        if (root / name).is_symlink()
    ]


def _opened(
    archive: OpenedArchive | None, root: Path, folder: str, marker: CopyMarker | None, found: list[Finding]
) -> OpenedArchive:
    """The copy as an archive; by the archive's own settings where its archive.toml does not serve."""
    try:
        if marker is not None and (root / SETTINGS).is_symlink():
            message = "is a link, which is not followed"
        elif (root / SETTINGS).is_file():
            return open_archive(root)
        else:
            message = "is not there"
    except StorageError as trouble:
        if marker is None or archive is None:
            raise
        found.append(unreadable(SETTINGS, trouble))
        return OpenedArchive(Layout(root), archive.settings, LedgerFiles(str(root)))
    except ArchiveError as trouble:
        message = trouble.message.removeprefix(f"{SETTINGS}: ")
        message = message.removeprefix(f"{printable(str(root / SETTINGS))}: ")
        if marker is None:
            if not isinstance(trouble, ConfigurationError):  # of a newer program: it says what to do
                raise
            raise _of_no_archive(root, message, found) from trouble
    if marker is None and found:
        raise _of_no_archive(root, message, found)
    if marker is None:
        raise ConfigurationError(
            f"{folder}: not a copy of an archive (it holds no {SETTINGS})", remedy="name the copy's folder"
        )
    if not marker.finished and not marker.size:
        raise ConfigurationError(
            f"{folder}: a copy that was begun and never finished",
            remedy=f"finish it: archive copy --to {shell_word(folder)}",
        )
    if archive is None:
        raise ConfigurationError(
            f"{folder}: the copy's {SETTINGS}: {message}",
            remedy="name the archive that it is a copy of: archive -C DIR audit --copy …",
        )
    found.append(findings.error("COPY-SETTINGS", SETTINGS, message, remedy=AGAIN))
    return OpenedArchive(Layout(root), archive.settings, LedgerFiles(str(root)))


def _of_no_archive(root: Path, reason: str, found: Iterable[Finding]) -> ConfigurationError:
    """Neither the settings in the folder nor a marker say what archive it is a copy of."""
    is_no_marker = any(one.code == "COPY-MARKER" for one in found)
    away = f", move {MARKER} away, which is no marker" if is_no_marker else ""
    where = printable(str(root / SETTINGS))
    return ConfigurationError(
        f"{where}: {reason}; nothing else there says what archive this is a copy of",
        remedy=f"put the {SETTINGS} of the archive there{away}, then audit the copy again",
    )


def unreadable(name: str, trouble: StorageError) -> Finding:
    """Storage refused a file of the copy: nothing is known of it."""
    remedy = trouble.remedy or "look at the storage, and at who may read the file, then audit the copy again"
    return findings.error("COPY-UNREADABLE", name, trouble.message, remedy=remedy)
