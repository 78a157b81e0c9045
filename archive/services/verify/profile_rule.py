"""Profiles as a rule of the judge: nothing is imported and no fact gathered for a bag that names none."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from archive.core.bagit.tagfile import Tag
from archive.core.findings import Finding

if TYPE_CHECKING:
    from archive.core.bagit.verdicts import BagFacts
    from archive.services.profile_registry import Profiles

_LABEL = "bagit-profile-identifier"  # labels do not differ by case


class ProfileRule:
    """Holds a bag against the profile that the user names, else against registered ones that it names."""

    def __init__(self, named: str | None = None) -> None:
        """Raises ConfigurationError where the file that the user names is no profile."""
        self._path = named
        if named is not None:
            _ = self._profiles

    @cached_property
    def _profiles(self) -> "Profiles":
        from archive.services.profile_registry import Profiles  # 10 ms with the grammar of profiles

        return Profiles(self._path)

    def applies(self, tags: Sequence[Tag]) -> bool:
        """True where a profile was named, by the user or by the bag."""
        return self._path is not None or any(label.lower() == _LABEL for label, _ in tags)

    def __call__(self, facts: "BagFacts") -> Iterable[Finding]:
        """What the bag breaks."""
        return self._profiles.judge(facts)
