"""Tars with damaged headers, read past them for what is left."""

import contextlib
from hashlib import sha512
from random import Random

from archive.storage.bag_sources.container_file import ContainerFile
from archive.storage.copies.salvaged_tar import SalvagedTar
from tests.containers import BLOCK
from tests.fuzz.mutation import mutated
from tests.fuzz.target import Target
from tests.fuzz.targets.containers import header_changed, summed_again, tars
from tests.fuzz.targets.stored import file_of


def draw(chance: Random) -> bytes:
    """A tar with several changes, most of them in its headers, now and then with another one inside."""
    data = chance.choice(tars())
    if chance.random() < 0.2:
        at = chance.randrange(0, len(data), BLOCK)
        data = data[:at] + chance.choice(tars()) + data[at:]
    for _ in range(chance.choice((1, 1, 2, 5))):
        data = header_changed(chance, data) if chance.random() < 0.7 else mutated(chance, data)
        if chance.random() < 0.2:
            data = summed_again(data)
    return data


def check_salvaged(data: bytes) -> None:
    """What may be a file begins in the tar; where all of it lies there it is found by its digest."""
    with file_of("bag.tar", data) as path, contextlib.closing(SalvagedTar(ContainerFile(str(path)))) as tar:
        for one in list(tar.remnants()):
            assert 0 <= one.offset <= len(data) + BLOCK
            assert 0 <= one.least <= one.most
            content = data[one.offset : one.offset + one.least]
            if len(content) == one.least:
                found = tar.find(sha512(content).hexdigest(), len(data))
                assert found is not None
                assert b"".join(tar.blocks(found)) == content
        assert tar.trouble is None


TARGETS: tuple[Target, ...] = (Target(name="salvaged-tar", family="verify", draw=draw, check=check_salvaged),)
