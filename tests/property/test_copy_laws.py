"""The law of copies: what was copied is intact, and no single change of a bag on the copy stays unseen."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.core.copies import CopyForm
from archive.core.expectation import Expectation
from archive.core.outcomes import BagOutcome
from archive.services.audit.judgement import is_intact
from archive.services.copies.batch import look_at
from archive.storage.copies.names import bag_name
from archive.storage.copies.transfer import write_bag
from tests.builders import make_bag
from tests.crash.scenes import in_memory

NAME = "01900000-0000-7000-8000-0123456789ab"
PAYLOADS = st.dictionaries(
    st.sampled_from(["a.txt", "b/c.txt", "ä/ё.txt", "b/" + "long" * 60, "empty"]),
    st.binary(max_size=3000),
    min_size=1,
    max_size=4,
)
FORMS = st.sampled_from(list(CopyForm))


class Made(NamedTuple):
    """A copy of a bag: the folder it lies in, its form, and what the ledger promises of it."""

    folder: Path
    form: CopyForm
    expectation: Expectation

    def outcome(self) -> BagOutcome:
        """What an audit says of it."""
        shard = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return look_at(shard, NAME, self.expectation, self.form).outcome
        finally:
            os.close(shard)

    def files(self) -> list[Path]:
        """The files that it is made of."""
        place = self.folder / bag_name(NAME, self.form)
        return [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def space() -> Iterator[Path]:
    """A folder in memory."""
    with in_memory() as folder:
        yield folder


def make(space: Path, payload: dict[str, bytes], form: CopyForm) -> Made:
    """A bag, copied."""
    for name in ("source", "copy"):
        shutil.rmtree(space / name, ignore_errors=True)
        (space / name).mkdir()
    held = make_bag(space / "source", payload, name=NAME)
    source, target = (os.open(space / name, os.O_RDONLY | os.O_DIRECTORY) for name in ("source", "copy"))
    try:
        most = held.expectation.most_bytes
        reading = write_bag(source, NAME, target, NAME, form, files=len(payload), most_bytes=most)
    finally:
        os.close(source)
        os.close(target)
    assert is_intact(reading, held.expectation)
    return Made(space / "copy", form, held.expectation)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(payload=PAYLOADS, form=FORMS)
def test_what_was_copied_is_intact(space: Path, payload: dict[str, bytes], form: CopyForm) -> None:
    assert make(space, payload, form).outcome() is BagOutcome.INTACT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(payload=PAYLOADS, form=FORMS, data=st.data())
def test_no_change_of_a_byte_of_content_stays_unseen(
    space: Path, payload: dict[str, bytes], form: CopyForm, data: st.DataObject
) -> None:
    made = make(space, payload, form)
    path = data.draw(st.sampled_from([path for path in made.files() if path.stat().st_size]))
    content = bytearray(path.read_bytes())
    if form is CopyForm.TAR:  # of a tar: content of members and their names; times and owners are no evidence
        at = data.draw(st.sampled_from(_telling(bytes(content))))
    else:
        at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    path.chmod(0o644)
    path.write_bytes(content)
    assert made.outcome() is BagOutcome.DAMAGED


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(payload=PAYLOADS, form=FORMS, data=st.data())
def test_no_cut_and_no_addition_stays_unseen(
    space: Path, payload: dict[str, bytes], form: CopyForm, data: st.DataObject
) -> None:
    made = make(space, payload, form)
    path = data.draw(st.sampled_from([path for path in made.files() if path.stat().st_size]))
    content = path.read_bytes()
    path.chmod(0o644)
    if data.draw(st.booleans()):
        path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    else:
        path.write_bytes(content + data.draw(st.binary(min_size=1, max_size=600).filter(any)))
    assert made.outcome() is BagOutcome.DAMAGED


def _telling(tar: bytes) -> list[int]:
    """Offsets of the contents of members: every byte of them is evidence."""
    import io
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(tar)) as opened:
        return [
            member.offset_data + at
            for member in opened.getmembers()
            if member.isreg()
            for at in range(member.size)
        ]
