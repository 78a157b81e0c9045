"""The work that is worth doing by the clock."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Task(StrEnum):
    """What a schedule runs; the words stand in `[promises]` of archive.toml."""

    AUDIT = "audit"  # a share of the documents, those checked longest ago first
    COPY = "copy"  # what is new or changed, to the other disk
    CHECKPOINT = "checkpoint"  # the signed lines, to where whoever changes the archive cannot reach


def has_read(finished: Mapping[str, Any]) -> bool:
    """False for an audit that was cut off before it read anything, by the members of its `audit finished`."""
    return not (finished.get("interrupted") is True and finished.get("outcome") == "nothing-read")
