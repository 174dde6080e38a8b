"""Streams reach the other side as they come, and memory is bounded whatever their size."""
import socket
import threading

from harness.origin import Serving
from harness.waiting import eventually
from harness.wire import response

MEBIBYTE = 1 << 20
PIECE = b"x" * 65536


def test_server_sent_events_arrive_one_by_one(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask(fields={"Accept": "text/event-stream"})
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\n")
        assert client.read_head().status == 200
        for number in range(5):
            event = b"data: %d\n\n" % number
            origin.send(b"%x\r\n%s\r\n" % (len(event), event))
            assert client.read_chunk() == event


def test_the_head_arrives_before_the_first_byte_of_a_body(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
        assert client.read_head().status == 200
        origin.send(b"abc")
        assert client.read(3) == b"abc"


def test_the_request_head_reaches_the_origin_before_its_body(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 3\r\n\r\n")
        origin = scripted.accept()
        assert origin.read_head().method == "PUT"
        client.send("abc")
        assert origin.read(3) == b"abc"
        origin.send(response())


def small_buffers(connection):
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return connection


def send_until_full(connection):
    """Bytes that the way to a reader who does not read has room for."""
    connection.sock.settimeout(0.5)
    sent = 0
    try:
        while sent < 256 * MEBIBYTE:
            sent += connection.sock.send(PIECE)
    except TimeoutError:
        pass
    return sent


def test_a_slow_client_slows_the_origin_and_costs_no_memory(minato, scripted):
    proxy = minato.serving(scripted)
    with proxy.client() as client:
        small_buffers(client).ask()
        origin, _ = scripted.expect()
        before = proxy.private_bytes()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        assert send_until_full(origin) < 64 * MEBIBYTE
        assert proxy.private_bytes() - before < 2 * MEBIBYTE


def test_a_slow_origin_slows_the_client_and_costs_no_memory(minato, scripted):
    proxy = minato.serving(scripted)
    with proxy.client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 1000000000\r\n\r\n")
        origin = small_buffers(scripted.accept())
        origin.read_head()
        before = proxy.private_bytes()
        assert send_until_full(client) < 64 * MEBIBYTE
        assert proxy.private_bytes() - before < 2 * MEBIBYTE


def test_a_large_body_passes_in_bounded_memory(minato, scripted):
    total = 64 * MEBIBYTE
    proxy = minato.serving(scripted)
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        before = proxy.private_bytes()
        origin.send(f"HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n\r\n")
        sender = threading.Thread(target=lambda: [origin.send(PIECE) for _ in range(total // len(PIECE))])
        sender.start()
        client.read_head()
        received = 0
        while received < total:
            received += len(client.read_some())
        sender.join()
        assert received == total
        # Sanitizers keep what was freed for a while.
        assert proxy.private_bytes() - before < 16 * MEBIBYTE


def test_a_client_that_vanishes_frees_the_origin(minato, scripted):
    proxy = minato.serving(scripted)
    client = proxy.client()
    client.ask()
    origin, _ = scripted.expect()
    origin.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
    client.read_head()
    client.reset()
    assert origin.ended()


def test_a_client_that_vanishes_while_it_waits_frees_the_origin(minato, scripted):
    client = minato.serving(scripted).client()
    client.ask()
    origin, _ = scripted.expect()
    client.reset()
    assert origin.ended()


def test_many_clients_at_once_each_get_their_own(minato, origins):
    origin = origins(Serving, lambda request: response(request.target * 100))
    proxy = minato.serving(origin)
    wrong = []

    def client_of(name):
        with proxy.client() as client:
            for number in range(20):
                target = f"/{name}/{number}"
                if client.get(target).text != target * 100:
                    wrong.append(target)

    threads = [threading.Thread(target=client_of, args=(name,)) for name in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_descriptors_do_not_leak(minato, echo):
    proxy = minato.serving(echo, top="upstream_pool: {idle_per_host: 0}")
    proxy.get()
    eventually(lambda: len(echo.accepted) >= 1, "a first exchange")
    before = proxy.descriptors()
    for _ in range(50):
        proxy.get()
    eventually(lambda: proxy.descriptors() <= before, "descriptors as before")
