"""What is asked of the bagging tool, and what it did."""

from dataclasses import dataclass, field
from pathlib import Path

from archive.core.bagit.oxum import Oxum
from archive.core.bagit.tagfile import Tag
from archive.core.digests import Algorithm
from archive.core.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class BagRequest:
    """A folder to be bagged. `bagging_date` is YYYY-MM-DD; `exclude` has patterns of names or paths."""

    source: Path
    target: Path
    bagging_date: str
    algorithms: tuple[Algorithm, ...] = (Algorithm.SHA512,)
    tags: tuple[Tag, ...] = ()
    exclude: tuple[str, ...] = ()
    keep_empty_folders: bool = False
    dry_run: bool = False
    jobs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBag:
    """What was bagged, or would be: `left_out` has (path, why), up to a limit, `left_out_count` how many."""

    oxum: Oxum
    left_out: tuple[tuple[str, str], ...] = ()
    left_out_count: int = 0
    findings: tuple[Finding, ...] = field(default=())
