"""Every input has a bound and every wait an end (config.md: timeouts, limits)."""
import select
import socket

import pytest

from harness.waiting import TIMEOUT
from harness.wire import response


def test_a_head_that_does_not_come_whole_is_a_408(minato, echo):
    with minato.serving(echo, top="timeouts: {request_header: 300ms}").client() as client:
        client.send("GET / HTTP/1.1\r\nHost: app")
        assert client.read_response().status == 408
        assert client.ended()


def test_trickling_does_not_prolong_the_time_for_a_head(minato, echo):
    with minato.serving(echo, top="timeouts: {request_header: 500ms}").client() as client:
        client.send("GET / HTTP/1.1\r\n")
        client.sock.settimeout(0.1)
        status = None
        for _ in range(100):
            try:
                client.send("X: y\r\n")
                status = client.read_response().status
                break
            except TimeoutError:
                continue
        assert status == 408


def test_an_idle_connection_is_closed_without_a_word(minato, echo):
    with minato.serving(echo, top="timeouts: {keep_alive: 300ms}").client() as client:
        client.get()
        assert client.ended()


def test_a_connection_that_never_asks_is_closed_too(minato, echo):
    top = "timeouts: {keep_alive: 300ms, request_header: 300ms}"
    with minato.serving(echo, top=top).client() as client:
        assert client.read_to_end()[:12] in (b"", b"HTTP/1.1 408")


def test_a_backend_that_does_not_answer_is_a_504(minato, scripted):
    with minato.serving(scripted, service="timeouts: {response_header: 300ms}").client() as client:
        client.ask()
        scripted.expect()
        assert client.read_response().status == 504


def test_a_connect_that_takes_too_long_is_a_504(minato, scripted):
    """A listener whose queue is full drops what asks for a connection."""
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    address = full.getsockname()
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(address)
        fillers.append(filler)
    top = "timeouts: {connect: 300ms}\nretries: {attempts: 0}"
    answer = minato.serving(f"http://127.0.0.1:{address[1]}", top=top).get()
    assert answer.status == 504
    assert "connection_timeout" in answer["Proxy-Status"]
    for each in (*fillers, full):
        each.close()


def test_a_body_of_the_client_that_stands_still_is_a_408(minato, scripted):
    with minato.serving(scripted, top="timeouts: {stream_idle: 300ms}").client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 10\r\n\r\nhalf")
        assert client.read_response().status == 408
        assert client.ended()


def test_a_body_of_the_origin_that_stands_still_is_cut(minato, scripted):
    with minato.serving(scripted, top="timeouts: {stream_idle: 300ms}").client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        assert client.read_to_end().endswith(b"half")


def test_a_client_that_stops_reading_is_given_up(minato, scripted):
    top = "timeouts: {stream_idle: 300ms}\naccess_log: {format: json}"
    proxy = minato.serving(scripted, top=top)
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            origin.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(1000):
                origin.send(b"10000\r\n" + bytes(0x10000) + b"\r\n")
        proxy.access.wait_for("client_too_slow")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(minato, echo):
    proxy = minato.serving(echo, service="limits: {request_body: 10}")
    assert proxy.get("/", method="PUT", body="0123456789").status == 200
    with proxy.client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 11\r\n\r\n")
        assert client.read_response().status == 413


@pytest.mark.parametrize("host, status", [("app.test", 413), ("nowhere.test", 404)])
def test_an_early_answer_can_be_read_by_who_still_sends(minato, echo, host, status):
    """To close a socket with unread bytes in it resets the connection, the answer with it."""
    proxy = minato.serving(echo, service="limits: {request_body: 10}")
    with proxy.client() as client:
        client.send(f"PUT / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000\r\n\r\n")
        client.send(bytes(100_000))
        assert client.read_response().status == status
        for _ in range(8):
            client.send(bytes(100_000))
        assert client.read_to_end() == b""  # in good order: a reset would raise


