"""Data given in pieces, and what was made of it."""

from hypothesis import strategies as st

from archive.core.bagit.manifest_lines import PlainLines


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """The data in blocks of those sizes, the rest in one."""
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


class Kept:
    """Keeps entries as `parse_manifest` does, for comparison."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str]] = []
        self.seen: dict[str, str] = {}

    def add(self, path: str, value: str, number: int) -> bool | None:  # noqa: ARG002
        self.entries.append((path, value))
        known = self.seen.get(path)
        self.seen.setdefault(path, value)
        return None if known is None else known == value

    def add_all(self, lines: PlainLines, first: int) -> list[tuple[int, bool]]:
        width = len(lines.digests) // len(lines.paths)
        values = [lines.digests[start : start + width].hex() for start in range(0, len(lines.digests), width)]
        same = [self.add(path, value, first) for path, value in zip(lines.paths, values, strict=True)]
        return [(index, one) for index, one in enumerate(same) if one is not None]


digest = st.sampled_from(["0" * 32, "f" * 32, "F" * 32, "0" * 31])


end = st.sampled_from(["\n", "\r", "\r\n", "\n\n"])

path_text = st.sampled_from(
    ["data/a", "data/b", "./data/a", "data/%0a", "data/../x", "data/é", "*data/a", "x"]
)

lines = st.lists(st.tuples(digest, st.sampled_from(["  ", " ", "\t", ""]), path_text, end), max_size=8).map(
    lambda rows: "".join(map("".join, rows)).encode()
)
