"""What is asked of a bag's update, and what it came to."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archive.core.bagit.tagfile import Tag
from archive.core.bagit.versions import Version
from archive.core.digests import Algorithm
from archive.core.findings import Finding
from archive.storage.bags.tag_file_changes import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRequest:
    """Labels are removed first, then tags are set, then added; `payload_oxum` states the payload anew."""

    bag: Path
    add_algorithms: tuple[Algorithm, ...] = ()
    remove_algorithms: tuple[Algorithm, ...] = ()
    upgrade: bool = False
    set_tags: tuple[Tag, ...] = ()
    add_tags: tuple[Tag, ...] = ()
    remove_labels: tuple[str, ...] = ()
    payload_oxum: bool = False
    dry_run: bool = False
    jobs: int = 1

    @property
    def empty(self) -> bool:
        """True where nothing is asked for, but perhaps that an interrupted update is finished."""
        return not (self.add_algorithms or self.remove_algorithms or self.upgrade or self.edits_tags)

    @property
    def edits_tags(self) -> bool:
        """True where bag-info.txt is to be edited."""
        return bool(self.set_tags or self.add_tags or self.remove_labels or self.payload_oxum)

    def to_json(self) -> dict[str, Any]:
        """What is asked for, wherever the bag lies and however it is done."""
        asked = asdict(self)
        for name in ("bag", "dry_run", "jobs"):
            del asked[name]
        return {
            name: [list(one) if isinstance(one, tuple) else str(one) for one in value]
            if isinstance(value, tuple)
            else value
            for name, value in asked.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedBag:
    """What became of the bag; `finished` are the changes of an earlier, interrupted update.

    `before`, `after` and `algorithms` are None and empty where the bag was not judged again.
    """

    before: Version | None = None
    after: Version | None = None
    algorithms: tuple[Algorithm, ...] = ()
    changes: tuple[Change, ...] = ()
    finished: tuple[Change, ...] = ()
    payload_files: int = 0
    payload_bytes: int = 0
    findings: tuple[Finding, ...] = ()
