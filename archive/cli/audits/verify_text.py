"""What `archive verify` prints for people."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from archive.cli.context import Context
from archive.cli.output import finding_line, next_step, plural, say, styled, tell
from archive.core.bagit.verdicts import BagReport, BagVerdict, Shortfall
from archive.core.findings import Finding, Severity
from archive.core.quantities import byte_size
from archive.core.text import printable, shell_word
from archive.services.verify.report import Tally, place_of
from archive.storage.layout import find_root

if TYPE_CHECKING:
    from archive.core.second_opinion.model import CrossCheck
    from archive.services.verify.request import VerifyRequest

_MARK = {
    BagVerdict.VALID: ("✓", "green"),
    BagVerdict.INVALID: ("✗", "red"),
    BagVerdict.INCOMPLETE: ("✗", "yellow"),
    BagVerdict.UNVERIFIABLE: ("?", "yellow"),
}


# Of one bag it is said unasked what it was held against, and what it was not.
_PROFILES = {"PRO-JUDGED", "PRO-UNREGISTERED"}


def print_bag(context: Context, report: BagReport, *, several: bool) -> None:
    """One bag: the verdict and its errors on stdout, warnings (with --verbose also notes) on stderr."""
    mark, colour = _MARK[report.verdict]
    say(f"{styled(mark, colour)} {printable(report.bag)}: {_verdict(report)}")
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if errors:
        for line in _lines(errors, sys.stdout):
            say(line)
    if report.cross_check is not None:
        say(f"  {_second_opinion(report.cross_check)}")
    if context.quiet:
        return
    told = {Severity.WARNING, Severity.NOTE} if context.verbosity > 0 else {Severity.WARNING}
    profiles = set() if several else _PROFILES
    others = [each for each in report.findings if each.severity in told or each.code in profiles]
    if not others:
        return
    sys.stdout.flush()
    if several:
        tell(f"{printable(report.bag)}:")
    for line in _lines(others, sys.stderr):
        tell(line)


def _second_opinion(check: "CrossCheck") -> str:
    """What bagit says, in one line."""
    from archive.core.second_opinion.model import CrossOutcome

    opinion = check.opinion
    program = f"bagit {opinion.version}" if opinion is not None and opinion.version else "bagit"
    words = printable(opinion.message) if opinion is not None else ""
    match check.outcome:
        case CrossOutcome.NOT_CHECKED:
            return "not cross-checked: bagit reads folders only"
        case CrossOutcome.NOT_JUDGED:
            return f"{program} could not judge it: {words}"
        case CrossOutcome.AGREES:
            verb = "agrees"
        case CrossOutcome.DISAGREES:
            verb = f"disagrees in {plural(len(check.differences), 'point')}"
        case _:
            assert_never(check.outcome)
    said = opinion.outcome.value if opinion is not None else ""
    return f"{program} {verb}: {said}" + (f", “{words}”" if words else "")


def _lines(findings: Iterable[Finding], stream: object) -> Iterator[str]:
    """Each finding, with its clause, and at the first of each code what to do."""
    from dataclasses import replace

    from archive.core.finding_codes import FINDING_CODES

    said: set[str] = set()
    for finding in findings:
        known = FINDING_CODES.get(finding.code)
        remedy = finding.remedy or (known.remedy if known and finding.code not in said else None)
        said.add(finding.code)
        file, line = finding.at.file, finding.at.line
        where = f"{file}:{line}" if line is not None and file != finding.place else None
        sources = "; ".join(part for part in (finding.clause, where) if part)
        text = finding_line(
            replace(
                finding,
                place=place_of(finding),
                message=f"{finding.message} ({sources})" if sources else finding.message,
                remedy=remedy,
            ),
            stream=stream,
        )
        yield "\n".join(f"  {part}" for part in text.split("\n"))


def _verdict(report: BagReport) -> str:
    counts = report.counts
    parts = [styled(report.verdict.value, "bold")]
    if report.verdict is BagVerdict.INCOMPLETE:
        parts = [f"{parts[0]}, {_shortfall(report)}"]
    elif report.present_only and report.verdict is BagVerdict.VALID:
        parts = [
            f"{parts[0]} as far as it is there; {plural(counts.outstanding, 'file')} still to be fetched"
        ]
    version = f"BagIt {report.version}; " if report.version else ""
    if counts.payload_files or counts.tag_files:
        payload = f"{plural(counts.payload_files, 'payload file')}, {byte_size(counts.payload_bytes)}"
        parts.append(f"({version}{payload}, {plural(counts.tag_files, 'tag file')})")
    return " ".join(parts)


def _shortfall(report: BagReport) -> str:
    counts = report.counts
    if report.shortfall is Shortfall.FETCH:
        return f"only {plural(counts.outstanding, 'file')} of fetch.txt outstanding"
    missing = f"{plural(counts.missing, 'listed file')} missing"
    return f"{missing}, {counts.outstanding:,} more to be fetched" if counts.outstanding else missing


def print_end(context: Context, tally: Tally, request: "VerifyRequest") -> None:
    """The sum over several bags, and what a person would do now."""
    if tally.bags != 1:
        by_verdict = [f"{tally.of(verdict):,} {verdict.value}" for verdict in BagVerdict if tally.of(verdict)]
        say(f"{plural(tally.bags, 'bag')}: {', '.join(by_verdict)}")
    if context.quiet:
        return
    if tally.of(BagVerdict.INVALID):
        next_step("archive help CODE explains a finding; nothing in the bag was changed")
    elif tally.of(BagVerdict.UNVERIFIABLE):
        next_step("see to what could not be read, or ask for a manifest of sha512, then verify again")
    elif tally.of(BagVerdict.INCOMPLETE):
        more = "; --holey-ok judges what is there" if tally.holey else ""
        next_step(f"bring what is missing, then verify again{more}")
    elif tally.excused:  # an ingest excuses nothing
        next_step("archive ingest takes bags that are valid without --tolerate and --holey-ok alone")
    elif tally.bags == 1 and _is_free(request.bags[0]):
        next_step(f"archive ingest {shell_word(request.bags[0])} --describe-later takes it into an archive")


def _is_free(bag: str) -> bool:
    """True for a folder outside of any archive: a tar or zip is unpacked first, a held bag is in one."""
    return os.path.isdir(bag) and find_root(Path(bag).resolve()) is None
