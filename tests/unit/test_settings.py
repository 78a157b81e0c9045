"""archive.toml: whatever stands in it is settings, or is refused by name."""

import pytest

from archive.core.copies import CopyPlace
from archive.core.errors import ConfigurationError
from archive.core.ids import uuid7
from archive.core.promises import Interval, Task
from archive.storage.descriptions.settings import NOTHING_SAID
from archive.storage.settings import Settings, parse, render, with_copy, with_promises

GOOD = render(Settings(archive_id="a", origin="o", key="k", created="c"))


@pytest.mark.parametrize(
    "data",
    [
        b"[archive]\nformat = " + b"9" * 5000,
        b"a = " + b"[" * 100_000,
        b"[archive",
        b"\xff",
        GOOD.replace(b"[ledger]", b"[[ledger]]"),
        GOOD.replace(b'"o"', b"1"),
    ],
    ids=[
        "a number of 5,000 digits",
        "deep",
        "cut off",
        "not UTF-8",
        "a list of tables",
        "a number for a text",
    ],
)
def test_other_bytes_are_a_configuration_error(data: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"archive\.toml"):
        parse(data, "archive.toml")


def test_a_new_file_says_nothing_of_what_its_keeper_adds_later() -> None:
    """The examples in it, of a profile and of defaults, are comments until somebody takes the # away."""
    added = GOOD.replace(b"# profile", b"profile").replace(b"# [accessions", b"[accessions")
    assert parse(added, "archive.toml").description != NOTHING_SAID
    again = parse(render(parse(added, "archive.toml")), "archive.toml")
    assert again == parse(GOOD, "archive.toml")


ONE, OTHER = (CopyPlace(id=uuid7(number, bytes(10)), name="n", path=f"/{number}") for number in (1, 2))


@pytest.mark.parametrize(
    "head", [b"copies = []\n", b'copies = [{id = "%s", path = "/1"}]\n' % ONE.id.encode()]
)
def test_a_place_is_added_to_copies_that_are_written_in_one_line(head: bytes) -> None:
    """Such a file got a `[[copies]]` behind it, which TOML forbids: nothing could read it any more."""
    data = head + GOOD
    before = parse(data, "archive.toml").copies
    assert parse(with_copy(data, OTHER), "archive.toml").copies == (*before, OTHER)
    assert parse(with_copy(with_copy(data, OTHER), ONE), "archive.toml").copies[-1] in {ONE, OTHER}


@pytest.mark.parametrize("head", [b'promises = {audit = "daily"}\n', b'promises.audit = "daily"\n', b""])
def test_promises_take_the_place_of_others_however_they_are_written(head: bytes) -> None:
    written = with_promises(head + GOOD, {Task.COPY: Interval.WEEKLY})
    assert dict(parse(written, "archive.toml").promises) == {Task.COPY: Interval.WEEKLY}
    assert dict(parse(with_promises(written, {}), "archive.toml").promises) == {}
