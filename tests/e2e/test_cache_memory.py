"""max_memory bounds all that the cache holds, and so the process."""
import contextlib
import os
import pathlib
import re

import pytest

from harness.caching import Pages, is_hit, reply, why_not_stored
from harness.program import BINARY
from harness.waiting import eventually

MEBIBYTE = 1 << 20
FOREVER = "max-age=3600"


def is_instrumented():
    return b"__asan_init" in BINARY.read_bytes() or b"__tsan_init" in BINARY.read_bytes()


measured = pytest.mark.skipif(is_instrumented(), reason="sanitizers keep what was freed, and shadows of it")


def resident_bytes(proxy):
    status = open(f"/proc/{proxy.process.pid}/status").read()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def flood(proxy, origin, count, size, **more):
    """So many distinct URLs, each with a body of about `size` bytes."""
    body = os.urandom(size)
    origin.answer = lambda request: reply(body[: size - len(request.target)], FOREVER, **more)
    with proxy.client() as client:
        for number in range(count):
            assert client.get(f"/{size}/{number}").status == 200


@measured
@pytest.mark.parametrize("size, count", [(100, 40000), (10_000, 6000), (300_000, 300)])
def test_a_flood_of_urls_stays_within_it(caching_for, pages, size, count):
    proxy = caching_for(pages, cache="capacity: 1000000, max_memory: 16MiB", top="workers: 2")
    flood(proxy, pages, count, size)
    assert resident_bytes(proxy) <= (16 + 40) * MEBIBYTE


PARTIAL = pathlib.Path("/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/stats/nr_anon_partially_mapped")


@measured
@pytest.mark.skipif(not PARTIAL.exists(), reason="this kernel does not count large pages that are taken in part")
def test_no_memory_stays_taken_behind_what_was_lent_and_has_gone(caching_for, pages):
    """In large pages, whose parts no size of the process counts."""
    before, body = int(PARTIAL.read_text()), os.urandom(200_000)
    pages.answer = lambda request: reply(body, FOREVER)
    proxy = caching_for(pages, cache="capacity: 1000000, max_memory: 32MiB", top="workers: 1")
    with proxy.client() as client:
        for number in range(300):
            for _ in range(34):
                assert len(client.get(f"/{number}").body) == len(body)
    assert int(PARTIAL.read_text()) - before < 8


@measured
@pytest.mark.parametrize("kind", ["lfu", "s3fifo", "tinylfu"])
def test_so_it_does_whatever_goes_first(caching_for, pages, kind):
    proxy = caching_for(pages, cache=f"capacity: 1000000, max_memory: 16MiB, type: {kind}", top="workers: 2")
    flood(proxy, pages, 40000, 100)
    assert resident_bytes(proxy) <= (16 + 40) * MEBIBYTE


@measured
def test_a_flood_of_tags_and_variants_stays_within_it(caching_for, pages):
    proxy = caching_for(pages, cache="capacity: 1000000, max_memory: 16MiB")
    flood(proxy, pages, 5000, 200, Vary="Foo", Cache_Tag=", ".join(f"tag{number}" for number in range(50)))
    assert resident_bytes(proxy) <= (16 + 40) * MEBIBYTE


@measured
def test_uncacheable_urls_cost_nothing_that_grows(caching_for, pages):
    proxy = caching_for(pages, cache="capacity: 1000000, max_memory: 16MiB")
    pages.answer = lambda _: reply(b"x", "no-store")
    with proxy.client() as client:
        for number in range(20000):
            client.get(f"/{number}")
    assert resident_bytes(proxy) <= 40 * MEBIBYTE


@pytest.mark.parametrize("kind", ["lru", "lfu", "s3fifo", "tinylfu"])
def test_what_is_full_goes_on_storing(caching_for, pages, kind):
    """4 MiB, written over several times, under whatever instruments."""
    proxy = caching_for(pages, cache=f"capacity: 100000, max_memory: 4MiB, type: {kind}", top="workers: 2")
    flood(proxy, pages, 120, 100_000)
    flood(proxy, pages, 400, 1000)
    pages.answer = lambda _: reply(b"last", FOREVER)
    proxy.get("/last")
    assert is_hit(proxy.get("/last"))


