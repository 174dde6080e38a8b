"""Which endpoint serves (one file a policy in the code, one row a policy here)."""
import collections
import queue
import signal
import threading

import pytest

from harness.origin import named
from harness.program import one_service
from harness.waiting import TIMEOUT, eventually, free_port
from harness.wire import response

NAMES = ["a", "b", "c"]


@pytest.fixture
def three(origins):
    return [origins(named, name) for name in NAMES]


@pytest.mark.parametrize("workers", [1, 4])
def test_round_robin_is_exact_for_requests_one_after_another(minato, three, workers):
    proxy = minato.serving(*three, top=f"workers: {workers}", service="balancer: RoundRobin")
    got = [proxy.get().text for _ in range(30)]
    assert got == got[:3] * 10
    assert sorted(got[:3]) == NAMES


def test_round_robin_is_even_over_workers_and_connections(minato, three):
    proxy = minato.serving(*three, top="workers: 4")
    got = []

    def client():
        with proxy.client() as connection:
            got.extend(connection.get().text for _ in range(30))

    threads = [threading.Thread(target=client) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert collections.Counter(got) == {name: 100 for name in NAMES}


@pytest.mark.parametrize("workers", [1, 4])
def test_least_connections_avoids_who_is_busy(minato, origins, scripted, workers):
    quick = origins(named, "quick")
    proxy = minato.serving(scripted, quick, top=f"workers: {workers}",
                           service="balancer: LeastConnections")

    def idle(origin):
        return eventually(lambda: proxy.in_flight(origin) == 0, "the end of an exchange")

    with proxy.client() as held:
        # Ties are broken fairly, so the busy one gets its turn among the first few.
        for _ in range(50):
            held.ask()
            if scripted.hears_before(held):
                break
            assert held.read_response().text == "quick"
        busy = scripted.accept()
        assert [idle(quick) and proxy.get().text for _ in range(10)] == ["quick"] * 10
        busy.read_request()
        busy.send(response(b"done"))
        assert held.read_response().text == "done"


@pytest.mark.parametrize("workers", [1, 4])
def test_least_connections_breaks_ties_fairly(minato, three, workers):
    proxy = minato.serving(*three, top=f"workers: {workers}", service="balancer: LeastConnections")
    counts = collections.Counter(proxy.get().text for _ in range(90))
    assert min(counts[name] for name in NAMES) > 10


def test_connections_to_an_origin_are_pooled(minato, echo):
    proxy = minato.serving(echo, top="workers: 1")
    for _ in range(10):
        proxy.get()
    assert echo.connections == 1


def test_bytes_that_nobody_asked_for_are_no_answer(minato, scripted):
    """Not even where they come when the next request is on its way already."""
    proxy = minato.serving(scripted, top="workers: 1")
    with proxy.client() as client:
        client.ask("/1")
        origin, _ = scripted.expect()
        origin.send(response(b"1"))
        assert client.read_response().text == "1"
        proxy.signal(signal.SIGSTOP)
        eventually(lambda: set(proxy.thread_states()) == {"T"}, "it to stand still")
        client.ask("/2")
        origin.send(response(b"poison"))
        proxy.signal(signal.SIGCONT)
        fresh, request = scripted.expect()
        assert request.target == "/2"
        fresh.send(response(b"2"))
        assert client.read_response().text == "2"


def limited(minato, scripted, most, **extra):
    """Minato before an endpoint that takes `most` exchanges at once."""
    port = free_port()
    config = one_service(port, scripted.url, **extra)
    return minato(config.replace(f"\"{scripted.url}\"", f"\"{scripted.url}\", max_connections: {most}"), port)


def test_max_connections_of_an_endpoint_is_a_ceiling(minato, scripted):
    proxy = limited(minato, scripted, 1)
    with proxy.client() as first:
        first.ask("/held")
        origin, _ = scripted.expect()
        refused = proxy.get("/more")
        assert refused.status == 503
        assert int(refused["Retry-After"]) > 0
        assert "connection_limit_reached" in refused["Proxy-Status"]
        origin.send(response(b"done"))
        assert first.read_response().text == "done"


def test_max_connections_is_exact_over_all_workers(minato, scripted):
    proxy = limited(minato, scripted, 3, top="workers: 4")
    answers = queue.Queue()
    for _ in range(12):
        threading.Thread(target=lambda: answers.put(proxy.get().status), daemon=True).start()
    assert [answers.get(timeout=TIMEOUT) for _ in range(9)] == [503] * 9
    for _ in range(3):
        origin, _ = scripted.expect()
        origin.send(response(b"done"))
    assert [answers.get(timeout=TIMEOUT) for _ in range(3)] == [200] * 3


def test_requests_per_connection_retires_a_connection(minato, echo):
    proxy = minato.serving(echo, top="workers: 1\nupstream_pool: {requests_per_connection: 2}")
    for _ in range(6):
        proxy.get()
    assert echo.connections == 3
