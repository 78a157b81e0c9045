"""`archive verify` beside bagit.py and bare digests: small files, large ones, one; calls and memory."""

import shutil
import subprocess
from pathlib import Path

from benchmarks.claims import Bound, Claim, Report, faster, within
from benchmarks.foreign_bags import bag_of_corpus, bag_of_large_files, bag_of_long_manifest, bag_of_one_text
from benchmarks.peers import bagit_command, digest_command
from benchmarks.process import run
from benchmarks.setting import Setting, program
from benchmarks.surroundings import surroundings
from benchmarks.table import Row, Spread, Table
from benchmarks.timing import Case, compare

OURS = "archive verify"
BAGIT = "bagit.py --validate"
BAGIT_TWO = "bagit.py --validate --processes 2"
DIGESTS = "find | xargs -P2 sha512sum"

LARGE_FILES = 4
LARGE, LARGE_QUICK = 1 << 30, 8 << 20
LINES, LINES_QUICK = 1_000_000, 20_000
_STARTS = 20  # rounds for a run of a tenth of a second
_MEGABYTES_AT_MOST = 400.0
_STATS_AT_MOST = 3.0


def verify_command(bag: Path) -> list[str]:
    """Judges one bag."""
    return [*program(), "--quiet", "verify", str(bag)]


def measure(setting: Setting) -> Report:
    """Every case reads the same bag; the last two measure calls and memory, not time."""
    quick = setting.rounds == 1
    home = setting.space.fresh()
    small, one = home / "small", home / "one"
    documents = bag_of_corpus(setting.corpus(setting.documents), small)
    bag_of_one_text(one)
    many = _compare(setting, small, f"One bag of {documents:,} small files", documents=documents)
    start = _compare(setting, one, "One bag of one text", rounds=3 if quick else _STARTS, digests=False)
    calls = _stat_calls(small, one, documents)
    large, large_claim = _large(setting, home / "large", LARGE_QUICK if quick else LARGE)
    memory, memory_claim = _memory(setting, home / "long", LINES_QUICK if quick else LINES)
    setting.space.release(home)
    claims = (
        faster(f"verify a bag of {documents:,} files against `{BAGIT}`", many, OURS, BAGIT, at_least=3.5),
        faster(
            f"verify a bag of {documents:,} files against `{BAGIT_TWO}`", many, OURS, BAGIT_TWO, at_least=3.5
        ),
        large_claim,
        within(f"verify a bag of one text against `{BAGIT}`", start, OURS, BAGIT, at_most=1),
        calls,
        memory_claim,
    )
    return Report(name="verify", claims=claims, tables=(many, *large, start, memory))


def _compare(
    setting: Setting,
    bag: Path,
    title: str,
    *,
    documents: int | None = None,
    rounds: int | None = None,
    digests: bool = True,
) -> Table:
    cases = [
        Case(name=OURS, command=lambda _: verify_command(bag), documents=documents),
        Case(name=BAGIT, command=lambda _: bagit_command(bag), documents=documents),
    ]
    if digests:
        cases += [
            Case(name=BAGIT_TWO, command=lambda _: bagit_command(bag, 2), documents=documents),
            Case(name=DIGESTS, command=lambda _: digest_command(bag), documents=documents),
        ]
    return compare(cases, runs=rounds or setting.rounds, space=setting.space, title=title)


def _large(setting: Setting, bag: Path, size: int) -> tuple[tuple[Table, ...], Claim]:
    name = f"verify {LARGE_FILES} files of {size >> 20:,} MiB against `{DIGESTS}`"
    if shutil.disk_usage(setting.space.path).free < 2 * LARGE_FILES * size:
        claim = Claim(
            name=name,
            unit="× its time",
            bound=Bound.AT_MOST,
            target=1.05,
            measured=None,
            note="no room for them",
        )
        return (), claim
    bag_of_large_files(bag, files=LARGE_FILES, size=size)
    # xargs must give each of its two processes single files here, or one would hash them all.
    cases = [
        Case(name=OURS, command=lambda _: verify_command(bag)),
        Case(name=BAGIT_TWO, command=lambda _: bagit_command(bag, 2)),
        Case(name=DIGESTS, command=lambda _: digest_command(bag, files=1)),
    ]
    title = f"One bag of {LARGE_FILES} files of {size >> 20:,} MiB"
    table = compare(cases, runs=setting.rounds, space=setting.space, title=title)
    shutil.rmtree(bag)
    return (table,), within(name, table, OURS, DIGESTS, at_most=1.05)


def _stat_calls(many: Path, one: Path, files: int) -> Claim:
    """Calls of the stat family per file: those of a bag of many files less those of a bag of one."""
    name = "calls of the stat family per file, `archive verify`"
    strace = shutil.which("strace")
    counts = [_traced(strace, bag) for bag in (many, one)] if strace else []
    if len(counts) < 2 or None in counts:
        note = "strace cannot trace here" if strace else "no strace here"
        measured = None
    else:
        per_file = ((counts[0] or 0) - (counts[1] or 0)) / max(files - 1, 1)
        note, measured = "", Spread(per_file, per_file, per_file)
    return Claim(
        name=name, unit="calls", bound=Bound.AT_MOST, target=_STATS_AT_MOST, measured=measured, note=note
    )


def _traced(strace: str, bag: Path) -> int | None:
    """Calls of the stat family of one run and its processes; None where they cannot be traced."""
    trace = bag.with_name(f"{bag.name}.trace")
    command = [strace, "-f", "-qq", "-e", "trace=%%stat", "-o", str(trace), *verify_command(bag)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode or not trace.is_file():
        return None
    with trace.open("rb") as lines:
        return sum(b"stat" in line and b"resumed>" not in line for line in lines)


def _memory(setting: Setting, bag: Path, lines: int) -> tuple[Table, Claim]:
    bag_of_long_manifest(bag, lines)
    usage = run(verify_command(bag), codes=(1,), sample_memory=True)
    peak = usage.peak_memory
    row = Row(name=f"{OURS}, {lines:,} lines", runs=(usage,), peak_memory=peak)
    table = Table(
        title="Peak memory for a long manifest; sampled every 50 ms, so this time is not to be compared",
        surroundings=surroundings(setting.space.path),
        rows=(row,),
        comparable=False,
    )
    claim = Claim(
        name=f"memory of verify for a manifest of {lines:,} lines, all processes",
        unit="MB",
        bound=Bound.AT_MOST,
        target=_MEGABYTES_AT_MOST,
        measured=Spread(peak / 1e6, peak / 1e6, peak / 1e6) if peak else None,
        note="" if peak else "no /proc/PID/smaps_rollup here",
    )
    return table, claim
