"""The same bag judged by `bagit`, the reference implementation in Python, and what the two say differently.

bagit follows links, waits for pipes and crashes on some names, so it runs in a process of its own that cannot
write, cannot open anything outside the bag, and ends when its time is up.
"""

from archive.services.second_opinion.comparison import compare
from archive.services.second_opinion.guarded import DEFAULT_SECONDS, judge_with_bagit
from archive.services.second_opinion.model import (
    CrossCheck,
    Difference,
    Opinion,
    OpinionOutcome,
)

__all__ = [
    "DEFAULT_SECONDS",
    "CrossCheck",
    "Difference",
    "Opinion",
    "OpinionOutcome",
    "compare",
    "judge_with_bagit",
]
