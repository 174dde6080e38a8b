"""Persistent connections and pipelining (RFC 9112 9.3)."""
import pytest

from harness.origin import Serving
from harness.wire import response


def test_a_connection_serves_one_request_after_another(minato, echo):
    with minato.serving(echo).client() as client:
        for number in range(5):
            assert client.get(f"/{number}").text == f"GET /{number}"
    assert echo.connections == 1


def test_pipelined_requests_are_answered_in_order(minato, echo):
    with minato.serving(echo).client() as client:
        for number in range(20):
            client.ask(f"/{number}")
        assert [client.read_response().text for _ in range(20)] == [f"GET /{n}" for n in range(20)]


def test_pipelined_requests_with_bodies_keep_their_bounds(minato, origins):
    origin = origins(Serving, lambda request: response(request.body))
    one = "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 3\r\n\r\nabc"
    two = "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
    with minato.serving(origin).client() as client:
        client.send(one + two + one)
        assert [client.read_response().body for _ in range(3)] == [b"abc", b"de", b"abc"]


def test_a_head_may_arrive_byte_by_byte(minato, echo):
    with minato.serving(echo).client() as client:
        for letter in "GET /slow HTTP/1.1\r\nHost: app.test\r\n\r\n":
            client.send(letter)
        assert client.read_response().text == "GET /slow"


def test_an_empty_line_before_a_request_is_forgiven(minato, echo):
    """RFC 9112 2.2."""
    with minato.serving(echo).client() as client:
        client.send("\r\n").ask("/1")
        assert client.read_response().text == "GET /1"
        client.send("\r\n").ask("/2")
        assert client.read_response().text == "GET /2"


def test_close_is_answered_with_close(minato, echo):
    with minato.serving(echo).client() as client:
        answer = client.get(fields={"Connection": "close"})
        assert answer["Connection"] == "close"
        assert client.ended()


def test_requests_behind_a_close_are_not_served(minato, echo):
    with minato.serving(echo).client() as client:
        client.ask("/1", fields={"Connection": "close"}).ask("/2")
        assert client.read_response().text == "GET /1"
        assert client.ended()
    assert echo.count("/2") == 0


def test_http_1_0_closes_unless_it_asks_to_stay(minato, echo):
    proxy = minato.serving(echo)
    with proxy.client() as client:
        client.send("GET /1 HTTP/1.0\r\nHost: app.test\r\n\r\n")
        assert client.read_response().text == "GET /1"
        assert client.ended()
    with proxy.client() as client:
        client.send("GET /1 HTTP/1.0\r\nHost: app.test\r\nConnection: keep-alive\r\n\r\n")
        answer = client.read_response()
        assert answer["Connection"].lower() == "keep-alive"
        client.send("GET /2 HTTP/1.0\r\nHost: app.test\r\n\r\n")
        assert client.read_response().text == "GET /2"
        assert client.ended()


def test_an_http_1_0_origin_is_understood(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, request = scripted.expect()
        assert request.start == "GET / HTTP/1.1"
        origin.send(b"HTTP/1.0 200 OK\r\n\r\nold but whole")
        origin.close()
        answer = client.read_response()
        assert answer.text == "old but whole"
        assert answer.start.startswith("HTTP/1.1 200")
        # Delimited by chunks here, so that this connection can stay.
        client.ask()
        origin, _ = scripted.expect()
        origin.send(response(b"again"))
        assert client.read_response().text == "again"


def test_a_close_of_the_origin_is_not_the_clients(minato, scripted):
    with minato.serving(scripted).client() as client:
        for number in range(3):
            client.ask()
            origin, _ = scripted.expect()
            origin.send(response(str(number), Connection="close"))
            answer = client.read_response()
            assert answer.text == str(number)
            assert "close" not in (answer["Connection"] or "")


@pytest.mark.parametrize("status", [204, 304])
def test_answers_without_a_body_keep_the_connection(minato, scripted, status):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(f"HTTP/1.1 {status} X\r\nETag: \"a\"\r\n\r\n")
        assert client.read_response().status == status
        client.ask()
        origin.read_request()
        origin.send(response(b"next"))
        assert client.read_response().text == "next"


def test_head_keeps_its_length_and_has_no_body(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask(method="HEAD")
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
        assert client.read_response("HEAD")["Content-Length"] == "1234"
        client.ask()
        origin.read_request()
        origin.send(response(b"next"))
        assert client.read_response().text == "next"


def test_a_client_that_only_half_closes_still_gets_its_answer(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask().half_close()
        origin, _ = scripted.expect()
        origin.send(response(b"for you"))
        assert client.read_response().text == "for you"
        assert client.ended()
