"""The files that one description means."""

from dataclasses import dataclass

from archive.core.submission import SubmittedBag
from archive.storage.plan import FileRow


@dataclass(frozen=True, slots=True)
class Matched:
    """The files that one description means; `source` is the path that identifies the document.

    For a bag they are its tag files too, and `bag` says how it was judged.
    """

    files: list[FileRow]
    source: str
    cut: int = -1
    bag: SubmittedBag | None = None
