"""The judge of bags: RFC 8493 §2, §3 and §5 with the differences of the drafts 0.93 to 0.97. Pure.

`Judge` is told what is in a bag (tag files, entries, digests) and gives a `BagReport`.
"""

from archive.core.bagit_judge.judge import Judge
from archive.core.bagit_judge.judged_files import is_declaration, is_judged
from archive.core.bagit_judge.policy import Policy

__all__ = ["Judge", "Policy", "is_declaration", "is_judged"]
