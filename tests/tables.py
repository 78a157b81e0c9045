"""Tables of what is held, as the command exports them."""

import csv
from pathlib import Path

from tests.changes import Changing


def table(changing: Changing, name: str = "held.csv") -> tuple[Path, list[dict[str, str]]]:
    path = changing.made.folder / name
    changing("list", "--table", str(path))
    with path.open(newline="", encoding="utf-8") as stream:
        return path, list(csv.DictReader(stream))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
