"""Versions of BagIt and what changed with 1.0."""

import re
from typing import NamedTuple

_NUMBER = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")  # 01.0 is another text than 1.0


class Version(NamedTuple):
    """A BagIt version, ordered."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        """The version that `M.N` spells in ASCII digits without leading zeros, or None."""
        match = _NUMBER.fullmatch(text)
        return cls(int(match[1]), int(match[2])) if match else None

    @property
    def strict(self) -> bool:
        """True from 1.0: percent-encoded paths, each payload file listed once, no space before a colon."""
        return self >= V1_0

    @property
    def tag_file_name(self) -> str:
        """The name of the file of tags: `package-info.txt` up to 0.95."""
        return "package-info.txt" if self <= V0_95 else "bag-info.txt"

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


V0_95 = Version(0, 95)
V0_97 = Version(0, 97)
V1_0 = Version(1, 0)
KNOWN = frozenset({Version(0, 93), Version(0, 94), V0_95, Version(0, 96), V0_97, V1_0})
