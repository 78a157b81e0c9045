"""c2sp.org/tlog-tiles: paths, bundles, and the tiles of a growing tree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.ledger import merkle, tiles
from archive.core.ledger.tiles import TilePath, TreeEdge

PATHS = st.builds(
    TilePath, st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, tiles.TILE_WIDTH)
)


@given(PATHS)
def test_a_tile_path_reads_back_as_the_tile(tile: TilePath) -> None:
    assert TilePath.parse(str(tile)) == tile


@given(st.text(alphabet="tile/nrs0123x.p", max_size=30))
def test_a_tile_has_one_spelling(text: str) -> None:
    tile = TilePath.parse(f"tile/{text}")
    assert tile is None or str(tile) == f"tile/{text}"


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (TilePath(0, 1_234_067), "tile/0/x001/x234/067"),  # the example of the specification
        (TilePath(0, 1067, 5), "tile/0/x001/067.p/5"),
        (TilePath(None, 0, 255), "tile/entries/000.p/255"),
        (TilePath(2, 999), "tile/2/999"),
    ],
)
def test_tile_paths_are_those_of_the_specification(tile: TilePath, path: str) -> None:
    assert str(tile) == path


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/x000/067",
        "tile/0/67",
        "tile/00/067",
        "tile/64/000",
        "tile/0/067.p/256",
        "tile/0/067.p/0",
        "tile/0/000\n",
    ],
)
def test_other_spellings_are_no_tiles(path: str) -> None:
    assert TilePath.parse(path) is None


def test_the_tiles_of_a_tree_of_70000_are_those_of_the_specification() -> None:
    assert tiles.level_sizes(70_000) == [70_000, 273, 1]
    assert tiles.edge_tiles(70_000) == [TilePath(0, 273, 112), TilePath(1, 1, 17), TilePath(2, 0, 1)]
    assert tiles.edge_tiles(256) == [TilePath(1, 0, 1)]
    assert sum(width == 256 for _, width in tiles.tile_widths(70_000, 0)) == 273


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_a_bundle_reads_back_as_its_entries(entries: list[bytes]) -> None:
    assert tiles.decode_bundle(tiles.encode_bundle(entries), len(entries)) == (entries, None)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=30), st.data())
def test_a_torn_bundle_gives_its_whole_entries_and_says_so(entries: list[bytes], data: st.DataObject) -> None:
    raw = tiles.encode_bundle(entries)
    cut = data.draw(st.integers(0, len(raw) - 1))
    found, trouble = tiles.decode_bundle(raw[:cut], len(entries))
    assert found == entries[: len(found)]
    assert len(tiles.encode_bundle(found)) <= cut
    assert trouble is not None


def test_bytes_behind_a_bundle_are_trouble() -> None:
    assert tiles.decode_bundle(tiles.encode_bundle([b"a", b"b"]), 1) == (
        [b"a"],
        "3 bytes behind its 1 entries",
    )


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    assert tiles.encode_bundle([bytes(65_535)])[:2] == b"\xff\xff"
    with pytest.raises(ValueError, match="at most 65535 bytes"):
        tiles.encode_bundle([bytes(65_536)])


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_an_edge_that_grows_in_steps_gives_the_tiles_of_the_whole_tree(steps: list[int]) -> None:
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(sum(steps))]
    found: dict[TilePath, bytes] = {}
    edge, done = TreeEdge(), 0
    for step in steps:
        edge = TreeEdge(edge.size, [tiles.split_hashes(row) if row else [] for row in _rows(edge)])
        target = done + step
        while done < target:
            part = leaves[done : min(target, done + edge.room)]
            found |= dict(edge.extend(part))
            done += len(part)
    found |= dict(edge.partial_tiles())
    frontier = merkle.Frontier()
    frontier.extend(leaves)
    assert edge.root() == frontier.root()
    assert found == _expected_tiles(leaves)


def _rows(edge: TreeEdge) -> list[bytes]:
    partial = {tile.level: raw for tile, raw in edge.partial_tiles()}
    return [partial.get(level, b"") for level in range(len(tiles.level_sizes(edge.size)))]


def _expected_tiles(leaves: list[bytes]) -> dict[TilePath, bytes]:
    """Every tile, from the definition: hash i of tile n at level l is MTH of 256**l leaves."""
    expected, row, level = {}, leaves, 0
    while row:
        for start in range(0, len(row), 256):
            part = row[start : start + 256]
            expected[TilePath(level, start // 256, len(part))] = b"".join(part)
        full = [row[start : start + 256] for start in range(0, len(row) - 255, 256)]
        row, level = [merkle.complete_subtree(part) for part in full], level + 1
    return expected


def test_a_large_tree_reaches_the_third_level() -> None:
    edge, leaves = TreeEdge(), [bytes(32)] * 256
    for _ in range(257):
        edge.extend(leaves)
    assert [str(tile) for tile, _ in edge.partial_tiles()] == ["tile/1/001.p/1", "tile/2/000.p/1"]
    subtree = merkle.complete_subtree(leaves)
    whole = merkle.complete_subtree([subtree] * 256)
    assert edge.root() == merkle.node_hash(whole, subtree)
    assert edge.copy().root() == edge.root()


def test_an_edge_of_the_wrong_widths_is_refused() -> None:
    with pytest.raises(ValueError, match="not the partial tiles"):
        TreeEdge(3, [[bytes(32)] * 2])
    with pytest.raises(ValueError, match="room for 256"):
        TreeEdge().extend([bytes(32)] * 257)
