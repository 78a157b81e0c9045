"""Runs targets round robin for a time, and keeps the inputs that broke a law."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.execution import Crash, digest, execute
from tests.fuzz.target import Target

Say = Callable[[str], object]

SLICE = 1.0  # seconds that one target runs before the next has its turn
KEPT = 3  # inputs that are kept of one signature; the others are counted


@dataclass
class Tally:
    """What came of one target; seconds are of processor time, which others on the machine do not lengthen."""

    target: Target
    executions: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    crashes: dict[str, int] = field(default_factory=dict)  # by signature

    def add(self, other: "Tally") -> None:
        """Counts another run of the target in."""
        self.executions += other.executions
        self.seconds += other.seconds
        self.slowest = max(self.slowest, other.slowest)
        for signature, count in other.crashes.items():
            self.crashes[signature] = self.crashes.get(signature, 0) + count


def run(
    targets: Sequence[Target],
    *,
    seed: int,
    seconds: float,
    folder: Path | None,
    say: Say,
) -> list[Tally]:
    """Run the targets in turns until the time is up, or Ctrl-C; inputs that break a law go to the folder."""
    tallies = [Tally(target) for target in targets]
    end = time.monotonic() + seconds
    with contextlib.suppress(KeyboardInterrupt):
        while time.monotonic() < end:
            for tally in tallies:
                until = min(end, time.monotonic() + SLICE)
                while time.monotonic() < until:
                    step(tally, seed, folder, say)
    return tallies


def step(tally: Tally, seed: int, folder: Path | None, say: Say) -> None:
    """One execution, counted."""
    number = tally.executions
    tally.executions += 1
    began = time.process_time()
    data = tally.target.input(seed, number)
    crash = execute(tally.target.check, data)
    spent = time.process_time() - began
    tally.seconds += spent
    tally.slowest = max(tally.slowest, spent)
    if crash is None:
        return
    seen = tally.crashes.get(crash.signature, 0)
    tally.crashes[crash.signature] = seen + 1
    if seen < KEPT:
        kept = "" if folder is None else f", kept as {_keep(folder, tally.target, number, seed, data, crash)}"
        say(f"{tally.target.name} #{number}: {crash.signature}{kept}\n")


def _keep(folder: Path, target: Target, number: int, seed: int, data: bytes, crash: Crash) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{target.name}-{digest(crash.signature)}-{seed}-{number}"
    path.write_bytes(data)
    again = f"python -m tests.fuzz --target {target.name} --again {path}\n\n"
    path.with_suffix(".txt").write_text(again + crash.report, encoding="utf-8", errors="backslashreplace")
    return path


def table(tallies: Sequence[Tally]) -> str:
    """The report: a line for each target, then each place in which a law was broken."""
    rows = [f"{'target':<22}{'executions':>12}{'seconds':>9}{'slowest':>9}{'crashes':>9}\n"]
    for tally in tallies:
        crashes = sum(tally.crashes.values())
        row = f"{tally.target.name:<22}{tally.executions:>12,}{tally.seconds:>9.1f}{tally.slowest:>9.2f}"
        rows.append(f"{row}{crashes:>9,}\n")
    for tally in tallies:
        for signature, count in tally.crashes.items():
            rows.append(f"{tally.target.name}: {count:,} x {signature}\n")
    return "".join(rows)
