"""Large bodies out of the cache: they are not copied on their way to the client."""
import fcntl
import socket
import struct
import termios

import pytest

from harness.caching import is_hit, reply
from harness.waiting import eventually
from harness.wire import Connection

KIBIBYTE = 1 << 10
FOREVER = "max-age=3600"


def body_of(target, size):
    """Bytes of which none is what another body has in its place."""
    number = int(target.rpartition("/")[2])
    block = bytes((position * 7 + number * 31) % 251 for position in range(251 * 16))
    return (block * (size // len(block) + 1))[:size]


def origin_of(pages, size):
    pages.answer = lambda request: reply(body_of(request.target, size), FOREVER)


def ask_often(client, target):
    """So that it is worth to lend it to the kernel."""
    for _ in range(40):
        client.get(target)


@pytest.mark.parametrize("size", [64 * KIBIBYTE - 1, 64 * KIBIBYTE, 64 * KIBIBYTE + 1, 300_000, 1 << 20, 2_500_000])
def test_a_large_hit_is_what_was_stored(caching_for, pages, size):
    origin_of(pages, size)
    proxy = caching_for(pages, cache="max_body_size: 4MiB")
    with proxy.client() as client:
        assert client.get("/1").body == body_of("/1", size)
        for _ in range(40):
            answer = client.get("/1")
            assert is_hit(answer)
            assert answer.body == body_of("/1", size)


@pytest.mark.parametrize("first, last", [(0, 99_999), (1, 299_999), (4095, 200_000), (100, 150)])
def test_a_range_of_a_large_hit_is_what_was_asked_for(caching_for, pages, first, last):
    origin_of(pages, 300_000)
    proxy = caching_for(pages, cache="max_body_size: 4MiB")
    with proxy.client() as client:
        ask_often(client, "/1")
        answer = client.get("/1", fields={"Range": f"bytes={first}-{last}"})
        assert (answer.status, is_hit(answer)) == (206, True)
        assert answer.body == body_of("/1", 300_000)[first:last + 1]


def bytes_waiting(connection):
    """What the kernel has for it."""
    return struct.unpack("i", fcntl.ioctl(connection.sock, termios.FIONREAD, b"    "))[0]


def patient(port, received):
    """A connection whose kernel takes in about as much as that before anybody reads."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
    sock.connect(("127.0.0.1", port))
    return Connection(sock)


@pytest.mark.parametrize("is_purged", [False, True])
def test_what_is_on_its_way_stays_what_it_was_though_its_memory_is_used_again(caching_for, pages, is_purged):
    size, others = 100_000, 100
    origin_of(pages, size)
    proxy = caching_for(pages, cache="capacity: 1000, max_body_size: 1MiB, max_memory: 4MiB", top="workers: 1")
    with proxy.client() as client, patient(proxy.port, 3 * size) as slow:
        ask_often(client, "/0")
        slow.ask("/0")
        eventually(lambda: bytes_waiting(slow) > size, "all of it is with the client's kernel")
        if is_purged:
            proxy.control("POST", "/cache/purge", body='{"all": true}')
        for number in range(1, others):
            assert client.get(f"/{number}").body == body_of(f"/{number}", size)
        assert not is_hit(client.get("/0"))
        answer = slow.read_response()
        assert is_hit(answer)
        assert answer.body == body_of("/0", size)
