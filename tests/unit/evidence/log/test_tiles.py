"""Tiles: published paths, which files a tree has, bundles, and roots and proofs that are read from files."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.evidence.log.merkle import leaf_hash, node_hash, root_of
from openqi.evidence.log.prover import consistency_proof, inclusion_proof, subtree_of
from openqi.evidence.log.tiles import (
    MAX_ENTRY,
    WIDTH,
    Tile,
    encode_bundle,
    levels,
    parse_bundle,
    parse_tile,
    subtree_from_tiles,
    tile_at,
    tiles,
)
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError
from vectors_of import PLACES, figures_of

LEAVES = [leaf_hash(b"%d" % number) for number in range(70_000)]


def files_of(size):
    """All files of hash tiles of a tree: row h has a hash for each complete subtree of 256^h leaves, 256 of them a file."""
    files, row, level = {}, LEAVES[:size], 0
    while row:
        for index in range(-(-len(row) // WIDTH)):
            part = row[index * WIDTH : (index + 1) * WIDTH]
            files[Tile(level=level, index=index, width=len(part)).path] = b"".join(part)
        row = [root_of(row[start : start + WIDTH]) for start in range(0, len(row) - WIDTH + 1, WIDTH)]
        level += 1
    return files


def reader(files):
    def read(path):
        if path not in files:
            raise NotFoundError(path)
        return files[path]

    return read


@pytest.mark.parametrize("place", PLACES)
def test_paths_are_the_published_ones(place):
    figures = figures_of("trust/tile_paths.json", place)
    for case in figures["tile_path"]:
        tile = Tile(level=case["level"], index=case["index"], width=case.get("p") or WIDTH)
        assert tile.path == case["wantPath"]
        assert tile_at(tile.path) == tile
    for case in figures["entries_path_for_index"]:
        index, size = case["seq"] // WIDTH, case["logSize"]
        [path] = [tile.path for tile in tiles(size, -1) if tile.index == index]
        assert path == case["wantPath"]
        assert tile_at(path).level == -1
    example = figures["index_example"]
    assert Tile(level=3, index=example["index"]).path == f"tile/3/{example['path']}"


@pytest.mark.parametrize("place", PLACES)
def test_published_paths_are_read_or_refused(place):
    for case in figures_of("trust/tile_paths.json", place)["parse_level_index_partial"]:
        path = f"tile/{case['pathLevel']}/{case['pathIndex']}"
        if case.get("wantErr"):
            with pytest.raises(FormatError):
                tile_at(path)
        else:
            assert tile_at(path) == Tile(level=case["wantLevel"], index=case["wantIndex"], width=case["wantP"] or WIDTH)


@pytest.mark.parametrize("place", PLACES)
def test_the_tiles_of_the_published_example_tree_are_as_many_and_as_full_as_it_says(place):
    example = figures_of("trust/tile_paths.json", place)["partial_tiles_example"]
    size = example["tree_size"]
    assert levels(size) == 3
    for level in range(3):
        *full, last = tiles(size, level)
        assert all(tile.width == WIDTH for tile in full)
        assert len(full) == example.get(f"level{level}_full", 0)
        assert last.width == example[f"level{level}_partial_width"]


@given(st.integers(-1, 63), st.integers(0, 10**18), st.integers(1, WIDTH))
def test_a_path_names_its_tile(level, index, width):
    tile = Tile(level=level, index=index, width=width)
    assert tile_at(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/-1/000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/100/000",
        "tile/data/000",
        "tile/entries/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/X001/002",
        "tile/0/x001/x002",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/999",
        "tile/0/000.p/1000",
        "tile/0/000.p/-1",
        "tile/0/000.p/1.p/1",
        "tile/0/000.P/1",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/0/../../etc",
        "tile/0/" + "x001/" * 30 + "000",
    ],
)
def test_what_is_no_path_of_a_tile_is_refused(path):
    with pytest.raises(FormatError):
        tile_at(path)


@given(st.text("tile/entris0129x.p-", max_size=30) | st.text(max_size=20))
def test_any_text_is_the_path_that_its_tile_has_or_our_own_error(text):
    for path in (text, "tile/" + text, "tile/0/" + text, "tile/entries/" + text, "tile/1/000.p/" + text):
        try:
            tile = tile_at(path)
        except FormatError:
            continue
        assert tile.path == path
        assert 1 <= tile.width <= WIDTH


@given(st.integers(0, 200_000), st.integers(0, 200_000), st.sampled_from([-1, 0, 1, 2]))
def test_the_tiles_that_changed_are_those_whose_content_grew(size, since, level):
    size, since = max(size, since), min(size, since)

    def filled(leaves):
        row = leaves // WIDTH ** max(level, 0)
        return {index: min(WIDTH, row - index * WIDTH) for index in range(-(-row // WIDTH))}

    now, then = filled(size), filled(since)
    assert {tile.index: tile.width for tile in tiles(size, level, since)} == {i: w for i, w in now.items() if then.get(i) != w}
    assert {tile.index: tile.width for tile in tiles(size, level)} == now


def test_a_tree_has_as_many_levels_as_it_has_rows_of_complete_tiles():
    assert [levels(size) for size in (0, 1, 255, 256, 65_535, 65_536, 256**3)] == [0, 1, 1, 2, 2, 3, 4]


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_a_bundle_gives_its_entries_back_and_any_other_number_is_refused(entries):
    data = encode_bundle(entries)
    assert parse_bundle(data, len(entries)) == entries
    assert len(data) == sum(2 + len(entry) for entry in entries)
    with pytest.raises(FormatError, match=f"ends inside entry {len(entries)} of {len(entries) + 1}"):
        parse_bundle(data, len(entries) + 1)
    if entries:
        with pytest.raises(FormatError, match="follow the last of"):
            parse_bundle(data, len(entries) - 1)
        with pytest.raises(FormatError):
            parse_bundle(data[:-1], len(entries))
    with pytest.raises(FormatError):
        parse_bundle(data + b"\0", len(entries))


def test_the_longest_entry_fits_and_a_longer_one_is_refused():
    assert parse_bundle(encode_bundle([bytes(MAX_ENTRY)]), 1) == [bytes(MAX_ENTRY)]
    assert encode_bundle([b"ab"]) == b"\x00\x02ab"
    with pytest.raises(FormatError, match="65536 bytes; at most 65535"):
        encode_bundle([bytes(MAX_ENTRY + 1)])


@given(st.binary(max_size=100), st.integers(0, 2**60))
def test_any_bytes_are_a_bundle_and_a_tile_that_write_them_or_our_own_error(data, width):
    for count in (width, width % 8, len(data) // 32):
        with suppress(FormatError):
            assert encode_bundle(parse_bundle(data, count)) == data
        with suppress(FormatError):
            assert b"".join(parse_tile(data, count)) == data


def test_a_tile_has_as_many_hashes_as_its_width():
    assert parse_tile(b"".join(LEAVES[:3]), 3) == LEAVES[:3]
    for size, width in ((95, 3), (97, 3), (96, 2), (0, 1)):
        with pytest.raises(FormatError, match=f"{width} hashes has {32 * width} bytes, not {size}"):
            parse_tile(bytes(size), width)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 700, 65_536, 65_537, 69_999])
def test_roots_and_proofs_from_files_are_those_from_memory(size):
    memory, files = subtree_of(LEAVES[:size]), subtree_from_tiles(reader(files_of(size)), size)
    assert files(0, size) == root_of(LEAVES[:size])
    for index in {0, size // 3, size // 2, size - 1, min(255, size - 1)}:
        assert inclusion_proof(index, size, files) == inclusion_proof(index, size, memory)
        assert consistency_proof(index + 1, size, files) == consistency_proof(index + 1, size, memory)


@given(st.integers(1, 1500), st.data())
def test_any_proof_from_files_is_the_one_from_memory_also_with_one_tile_in_memory(size, data):
    index = data.draw(st.integers(0, size - 1))
    files = subtree_from_tiles(reader(files_of(size)), size, keep=1)
    assert inclusion_proof(index, size, files) == inclusion_proof(index, size, subtree_of(LEAVES[:size]))


def test_at_most_as_many_tiles_are_held_as_asked_and_each_is_read_once_while_held():
    asked, files = [], files_of(2000)

    def read(path):
        asked.append(path)
        return files[path]

    subtree = subtree_from_tiles(read, 2000, keep=2)
    for _ in range(3):
        subtree(0, 256)
        subtree(256, 258)
    assert asked == ["tile/1/000.p/7", "tile/0/001"]
    subtree(512, 514)
    subtree(256, 258)
    assert len(asked) == 3
    subtree(0, 256)
    assert len(asked) == 4


def test_a_missing_or_damaged_file_is_told():
    files = files_of(300)
    with pytest.raises(NotFoundError, match=r"tile/0/001\.p/44"):
        subtree_from_tiles(reader({}), 300)(299, 300)
    for damaged in (b"", bytes(32 * 43), bytes(32 * 45), bytes(32 * 44 + 1)):
        with pytest.raises(FormatError):
            subtree_from_tiles(reader(files | {"tile/0/001.p/44": damaged}), 300)(299, 300)
    swapped = files | {"tile/0/001.p/44": files["tile/0/001.p/44"][::-1]}
    assert subtree_from_tiles(reader(swapped), 300)(0, 300) != root_of(LEAVES[:300])


def test_a_node_of_a_tile_is_the_hash_of_its_two_halves():
    subtree = subtree_from_tiles(reader(files_of(512)), 512)
    assert subtree(0, 512) == node_hash(subtree(0, 256), subtree(256, 512))
    assert subtree(4, 6) == node_hash(LEAVES[4], LEAVES[5])


@given(st.dictionaries(st.sampled_from(["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]), st.binary(max_size=70)))
def test_any_files_give_a_hash_or_our_own_error(files):
    with suppress(OpenQIError):
        subtree_from_tiles(reader(files), 300)(0, 300)
