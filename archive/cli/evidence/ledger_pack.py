"""`archive ledger pack` and `check-pack`: the evidence for somebody who cannot come."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import brought_options
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled
from archive.cli.parameters import FileToWrite, GivenPath
from archive.cli.progress import progress_for
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.services.evidence.brought import Brought
    from archive.services.evidence.pack_check import PackReport

_EXIT = {"proven": 0, "broken": 5, "unreadable": 3}
_WORDS = {
    "proven": ("✓", "green", "The pack holds"),
    "broken": ("✗", "red", "The pack does not hold"),
    "unreadable": ("!", "yellow", "Not all of the pack could be read"),
}


@click.command(
    short_help="Pack the evidence for an auditor elsewhere.",
    epilog="Example: archive ledger pack --out valley-2026.zip",
)
@click.option(
    "--out",
    metavar="FILE.zip",
    required=True,
    type=FileToWrite(Path),
    help="Must be new and lie outside the archive.",
)
@click.option(
    "--names", is_flag=True, help="Also what names people, files and titles: runs, manifests, findings."
)
@pass_context
def pack(context: Context, out: Path, names: bool) -> None:
    """Pack the ledger with all its checkpoints, and the results of every recorded self-check.

    No document is in it. Without --names, neither is anything that names people, files or titles: results
    that do are left out, and listed as left out. Check it with `archive ledger check-pack`, on any machine.
    """
    from archive.services.evidence.packing import Packing
    from archive.services.surroundings import Surroundings

    archive = context.open()
    packed = Packing(archive, Surroundings(progress=progress_for(context)), names=names).write(out)
    if context.json:
        emit_json(
            {
                "kind": "ledger-pack",
                "version": 1,
                "file": lossless(str(out)),
                "size": packed.size,
                "members": packed.members,
                "names": names,
                "left_out": list(packed.left_out),
                "findings": [finding.to_json() for finding in packed.findings],
            }
        )
        return
    entries = plural(packed.size, "entry", "entries")
    say(f"{styled('✓', 'green')} {printable(str(out))}: {entries}, {plural(packed.members, 'file')}")
    for why, count in packed.why.items():
        more = "; --names packs them too" if why.name == "NAMING" else ""
        say(f"  left out, since {why}: the results of {plural(count, 'self-check')}{more}")
    print_findings(packed.findings)
    if not context.quiet:
        next_step(f"archive ledger check-pack {printable(str(out))} --key VKEY --trust CHECKPOINT")


@click.command(
    "check-pack",
    short_help="Check a pack, without the archive.",
    epilog="Example: archive ledger check-pack valley-2026.zip --trust kept.checkpoint"
    " --key 'valley-archive/…+557fe2d1+AYO9…'",
)
@click.argument("file", metavar="FILE", type=GivenPath(path_type=Path, readable=False))
@brought_options
@click.option(
    "--work",
    metavar="DIR",
    type=GivenPath(file_okay=False, exists=True),
    help="Where to unpack meanwhile; else $TMPDIR.",
)
@pass_context
def check_pack(context: Context, file: Path, work: str | None, brought: "Brought") -> int:
    """Check what `archive ledger pack` gave: the ledger from its entries, and the results it vouches for.

    Says of how many bags the archive claims to have checked them, and for how many a mark from outside
    attests that the check was on record by then. Exit 0 where it holds, 5 where it does not.
    """
    from archive.services.evidence.pack_check import check_pack as check

    report = check(file, work=work, progress=progress_for(context), **brought)
    if context.json:
        emit_json(_report(report))
    else:
        _print(report)
    return _EXIT[report.outcome.value]


def _report(report: "PackReport") -> dict[str, Any]:
    checkpoint = report.ledger.checkpoint
    coverage = report.coverage
    return {
        "kind": "pack-report",
        "version": 1,
        "outcome": report.outcome.value,
        "trust": report.trust.to_json(),
        "origin": checkpoint.origin if checkpoint else None,
        "size": checkpoint.size if checkpoint else None,
        "proven": report.ledger.proven,
        "names": report.facts.get("names") is True,
        "promise_days": report.promise_days,
        "self_checks": {"recorded": report.audits, "checked": report.checked, "left_out": report.unseen},
        "coverage": {"held": coverage.held, "claimed": coverage.claimed, "attested": coverage.attested},
        "findings": [finding.to_json() for finding in report.findings],
    }


def _print(report: "PackReport") -> None:
    mark, colour, words = _WORDS[report.outcome.value]
    checkpoint = report.ledger.checkpoint
    size = plural(checkpoint.size, "entry", "entries") if checkpoint else "no checkpoint"
    basis = printable(report.trust.statement)
    say(f"{styled(mark, colour)} {styled(words, 'bold')} ({size}); trust basis: {basis}")
    coverage = report.coverage
    say(f"  promised     every bag is read at least every {report.promise_days} days, say its settings")
    unseen = ", ".join(f"{count:,} {printable(outcome)}" for outcome, count in report.unseen.items())
    left_out = f"; by the ledger those left out ended so: {unseen}" if unseen else ""
    say(f"  self-checks  {report.checked} of {report.audits} on record could be looked at{left_out}")
    least, held = "at least " if report.doubted else "", f"{coverage.held:,} bags"
    say(f"  claimed      {least}{coverage.claimed:,} of {held} found intact by a self-check")
    if report.doubted:
        say(f"               {report.doubted:,} more may have been found damaged since: left out")
    attested = f"{least}{coverage.attested:,} of {coverage.held:,}"
    say(f"  attested     {attested} by one that a mark from outside covers")
    print_findings(report.findings)
