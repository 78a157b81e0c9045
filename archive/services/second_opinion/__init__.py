"""The same bag judged by `bagit`, the reference implementation in Python.

bagit follows links, waits for pipes and crashes on some names, so it runs in a process of its own that cannot
write, cannot open anything outside the bag, and ends when its time is up.
"""

from archive.services.second_opinion.guarded import judge_with_bagit

__all__ = ["judge_with_bagit"]
