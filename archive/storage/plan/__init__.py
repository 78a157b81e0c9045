"""The plan of one ingest, spooled to a temporary database: memory does not grow with the submission."""

import sqlite3
from collections import Counter
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from archive.core.finding_groups import FindingGroups
from archive.storage.disk.spool import open_spool
from archive.storage.plan.documents import PlannedDocuments
from archive.storage.plan.files import PlannedFiles
from archive.storage.plan.findings import PlanFindings
from archive.storage.plan.folder_rows import FolderDocument, FolderRow, PlannedFolders
from archive.storage.plan.misnamed import Misnamed, PlannedMisnamed
from archive.storage.plan.rows import DescribedFile, FileRow, Outcome, Staged, StagedBag
from archive.storage.plan.tables import SCHEMA
from archive.storage.plan.twins import PlanTwins, TwinGroup

__all__ = [
    "DescribedFile",
    "FileRow",
    "FolderDocument",
    "FolderRow",
    "Misnamed",
    "Outcome",
    "Plan",
    "Staged",
    "StagedBag",
    "TwinGroup",
]


class Plan(
    PlannedFiles,
    PlannedDocuments,
    PlannedFolders,
    PlannedMisnamed,
    PlanFindings,
    PlanTwins,
    AbstractContextManager["Plan"],
):
    """Files, documents, depositor's digests and findings of one submission."""

    def __init__(self) -> None:
        self.db: sqlite3.Connection = open_spool(SCHEMA)
        self.groups = FindingGroups()
        self._headings: dict[int, tuple[str, ...]] = {}
        self._kept = Counter()
        self._beyond = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()
