"""Inputs in which one thing stands thousands of times: what takes the square of their length shows.

A swelling is kept as a recipe, not as the bytes that come of it: it is given at growing lengths until a check
of it takes a moment, and then at eight times that length. Time that is in proportion grows by eight, time by
the square by sixty-four.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final, NamedTuple

from tests.fuzz.mutation import ODD, mutated
from tests.fuzz.target import Target

LENGTHS: Final = tuple(2 << shift for shift in range(10, 17))  # bytes: 2 to 128 KiB
FACTOR: Final = 8
MOMENT: Final = 0.1  # seconds of processor time that a length must take before the longer one is compared
LONG: Final = (
    1.0  # seconds that the longer one may take, whatever the shorter one does: laws choose by content
)
TIMES: Final = 24  # the shorter one's time that the longer one may take: thrice what is in proportion


class Swelling(NamedTuple):
    """A token between the parts of an example, as often as the length asks for.

    `numbered` is where in the token a number stands that is another one each time; none where negative.
    """

    head: bytes
    token: bytes
    tail: bytes
    numbered: int

    def bytes_of(self, length: int) -> bytes:
        """The input with so many bytes, about, of tokens."""
        count = length // len(self.token)
        if self.numbered < 0:
            return self.head + self.token * count + self.tail
        before, behind = self.token[: self.numbered], self.token[self.numbered :]
        return self.head + b"".join([b"%b%d%b" % (before, n, behind) for n in range(count)]) + self.tail

    def packed(self) -> bytes:
        """The recipe as bytes."""
        texts = [part.decode("latin-1") for part in (self.head, self.token, self.tail)]
        return json.dumps([*texts, self.numbered]).encode()

    @classmethod
    def unpacked(cls, data: bytes) -> "Swelling":
        """What `packed` packed."""
        *texts, numbered = json.loads(data)
        head, token, tail = (text.encode("latin-1") for text in texts)
        return cls(head, token, tail, numbered)


def swelling(target: Target) -> Target | None:
    """The target with swellings for inputs, given to its own check; None where its inputs are no examples."""
    examples = target.examples
    if examples is None:
        return None

    def draw(chance: Random) -> bytes:
        data = chance.choice(examples())
        if chance.random() < 0.2:  # behind the first mistake other code reads
            data = mutated(chance, data, target.words)
        return _swollen(chance, data, target).packed()

    return replace(target, draw=draw, check=_growth(target.check), examples=None)


def _swollen(chance: Random, data: bytes, target: Target) -> Swelling:
    start, end = _span(chance, data)
    token = data[start:end]
    if not token or chance.random() < 0.3:
        token = chance.choice([*target.words, *ODD])[:64] or b" "
    stays = chance.random() < 0.5
    numbered = chance.randrange(len(token) + 1) if chance.random() < 0.25 else -1
    return Swelling(data[: end if stays else start], token, data[end:], numbered)


def _span(chance: Random, data: bytes) -> tuple[int, int]:
    """One byte, a few, a line with its end, or from one separator to the next of its kind."""
    at = chance.randint(0, len(data))
    match chance.randrange(4):
        case 0:
            return at, at + 1
        case 1:
            return at, at + chance.randint(2, 16)
        case 2:
            start = data.rfind(b"\n", 0, at) + 1
            end = data.find(b"\n", at) + 1
        case _:
            separator = data[at : at + 1]
            start, end = at, data.find(separator, at + 1)
    return (start, end) if start < end <= start + 1024 else (start, start + 8)


def _growth(check: Callable[[bytes], object]) -> Callable[[bytes], object]:
    def growth(data: bytes) -> None:
        swollen = Swelling.unpacked(data)
        shorter = 0.0
        for length in LENGTHS:
            shorter = max(shorter, _spent(check, swollen.bytes_of(length)))
            if shorter > MOMENT:
                break
        longer = _spent(check, swollen.bytes_of(FACTOR * length))
        if longer > max(LONG, TIMES * shorter):
            trouble = AssertionError("more time than in proportion")
            trouble.add_note(f"{longer:.2f} s for {FACTOR * length:,} bytes, {shorter:.3f} s for {length:,}")
            raise trouble

    return growth


def _spent(check: Callable[[bytes], object], data: bytes) -> float:
    began = time.process_time()
    check(data)
    return time.process_time() - began
