"""The work that is worth doing by the clock."""

from enum import StrEnum


class Task(StrEnum):
    """What a schedule runs; the words stand in `[promises]` of archive.toml."""

    AUDIT = "audit"  # a share of the documents, those checked longest ago first
    COPY = "copy"  # what is new or changed, to the other disk
    CHECKPOINT = "checkpoint"  # the signed lines, to where whoever changes the archive cannot reach
