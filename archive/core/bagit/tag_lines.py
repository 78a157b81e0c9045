"""A tag file as the lines it is written in, so that one tag can be changed and every other byte kept."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from archive.core.bagit.encoding import TextEncoder
from archive.core.bagit.lines import byte_order, mark_of_new
from archive.core.bagit.tagfile import Tag, parse_tag_file, plain_value, render_tag_file
from archive.core.bagit.versions import V0_97

_BLANK: Final = " \t"
_MARK: Final = "\ufeff"
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class TagEditError(ValueError):
    """The file cannot be edited so; says why."""


@dataclass(slots=True)
class _Block:
    """The lines of one tag, with their ends; those before the first tag, and blank ones, have no label."""

    label: str | None
    lines: list[str] = field(default_factory=list)

    def named(self, label: str) -> bool:
        return self.label is not None and self.label.lower() == label.lower()


class TagLines:
    """The lines of bag-info.txt, edited in place: order, repetition, folding and spelling of others stay."""

    def __init__(self, data: bytes, *, encoding: str = "utf-8") -> None:
        """`encoding` is a codec of the allow-list of declarations.

        Raises TagEditError where the bytes could not be written back as they are.
        """
        self._codec, mark = byte_order(encoding, data[:4] or mark_of_new(encoding))
        try:
            text = data.decode(self._codec, self._errors)
            same = text.encode(self._codec, self._errors) == data
        except UnicodeError:
            same = False
        if not same:
            raise TagEditError(f"is not plain {encoding}: its lines cannot be kept byte for byte")
        # A reader takes off the mark that says the order of bytes, and one more.
        bare = text.removeprefix(_MARK)
        bare = bare.removeprefix(_MARK) if mark else bare
        self._mark = text[: len(text) - len(bare)] or (_MARK if mark else "")
        self._holds_nothing = not data
        self._blocks = _blocks(_LINE.findall(bare))
        first = next((line for block in self._blocks for line in block.lines), "\n")
        self._end = first[len(first.rstrip("\r\n")) :] or "\n"

    @property
    def _errors(self) -> str:
        return "surrogateescape" if self._codec == "utf-8" else "strict"

    def set(self, label: str, value: str) -> None:
        """Gives the tag that value and no other: in the place of its first line, else at the end."""
        found = [block for block in self._blocks if block.named(label)]
        if not found:
            self.add(label, value)
            return
        first = found[0]
        self._blocks = [block for block in self._blocks if block is first or not block.named(label)]
        if _value(first.lines) != plain_value(value) or first.label != label:
            whole = first.lines[-1]
            end = whole[len(whole.rstrip("\r\n")) :]
            first.label, first.lines = label, self._rendered(label, value, end)

    def add(self, label: str, value: str) -> None:
        """Adds a line at the end, whether or not the tag is there already."""
        if self._blocks and not self._blocks[-1].lines[-1].endswith(("\r", "\n")):
            self._blocks[-1].lines[-1] += self._end
        self._blocks.append(_Block(label, self._rendered(label, value, self._end)))

    def remove(self, label: str) -> None:
        """Removes every line of the tag; TagEditError where there is none."""
        kept = [block for block in self._blocks if not block.named(label)]
        if len(kept) == len(self._blocks):
            raise TagEditError(f"has no tag {label}")
        self._blocks = kept

    def values(self, label: str) -> list[str]:
        """Every value of a label, in order, that is not too long to be read."""
        values = [_value(block.lines) for block in self._blocks if block.named(label)]
        return [value for value in values if value is not None]

    def render(self) -> bytes:
        """The bytes of the file; TagEditError where a new value cannot be written in its encoding."""
        if self._holds_nothing and not self._blocks:
            return b""
        text = self._mark + "".join(line for block in self._blocks for line in block.lines)
        if self._codec == "utf-8":
            return text.encode(self._codec, self._errors)
        try:
            return TextEncoder(self._codec).encode(text, final=True)
        except UnicodeEncodeError as trouble:
            raise TagEditError(
                f"is {self._codec}, which has no {trouble.object[trouble.start]!r}: bring it to 1.0 first"
            ) from trouble

    def upgrade(self) -> None:
        """From here on UTF-8 without a mark, and colons as 1.0 wants them; other characters stay."""
        self._codec, self._mark = "utf-8", ""
        for block in self._blocks:
            if block.label is not None:
                label, _, value = block.lines[0].partition(":")
                if label != block.label or (value.strip() and value[0] not in _BLANK):
                    block.lines[0] = f"{block.label}: {value.lstrip(_BLANK)}"

    def _rendered(self, label: str, value: str, end: str) -> list[str]:
        """The lines of a new tag; all but the last end as the file's lines do."""
        lines = render_tag_file([(label, value)]).decode().split("\n")[:-1]
        return [line + self._end for line in lines[:-1]] + [lines[-1] + end]


def edited(
    data: bytes,
    *,
    encoding: str,
    removed: Iterable[str] = (),
    changed: Sequence[Tag] = (),
    added: Sequence[Tag] = (),
    upgrade: bool = False,
) -> bytes:
    """The bytes with labels removed, then tags set, then tags added; TagEditError says what cannot be.

    A tag that is set twice in one go keeps the last value.
    """
    lines = TagLines(data, encoding=encoding)
    if upgrade:
        lines.upgrade()
    for label in removed:
        lines.remove(label)
    for label, value in changed:
        lines.set(label, value)
    for label, value in added:
        lines.add(label, value)
    return lines.render()


def _blocks(lines: Iterable[str]) -> list[_Block]:
    blocks: list[_Block] = []
    for line in lines:
        bare = line.rstrip("\r\n")
        if bare[:1] in _BLANK and bare and blocks:
            # Blank lines between a tag and its continuation belong to the tag.
            place = len(blocks) - 1
            while place and blocks[place].label is None:
                place -= 1
            for blank in blocks[place + 1 :]:
                blocks[place].lines += blank.lines
            del blocks[place + 1 :]
            blocks[place].lines.append(line)
            continue
        label, colon, _ = bare.partition(":")
        is_tag = colon and label.strip(_BLANK) and label[0] not in _BLANK
        blocks.append(_Block(label.strip(_BLANK) if is_tag else None, [line]))
    return blocks


def _value(lines: Sequence[str]) -> str | None:
    """The value of the one tag that the lines hold; None where they are longer than any that is read."""
    data = "".join(lines).encode("utf-8", "surrogateescape")
    tags = parse_tag_file(data, name="", version=V0_97).tags
    return tags[0][1] if tags else None
