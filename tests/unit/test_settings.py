"""archive.toml: whatever stands in it is settings, or is refused by name."""

import pytest

from archive.core.errors import ConfigurationError
from archive.storage.settings import Settings, parse, render

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