@measured
def test_what_a_reload_replaced_holds_what_is_read_alone(caching_for, pages):
    """However long one reads that began before it, and however often it is done."""
    proxy = caching_for(pages, cache="capacity: 1000000, max_memory: 48MiB, max_body_size: 16MiB")
    body = os.urandom(12 * MEBIBYTE)
    large, small = reply(body, FOREVER), reply(os.urandom(100_000), FOREVER)
    pages.answer = lambda request: large if request.target == "/large" else small
    with contextlib.ExitStack() as stack:
        readers = []
        for _ in range(3):
            proxy.get("/large")
            readers.append(stack.enter_context(proxy.client()).ask("/large"))
            assert is_hit(readers[-1].read_head())
            for number in range(300):
                proxy.get(f"/{number}")
            assert proxy.control("POST", "/reload").status == 200
        eventually(lambda: resident_bytes(proxy) < (3 * 12 + 40) * MEBIBYTE, "memory that is given back")
        assert all(each.read(len(body)) == body for each in readers)


@measured
def test_what_a_reload_replaced_gives_back_what_was_read_last(caching_for, pages):
    """Though somebody else still reads what it held."""
    proxy = caching_for(pages, cache="capacity: 10, max_memory: 48MiB, max_body_size: 16MiB")
    body = os.urandom(12 * MEBIBYTE)
    pages.answer = lambda _: reply(body, FOREVER)
    with proxy.client() as stays, proxy.client() as goes:
        for client, target in ((stays, "/stays"), (goes, "/goes")):
            proxy.get(target)
            assert is_hit(client.ask(target).read_head())
        assert proxy.control("POST", "/reload").status == 200
        both = resident_bytes(proxy)
        assert goes.read(len(body)) == body
        eventually(lambda: resident_bytes(proxy) < both - 8 * MEBIBYTE, "memory that is given back")
        assert stays.read(len(body)) == body


def test_what_does_not_fit_passes(caching_for, pages):
    proxy = caching_for(pages, cache="capacity: 10, max_memory: 4MiB, max_body_size: 1GiB")
    body = os.urandom(8 * MEBIBYTE)
    chunked = b"".join(b"10000\r\n%s\r\n" % body[at:at + 65536] for at in range(0, len(body), 65536)) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
    known = pages.add(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    unknown = pages.add(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked)
    for target in (known, unknown):
        assert proxy.get(target).body == body
        again = proxy.get(target)
        assert again.body == body and not is_hit(again)
        assert why_not_stored(again) == ("too-large" if target == known else None)  # so nobody else waits for it


def test_what_is_read_slowly_is_not_taken_away(caching_for, pages):
    """An entry that was evicted lives for as long as somebody reads it."""
    proxy = caching_for(pages, cache="capacity: 2, max_memory: 16MiB, max_body_size: 4MiB")
    body = os.urandom(3 * MEBIBYTE)
    large = pages.add(reply(body, FOREVER))
    proxy.get(large)
    with proxy.client() as slow:
        slow.ask(large)
        assert is_hit(slow.read_head())
        for _ in range(6):
            proxy.get(pages.add(reply(os.urandom(2 * MEBIBYTE), FOREVER)))
        assert slow.read(len(body)) == body


@measured
def test_who_reads_slowly_holds_no_more_than_what_is_read(caching_for, pages):
    proxy = caching_for(pages, cache="capacity: 10, max_memory: 64MiB, max_body_size: 16MiB")
    large = pages.add(reply(os.urandom(12 * MEBIBYTE), FOREVER))
    proxy.get(large)
    before = resident_bytes(proxy)
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(proxy.client()).ask(large) for _ in range(30)]
        assert all(is_hit(each.read_head()) for each in slow)
        assert resident_bytes(proxy) - before < 4 * MEBIBYTE
