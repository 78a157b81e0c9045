"""How often something is promised, and from when on it is late."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Interval(StrEnum):
    """What cron, systemd and launchd can all express without arithmetic."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def words(self) -> str:
        """As it stands in a sentence: promised every day."""
        return _WORDS[self]


_WORDS: Final[Mapping[Interval, str]] = {
    Interval.DAILY: "every day",
    Interval.WEEKLY: "every week",
    Interval.MONTHLY: "every month",
}

# Days after which the run before is too long ago. The interval and some slack: a laptop that slept through
# the night runs in the morning, a disk that was away on Sunday is plugged in on Monday.
GRACE_DAYS: Final[Mapping[Interval, int]] = {
    Interval.DAILY: 2,
    Interval.WEEKLY: 9,
    Interval.MONTHLY: 35,
}
