"""What a repair is asked to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRequest:
    """The options of `archive repair`.

    Without `bags` the documents that were last found damaged are looked at; with `everything` each held one
    is read first. `sources` are the places named with --from. `unreadable` allows that a file which could not
    be read is set aside, too, and a good one put in its place.
    """

    bags: tuple[str, ...] = ()
    everything: bool = False
    sources: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
    key: str | None = None
    unreadable: bool = False
    agent: str | None = None
    reason: str | None = None
    jobs: int = 1
