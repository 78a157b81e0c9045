"""What a dead writer left in staging, whatever became of it: an intent, or a folder without one."""

from pathlib import Path

import pytest

from archive.storage import intents
from archive.storage.intents import INTENT, Intent

RUN = "01920000-0000-7000-8000-000000000001"


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, '{"version":1}', '{"a":' * 100_000])
def test_an_intent_that_is_none_is_a_folder_without_one(text: str, tmp_path: Path) -> None:
    folder = tmp_path / RUN
    folder.mkdir()
    (folder / INTENT).write_text(text)
    assert list(intents.unfinished(tmp_path)) == [folder]


@pytest.mark.parametrize("size", ["1e999", "-1e999", '"x"', "null", "[]", "9" * 5000])
def test_an_intent_without_a_size_is_none(size: str, tmp_path: Path) -> None:
    folder = tmp_path / RUN
    folder.mkdir()
    ledger = f'{{"size":{size},"root":""}}'
    (folder / INTENT).write_text(
        f'{{"version":1,"run":"{RUN}","command":"ingest","started":"","ledger":{ledger}}}'
    )
    assert list(intents.unfinished(tmp_path)) == [folder]


@pytest.mark.parametrize("line", ["", "{}", "[" * 100_000, '{"bag":[],"tagmanifest":""}'])
def test_a_list_of_bags_ends_at_the_first_line_that_is_none(line: str, tmp_path: Path) -> None:
    good = f'{{"bag":"{RUN}","tagmanifest":"ab"}}\n'
    (tmp_path / "bags-000001.jsonl").write_text(f"{good}{line}\n{good}")
    intent = Intent(run=RUN, command="ingest", started="", size=0, root="", folder=tmp_path)
    assert [bag.tag_manifest for bag in intent.bags()] == ["ab"]
