"""Storage that does not answer, for what is to be told apart from missing and altered."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest


def refuse(patch: pytest.MonkeyPatch, call: str, place: Path) -> None:
    """Lets a call of `os` fail with EIO at one place, whoever asks and whatever for."""
    really = getattr(os, call)

    def refusing(path: Any, *rest: Any, **options: Any) -> Any:
        if not isinstance(path, int) and os.fsdecode(path) == str(place):
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(place))
        return really(path, *rest, **options)

    patch.setattr(os, call, refusing)
