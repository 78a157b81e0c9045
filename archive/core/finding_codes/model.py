"""What the registry knows about one code."""

from typing import NamedTuple

from archive.core.findings import Severity


class FindingCode(NamedTuple):
    """A published code: its usual severity, what it means, what to do."""

    severity: Severity
    meaning: str
    remedy: str


def error(meaning: str, remedy: str) -> FindingCode:
    """A code that usually is an error."""
    return FindingCode(Severity.ERROR, meaning, remedy)


def warning(meaning: str, remedy: str) -> FindingCode:
    """A code that usually is a warning."""
    return FindingCode(Severity.WARNING, meaning, remedy)


def note(meaning: str, remedy: str) -> FindingCode:
    """A code that usually is a note."""
    return FindingCode(Severity.NOTE, meaning, remedy)