def test_a_chunked_body_that_grows_too_large_is_refused(minato, scripted):
    with minato.serving(scripted, top="limits: {request_body: 10}").client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send(b"8\r\n01234567\r\n")
        client.send(b"8\r\n01234567\r\n")
        assert client.read_response().status == 413
        assert client.ended()


@pytest.mark.parametrize("trailers", ["X: " + "v" * 9000 + "\r\n", "X: y\r\n" * 70],
                         ids=["size", "count"])
def test_trailers_over_a_limit_are_refused(minato, scripted, trailers):
    with minato.serving(scripted).client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        client.send(trailers + "\r\n")
        assert client.read_response().status == 431
        assert client.ended()


@pytest.mark.parametrize("head, status", [
    ("GET /" + "a" * 600 + " HTTP/1.1\r\nHost: app.test\r\n\r\n", 414),
    ("GET / HTTP/1.1\r\nHost: app.test\r\nX: " + "a" * 5000 + "\r\n\r\n", 431),
    ("GET / HTTP/1.1\r\nHost: app.test\r\n" + "X: y\r\n" * 30 + "\r\n", 431),
    ("GET / HTTP/1.1\r\nHost: app.test\r\nX: " + "a" * 5000, 431),
    ("GET /" + "a" * 5000, 414),
    ("M" * 100 + " / HTTP/1.1\r\nHost: app.test\r\n\r\n", 501),
    ("M" * 5000, 501),
], ids=["target", "field", "count of fields", "field without end", "target without end", "method",
        "method without end"])
def test_a_head_over_a_limit_is_refused(minato, echo, head, status):
    top = "limits: {request_target: 512, request_header_size: 4KiB, request_header_count: 20}"
    with minato.serving(echo, top=top).client() as client:
        client.send(head)
        assert client.read_response().status == status
        assert client.ended()
    assert echo.count() == 0


def test_a_head_up_to_its_limits_is_served(minato, echo):
    proxy = minato.serving(echo)
    target = "/" + "a" * (16 * 1024 - 1)
    fields = {f"X-{number}": "v" * 200 for number in range(150)}
    assert proxy.get(target, fields=fields).text == f"GET {target}"


def test_an_answers_head_over_its_limit_is_a_502(minato, scripted):
    with minato.serving(scripted, top="limits: {response_header_size: 4KiB}").client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(response(b"x", X_Long="a" * 5000))
        answer = client.read_response()
        assert answer.status == 502
        assert "http_response_header" in answer["Proxy-Status"]


@pytest.mark.parametrize("workers", [1, 4])
def test_connections_over_the_limit_wait_their_turn(minato, echo, workers):
    proxy = minato.serving(echo, top=f"limits: {{connections: 2}}\nworkers: {workers}")
    first, second = proxy.client(), proxy.client()
    assert first.get("/1").text == "GET /1"
    assert second.get("/2").text == "GET /2"
    with proxy.client() as third:
        third.ask("/3")
        assert third.has_nothing()
        first.close()
        assert third.read_response().text == "GET /3"
    second.close()


def test_of_a_crowd_no_more_than_the_limit_are_served_at_once_and_all_in_the_end(minato, echo):
    limit = 3
    proxy = minato.serving(echo, top=f"limits: {{connections: {limit}}}\nworkers: 4")
    crowd = [proxy.client().ask("/x") for _ in range(8 * limit)]
    waiting = {client.sock: client for client in crowd}
    while waiting:
        answered, _, _ = select.select(list(waiting), [], [], TIMEOUT)
        assert 0 < len(answered) <= limit
        for sock in answered:
            with waiting.pop(sock) as client:
                assert client.read_response().text == "GET /x"


def test_a_service_may_have_its_own_limits(minato, echo):
    proxy = minato.serving(echo, top="limits: {request_body: 5}", service="limits: {request_body: 50}")
    assert proxy.get("/", method="PUT", body="0123456789").status == 200
