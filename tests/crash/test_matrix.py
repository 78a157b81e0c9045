"""Every command that writes, with every fault: nothing is harmed, and the same command again completes it."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from archive.cli.frame import cli
from tests.crash.commands import COMMANDS, Trials
from tests.crash.disks import missing_for
from tests.crash.faults import FAULTS, POWER_CUTS, Fault
from tests.crash.matrix import Point, points, require_all, spread, strike_all, whole

STRIDE = 4  # calls between two power cuts in the slow run


def sample(trials: Trials, command: str) -> list[Point]:
    """For the quick run: two kills, and one call for each of two other faults, which differ by command."""
    number = list(COMMANDS).index(command)
    kills = spread(points(trials, command, Fault.KILL), 2, number)
    others = [FAULTS[1 + (number + share * 4) % (len(FAULTS) - 1)] for share in range(2)]
    return kills + [point for fault in others for point in spread(points(trials, command, fault), 1, number)]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_fault_at_a_sample_of_calls_harms_or_loses_anything(trials: Trials, command: str) -> None:
    require_all(strike_all(trials, sample(trials, command), 1))


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_no_fault_at_any_call_harms_or_loses_anything(trials: Trials, command: str) -> None:
    require_all(strike_all(trials, list(whole(trials, command)), 1))


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(POWER_CUTS))
@pytest.mark.parametrize("command", COMMANDS)
def test_a_power_cut_at_every_few_calls_harms_nothing(trials: Trials, command: str, fault: Fault) -> None:
    why = missing_for(fault.removeprefix("power-"))
    if why is not None:
        pytest.skip(why)
    found = points(trials, command, fault)
    require_all(strike_all(trials, [*found[::-STRIDE][::-1]], 1))


# What only reads: not a row of the matrix.
READS = {
    "assess", "catalog verify", "coverage", "help", "history", "ledger check-pack",
    "ledger check-proof", "ledger log", "ledger verify", "key show", "list", "profile list", "profile show",
    "search", "show", "status", "verify",
}  # fmt: skip


def test_every_command_is_a_row_of_the_matrix_or_only_reads() -> None:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        inner = command.list_commands(click.Context(command)) if isinstance(command, click.Group) else []
        for each in [f"{name} {one}" for one in inner] or [name]:
            assert each in READS or any(f"{row} ".startswith(f"{each} ") for row in COMMANDS), each


def test_the_table_of_points_can_be_read_without_striking(tmp_path: Path) -> None:
    words = ["--list", "--command", "catalog rebuild", "--fault", "kill", "--fault", "EMFILE"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    head, row, total = done.stdout.splitlines()
    assert head.split() == ["kill", "EMFILE", "all"]
    assert row.startswith("catalog rebuild ")
    kill, descriptors, both = map(int, row.removeprefix("catalog rebuild ").split())
    assert kill > descriptors > 0
    assert both == kill + descriptors
    assert total.split()[1:] == [str(kill), str(descriptors), str(both)]
