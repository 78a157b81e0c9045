"""How a copy keeps its bags is told by those that can be listed, where its marker does not say it."""

import os
from pathlib import Path

import pytest

from archive.core.copies import CopyForm
from archive.storage.copies.folder import form_of_bags
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import codes, copy
from tests.refusals import refuse_named
from tests.restoring import lose, restore


@pytest.mark.parametrize("form", CopyForm)
@pytest.mark.parametrize("said", CopyForm)
def test_it_is_that_of_the_bags_in_the_shards_that_can_be_listed(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, form: CopyForm, said: CopyForm
) -> None:
    copy(changing, disk, "--as", form.value)
    shards = os.listdir(disk / "bags")
    assert len(shards) > 1
    for shard in shards:
        with monkeypatch.context() as patch:
            refuse_named(patch, shard)
            assert form_of_bags(disk, said) is form
    with monkeypatch.context() as patch:
        for shard in shards:
            refuse_named(patch, shard)
        assert form_of_bags(disk, said) is said


def test_one_shard_that_storage_refuses_makes_no_other_document_missing(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk, "--as", "tar")
    overwrite(disk / "copy.json", b"rot")
    lose(changing)
    first, *others = os.listdir(disk / "bags")
    lost = len(os.listdir(disk / "bags" / first))
    with monkeypatch.context() as patch:
        refuse_named(patch, first)
        report = restore(changing, disk, code=1, more=("--unreadable",))
    assert report["counts"]["whole"] == sum(len(os.listdir(disk / "bags" / other)) for other in others)
    assert codes(report).count("FIX-BAG-MISSING") <= lost
