"""The exit codes: published, never reused; docs/exit-codes.md has the same text."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

DONE: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
UNREADABLE: Final = 3
REJECTED: Final = 4
EVIDENCE: Final = 5
CONFLICT: Final = 6
DEFECT: Final = 70
INTERRUPTED: Final = 130
TERMINATED: Final = 143


class ExitCode(NamedTuple):
    """What one exit code means, and what to do about it."""

    meaning: str
    remedy: str


EXIT_CODES: Final[Mapping[int, ExitCode]] = {
    DONE: ExitCode("Done, and nothing is wrong; warnings and notes may stand in the report.", "Nothing."),
    FINDINGS: ExitCode(
        "Done, and something was found: damage, an invalid bag, a description that breaks a rule.",
        "Read the findings; archive help CODE explains each.",
    ),
    USAGE: ExitCode(
        "The command, a setting or the signing key is wrong or missing; nothing was begun.",
        "Mend the command line or archive.toml as the message says.",
    ),
    UNREADABLE: ExitCode(
        "Not everything could be looked at or written down: an unreadable file, a full disk.",
        "Mend the medium or make room, then give the same command again.",
    ),
    REJECTED: ExitCode(
        "The submission, or a part of it, was refused; of what was refused nothing is held.",
        "Mend what the findings name, then give the same command again.",
    ),
    EVIDENCE: ExitCode(
        "The evidence does not hold: an entry, a root, a proof or a signature fails.",
        "Change nothing; run archive ledger verify and compare the archive with its other copies.",
    ),
    CONFLICT: ExitCode(
        "Something is in the way: it exists already, somebody else is writing, or a newer release wrote it.",
        "Wait, choose another name, or use the newer release, as the message says.",
    ),
    DEFECT: ExitCode("A defect of this program.", "Report it; ARCHIVE_DEBUG=1 shows the details."),
    INTERRUPTED: ExitCode(
        "Interrupted from the keyboard (SIGINT).", "The same command takes up where it was left."
    ),
    TERMINATED: ExitCode(
        "Ended from outside (SIGTERM), or with its terminal (SIGHUP).",
        "The same command takes up where it was left.",
    ),
}

# Where several apply, the first of these is the exit code.
PRECEDENCE: Final = (
    INTERRUPTED,
    TERMINATED,
    DEFECT,
    USAGE,
    EVIDENCE,
    FINDINGS,
    UNREADABLE,
    CONFLICT,
    REJECTED,
    DONE,
)


def weightiest(codes: Iterable[int]) -> int:
    """Of the exit codes that apply, the one to end with; 0 for none. ValueError for a code that is none."""
    applying = set(codes)
    if unknown := applying.difference(PRECEDENCE):
        raise ValueError(f"not exit codes: {sorted(unknown)}")
    return next((code for code in PRECEDENCE if code in applying), DONE)
