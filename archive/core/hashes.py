"""Hashes by the names of hashlib: one constructor, also of those that are only compared."""

import hashlib
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final

_FORBIDDEN: Final = frozenset(("md5", "sha1"))  # for security, by some systems (FIPS 140)


@lru_cache
def hash_constructor(name: str) -> Callable[..., Any]:
    """Makes a hash of that name; md5 and sha1 also where a system forbids them for security.

    Here they are held against what somebody stated, and prove nothing.
    """
    plain: Callable[..., Any] = getattr(hashlib, name)
    return partial(plain, usedforsecurity=False) if name in _FORBIDDEN else plain
