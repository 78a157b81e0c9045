"""The files that one description means."""

from dataclasses import dataclass

from archive.core.submission import SubmittedBag
from archive.storage.plan import FileRow


@dataclass(frozen=True, slots=True)
class Matched:
    """The files that one description means, at least one; `source` is the path that identifies the document.

    For a bag they are its tag files too, and `bag` says how it was judged. Those of a folder are all of one
    SOURCE.
    """

    files: list[FileRow]
    source: str
    cut: int = -1
    bag: SubmittedBag | None = None

    @property
    def root(self) -> int:
        """The number of the SOURCE that the first file lies in."""
        return self.files[0].root
