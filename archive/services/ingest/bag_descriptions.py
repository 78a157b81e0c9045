"""The description of a submitted bag: from a row that names its folder, a sidecar beside it, or later.

Nothing is taken from its bag-info.txt: that is the depositor's word about a transfer, and is kept as such.
"""

import os

from archive.core import findings
from archive.core.descriptions.description import Description, Value
from archive.core.findings import At
from archive.core.holding import supplied_title
from archive.core.limits.descriptions import MAX_SIDECAR_BYTES
from archive.core.submission import Role
from archive.formats.descriptions import SIDECAR_SUFFIXES, DescribedRow, read_sidecar, sidecar_target
from archive.services.ingest.described import described, refuse, take_document
from archive.services.ingest.matched import Matched
from archive.services.ingest.matching import Matcher
from archive.services.ingest.sidecar_names import another_bag, names_another
from archive.services.ingest.submitted_bags import JudgedBag, SubmittedBags
from archive.storage.plan import Plan
from archive.storage.sources.folder_sidecars import FolderSidecars
from archive.storage.sources.source_files import SourceFiles


class BagDescriptions:
    """Gives every valid bag of the plan that no table describes its description."""

    def __init__(self, plan: Plan, bags: SubmittedBags, matcher: Matcher, date_order: str | None) -> None:
        self._plan = plan
        self._bags = bags
        self._matcher = matcher
        self._date_order = date_order
        self._folders: dict[str, FolderSidecars] = {}

    def pair(self, *, describe_later: bool) -> None:
        """Reads the sidecars beside the bags; what is described by nothing is refused, or awaits it."""
        for judged in self._bags.judged.values():
            matched = self._matcher.bag(judged)
            if matched is None:
                continue
            for sidecar in self._sidecars(judged):
                self._take_sidecar(sidecar, judged, matched)
            if self._is_open(judged):
                self._undescribed(judged, matched, describe_later=describe_later)

    def _sidecars(self, judged: JudgedBag) -> list[str]:
        """The descriptions that stand beside the bag's folder and have its name."""
        folder, name = os.path.split(judged.source.path)
        if folder not in self._folders:
            self._folders[folder] = FolderSidecars(folder, sidecar_target, SIDECAR_SUFFIXES)
        return [os.path.join(folder, sidecar) for sidecar in self._folders[folder].of(name)]

    def _is_open(self, judged: JudgedBag) -> bool:
        """True until the bag is a document, or was refused together with its description."""
        root = judged.source.index
        return (
            self._plan.document_of_root(root) is None
            and next(self._plan.files_with_role(Role.SUBMISSION, root=root), None) is not None
        )

    def _take_sidecar(self, path: str, judged: JudgedBag, matched: Matched) -> None:
        name = os.path.basename(path)
        if not self._is_open(judged):
            self._plan.leave_out(name, f"a second description of {judged.name}; another one was used")
            return
        try:
            with SourceFiles([os.path.dirname(path)]) as files:
                data = files.read(0, name, MAX_SIDECAR_BYTES)
        except OSError as trouble:
            message = f"cannot be read: {trouble.strerror}"
            self._plan.add_finding(findings.error("SRC-UNREADABLE", name, message), judged.name)
            refuse(self._plan, matched)
            return
        read = read_sidecar(name, data, date_order=self._date_order)
        found = read.findings if isinstance(read, DescribedRow) else read
        for finding in found:
            self._plan.add_finding(finding, judged.name)
        said = described(read) if isinstance(read, DescribedRow) else None
        named = another_bag(read.paths, judged.name.rstrip("/")) if isinstance(read, DescribedRow) else None
        if said is not None and named is not None:
            self._plan.add_finding(names_another(name, said.at, judged.name, named), judged.name)
        if said is None or said.is_refused or named is not None:
            refuse(self._plan, matched)
        else:
            take_document(self._plan, said, matched, name)

    def _undescribed(self, judged: JudgedBag, matched: Matched, *, describe_later: bool) -> None:
        folder = judged.name.rstrip("/")
        if not describe_later:
            remedy = f"describe it in {folder}.dc.json beside it, or with --metadata; or add --describe-later"
            self._plan.add_finding(
                findings.error(
                    "PAIR-UNDESCRIBED",
                    judged.name,
                    "the bag has no description",
                    at=At(file=judged.name),
                    remedy=remedy,
                ),
                judged.name,
            )
            refuse(self._plan, matched)
            return
        title = supplied_title(folder)
        self._plan.add_document(
            matched.files,
            source=matched.source,
            description=Description({"title": (Value(title),)}).canonical_bytes(),
            title=title,
            reference=None,
            awaiting=True,
            place=judged.name,
            cut=matched.cut,
            bag=matched.bag,
        )
