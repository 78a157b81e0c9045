"""Changes to bytes: few operators, each of which some parser was once wrong about; all chance is given."""

import re
from collections.abc import Callable, Sequence
from random import Random

_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7")
_LINE_ENDS = (b"\n", b"\r", b"\r\n", b"\x0b", b"\x85", "\u2028".encode(), b"")
ODD = (
    b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", "é".encode(), "é".encode(), b"\x1b[31m",
    "\u202e".encode(), b"%0A", b"%25", b"%", b"..", b"/", b"\\", b"~", b"-", b"*", b":", b" ", b"\t", b"\n",
    b"0", b"-1", b"1e999", b"NaN", b"9" * 25, b"9" * 5000, b"[" * 2000, b'{"a":' * 2000, b"(" * 50,
    b'"', b"'",
)  # fmt: skip
_NUMBERS = re.compile(rb"[0-9]+")

Operator = Callable[[Random, bytes, Sequence[bytes]], bytes]


def place(chance: Random, data: bytes) -> int:
    """An offset into the data, or its end."""
    return chance.randint(0, len(data))


def _span(chance: Random, data: bytes) -> tuple[int, int]:
    start = place(chance, data)
    return start, min(len(data), start + 1 + int(chance.expovariate(0.1)))


def turn_bit(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """One bit, the other way."""
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << chance.randrange(8),)) + data[at + 1 :]


def set_bytes(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A few bytes overwritten."""
    start, end = _span(chance, data)
    return data[:start] + chance.randbytes(end - start) + data[end:]


def remove(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A span taken out."""
    start, end = _span(chance, data)
    return data[:start] + data[end:]


def repeat(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A span there several times."""
    start, end = _span(chance, data)
    return data[:end] + data[start:end] * chance.choice((1, 1, 2, 50)) + data[end:]


def cut(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """The end missing."""
    return data[: place(chance, data)]


def put_in(chance: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    """A word of the format, or something odd, put in or written over what was there."""
    word = chance.choice(words or ODD) if chance.random() < 0.6 else chance.choice(ODD)
    start = place(chance, data)
    end = start if chance.random() < 0.6 else min(len(data), start + len(word))
    return data[:start] + word + data[end:]


def exchange_word(chance: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    """One word of the format in place of another."""
    present = [word for word in words if word and word in data]
    if not present:
        return put_in(chance, data, words)
    return data.replace(chance.choice(present), chance.choice(words), chance.choice((1, -1)))


def exchange_number(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """One number by another."""
    found = list(_NUMBERS.finditer(data))
    if not found:
        return data
    start, end = chance.choice(found).span()
    number = chance.choice(
        (b"0", b"1", b"-1", b"007", b"%d" % chance.getrandbits(chance.choice((8, 33, 65))))
    )
    return data[:start] + number + data[end:]


def rearrange_lines(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Lines swapped, doubled, taken out or blanked."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            del lines[one]
        case _:
            lines.insert(other, chance.choice((b"\n", b" \n", b"\t", b"# x\n")))
    return b"".join(lines)


def exchange_line_ends(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Other line ends, everywhere or in one place."""
    return data.replace(b"\n", chance.choice(_LINE_ENDS), chance.choice((1, -1)))


def recode(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """The same text in another encoding."""
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(_ENCODINGS), "replace")


def exchange_case(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Letters of the other case in one span."""
    start, end = _span(chance, data)
    return data[:start] + data[start:end].swapcase() + data[end:]


OPERATORS: tuple[Operator, ...] = (
    turn_bit,
    set_bytes,
    remove,
    repeat,
    cut,
    put_in,
    put_in,
    exchange_word,
    exchange_number,
    rearrange_lines,
    exchange_line_ends,
    recode,
    exchange_case,
)


def mutated(
    chance: Random,
    data: bytes,
    words: Sequence[bytes] = (),
    others: Sequence[bytes] = (),
    operators: Sequence[Operator] = OPERATORS,
) -> bytes:
    """The data after one to six changes; now and then the head of it before the tail of another example."""
    if others and chance.random() < 0.1:
        other = chance.choice(others)
        data = data[: place(chance, data)] + other[place(chance, other) :]
    for _ in range(min(6, 1 + int(chance.expovariate(0.7)))):
        data = chance.choice(operators)(chance, data, words)
    return data
