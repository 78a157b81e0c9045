"""The laws of tests/property, fed with random bytes in place of hypothesis' own choices.

hypothesis offers this as `fuzz_one_input`: the bytes decide what its strategies draw.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from types import ModuleType
from typing import Any

from tests.fuzz.target import Target
from tests.property import (
    test_bagging_laws,
    test_bagit_laws,
    test_description_laws,
    test_edtf_laws,
    test_merkle_laws,
    test_profile_laws,
    test_serialised_bag_laws,
    test_tile_laws,
    test_verify_laws,
    test_xml_laws,
)

_VERIFY = (test_bagit_laws, test_verify_laws, test_serialised_bag_laws, test_profile_laws)
_REST = (
    test_bagging_laws,
    test_description_laws,
    test_edtf_laws,
    test_merkle_laws,
    test_tile_laws,
    test_xml_laws,
)
_LONGEST = 4096  # bytes


def _laws(module: ModuleType) -> Iterator[Callable[[bytes], object]]:
    """The laws of a module that need no fixture."""
    for name, law in sorted(vars(module).items()):
        given: Any = getattr(law, "hypothesis", None)
        if name.startswith("test_") and given is not None and not inspect.signature(law).parameters:
            yield given.fuzz_one_input


def _check(module: ModuleType, data: bytes) -> None:
    """Two bytes choose the law, the others what it is about."""
    laws = list(_laws(module))
    laws[int.from_bytes(data[:2], "big") % len(laws)](data[2:])


def _draw(chance: Random) -> bytes:
    return chance.randbytes(2 + min(_LONGEST, int(chance.expovariate(1 / 300))))


def _target(module: ModuleType, family: str) -> Target:
    name = module.__name__.rpartition(".")[2].removeprefix("test_").replace("_", "-")
    says = (inspect.getdoc(module) or "").partition("\n")[0]
    return Target(name=name, family=family, draw=_draw, check=partial(_check, module), says=says)


TARGETS: tuple[Target, ...] = (
    *(_target(module, "verify") for module in _VERIFY),
    *(_target(module, "rest") for module in _REST),
)
