"""A target: where its inputs come from, and the laws that hold whatever they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from inspect import getdoc
from random import Random

from tests.fuzz.mutation import OPERATORS, Operator, mutated


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`draw` makes an input from chance alone; `check` raises where the input breaks a law.

    An input is bytes whatever it stands for, so that it can be kept in a file and tried again. `family` is
    `verify` for what judging a bag reads, `descriptions` for what is said of documents, `evidence` for the
    ledger and what people bring to it, `stored` for files of an archive, `rest` for laws of other tests.
    `examples` are well-formed inputs and `words` those of the format, where inputs are made of any.
    """

    name: str
    family: str
    draw: Callable[[Random], bytes]
    check: Callable[[bytes], object]
    says: str = ""
    examples: Callable[[], Sequence[bytes]] | None = None
    words: Sequence[bytes] = ()

    @property
    def law(self) -> str:
        """What holds, in one sentence: what the target says, else the first line of its check."""
        check = self.check.func if isinstance(self.check, partial) else self.check
        return self.says or (getdoc(check) or "").partition("\n")[0]

    def input(self, seed: int, number: int) -> bytes:
        """The input of that number: it depends on nothing that was drawn before."""
        return self.draw(Random(f"{seed} {self.name} {number}"))


def mutating(
    name: str,
    family: str,
    check: Callable[[bytes], object],
    *,
    examples: Callable[[], Sequence[bytes]],
    words: Sequence[bytes] = (),
    operators: Sequence[Operator] = OPERATORS,
    says: str = "",
) -> Target:
    """A target whose inputs are well-formed examples, changed."""
    made = cache(lambda: tuple(examples()))

    def draw(chance: Random) -> bytes:
        return mutated(chance, chance.choice(made()), words, made(), operators)

    return Target(name=name, family=family, draw=draw, check=check, says=says, examples=made, words=words)
