"""What anybody may read of the log over HTTP, in the encodings of C2SP tlog-tiles; followed to the end by a client."""

import pytest
from django.test import Client

from guitu.ledger import proving
from guitu.ledger.log import checkpoints, following, tiles
from tests.ledger.test_the_log import LOG, act, grow
from tests.ledger.test_witnessing import act_more


def fetching(client: Client):
    """Reads as a follower does."""

    def fetch(path: str) -> bytes:
        answer = client.get(f"/log/{path}")
        assert answer.status_code == 200, path
        return answer.content

    return fetch


def test_checkpoint_and_tiles_are_served_and_can_be_followed(house) -> None:
    client = Client()
    assert client.get("/log/checkpoint").status_code == 404
    act(house, 3)
    grow()
    answer = client.get("/log/checkpoint")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/plain; charset=utf-8", "no-cache")
    size = checkpoints.opened(answer.content.decode(), LOG)[0].size
    tile = client.get(f"/log/{tiles.path(0, 0, size)}")
    assert (tile.status_code, tile["Content-Type"], len(tile.content)) == (200, "application/octet-stream", size * 32)
    assert "immutable" in tile["Cache-Control"]
    assert not tile.cookies
    first = following.follow(fetching(client), LOG, last=None)
    act_more(house)
    grow()
    assert client.get(f"/log/{tiles.path(0, 0, size)}").content == tile.content  # a tile of one width never changes
    assert following.follow(fetching(client), LOG, last=first.note).outcome == "GROWN"
    for beyond in (tiles.path(0, 0), tiles.path(0, 1, 1), tiles.path(1, 0, 1), tiles.path("entries", 0, size)):
        assert client.get(f"/log/{beyond}").status_code == 404, beyond
    for address in ("/log/checkpoint", f"/log/{tiles.path(0, 0, size)}"):
        assert client.post(address).status_code == 405
        assert client.head(address).status_code == 200


def test_full_tiles_and_those_above_them_are_served(house) -> None:
    leaves = [bytes([place % 251]) * 32 for place in range(600)]
    stored = tiles.appended(0, {}, leaves)
    with house.role("guitu_owner") as door:
        for (level, index), hashes in stored.items():
            door.execute("INSERT INTO ledger_tile (level, index, hashes) VALUES (%s, %s, %s)", (level, index, hashes))
    client = Client()
    for level, index, width in ((0, 0, 256), (0, 1, 256), (0, 2, 88), (0, 1, 7), (1, 0, 2), (1, 0, 1)):
        answer = client.get(f"/log/{tiles.path(level, index, width)}")
        assert answer.content == stored[level, index][: width * 32]
    assert proving.published_tile(0, 2, 89) is None


NO_PLACES = "0/0 0/0000 00/000 64/000 0/x000/000 0/001.p/0 0/001.p/256 0/001.p/01 0/1x2 -1/000 0/001/ 0/x01/067 0/001.p"
NO_PLACES += " 0/001.p/ entries/000 ٠/000 0/x999/x999/x999/x999/x999/x999/999"


@pytest.mark.parametrize("place", NO_PLACES.split())
def test_what_is_no_place_of_a_tile_is_refused(place: str) -> None:
    assert tiles.read_path(place) is None


@pytest.mark.parametrize("place", [(0, 0, 256), (1, 273, 17), (0, 1234067, 256), (63, 999_999_999, 1), (5, 1000, 255)])
def test_a_place_is_read_as_it_is_written(place: tuple[int, int, int]) -> None:
    assert tiles.read_path(tiles.path(*place).removeprefix("tile/")) == place
