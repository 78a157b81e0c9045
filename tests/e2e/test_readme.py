"""What README.md tells a newcomer to type works as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

from archive.cli.frame import COMMANDS
from tests.conftest import SEEDS
from tests.e2e.command import TIMEOUT, Command

README = (SEEDS.parent / "README.md").read_text("utf-8")
_ALL = {name for group in COMMANDS.values() for name in group}


def test_the_commands_of_the_readme_work_in_their_order(tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    table = re.search("```csv\n(.*?)```", README, re.DOTALL)
    assert table is not None
    for row in table[1].splitlines()[1:]:
        document = letters / row.partition(",")[0]
        document.parent.mkdir(parents=True, exist_ok=True)
        document.write_text(f"{document.name}\n", "utf-8")
    (letters / "metadata.csv").write_text(table[1], "utf-8")
    lines = re.findall("^    ((?:archive|cd) .*)$", README, re.MULTILINE)
    assert len([line for line in lines if line.startswith("archive ")]) >= 5
    script = "\n".join(["set -e", f'archive() {{ "{sys.executable}" -m archive "$@"; }}', *lines])
    environment = Command(tmp_path / "unused", tmp_path / "keys").environment()
    done = subprocess.run(
        ["sh", "-c", script],
        capture_output=True,
        check=False,
        timeout=TIMEOUT,
        cwd=tmp_path,
        env=environment | {"HOME": str(tmp_path), "PYTHONPATH": str(SEEDS.parent)},
    )
    assert done.returncode == 0, done.stderr.decode()
    said = done.stdout.decode()
    for row in re.findall("^```\n(✓ 17 of 17 .*?)```", README, re.MULTILINE | re.DOTALL):
        shown = row.replace("17 of 17 documents", "2 of 2 documents").splitlines()
        assert [line for line in shown if line not in said.splitlines()] == []
    assert "proven against the checkpoint" in said


def test_the_table_of_the_readme_has_every_command_and_no_other() -> None:
    told: set[str] = set()
    for cell in re.findall(r"^\| (`archive .*?) \|", README, re.MULTILINE):
        first, *others = re.findall("`([^`]*)`", cell)
        group = first.split()[1]
        told |= {group}
        if group not in ("catalog", "key", "ledger", "profile"):  # there the others are their own commands
            told |= {other.split()[0] for other in others}
    assert told == _ALL
