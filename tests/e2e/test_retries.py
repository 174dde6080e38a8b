"""What is safe to repeat is repeated, what is not is never sent twice (RFC 9110 9.2.2)."""
import pytest

from harness.origin import Serving, named
from harness.waiting import free_port
from harness.wire import response

DEAD = "http://127.0.0.1:{}"
STUBBORN = 'health_check: {type: "off", fall: 100}'


def dead():
    """A URL where no one listens."""
    return DEAD.format(free_port())


def test_a_refused_connection_costs_no_request(minato, echo):
    proxy = minato.serving(dead(), echo, top=STUBBORN)
    for number in range(10):
        assert proxy.get(f"/{number}").text == f"GET /{number}"


def test_a_killed_backend_costs_no_get(minato, origins):
    first, second = origins(named, "first"), origins(named, "second")
    proxy = minato.serving(first, second)
    with proxy.client() as client:
        assert {client.get().text for _ in range(4)} == {"first", "second"}
        first.close()
        assert [client.get().text for _ in range(6)] == ["second"] * 6


@pytest.mark.parametrize("failure", ["close", "reset"])
def test_a_get_goes_to_the_next_endpoint_when_its_connection_fails(minato, origins, echo, failure):
    bad = origins()
    with minato.serving(bad, echo, top=STUBBORN).client() as client:
        for _ in range(2):  # whichever the first of the rotation is
            client.ask("/x")
            if bad.hears_before(client):
                getattr(bad.accept(), failure)()
            assert client.read_response().text == "GET /x"


def test_a_lone_endpoint_is_asked_again(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask("/x")
        first, _ = scripted.expect()
        first.close()
        second, request = scripted.expect()
        assert request.target == "/x"
        second.send(response(b"at last"))
        assert client.read_response().text == "at last"


def test_tries_are_counted(minato, scripted):
    with minato.serving(scripted, top="retries: {attempts: 2}").client() as client:
        client.ask()
        for _ in range(3):
            scripted.expect()[0].close()
        assert client.read_response().status == 502
        assert scripted.hears_nothing()


def test_no_further_try_where_none_is_allowed(minato, scripted):
    with minato.serving(scripted, top="retries: {attempts: 0}").client() as client:
        client.ask()
        scripted.expect()[0].close()
        assert client.read_response().status == 502
        assert scripted.hears_nothing()


def test_an_idle_connection_that_the_origin_closed_costs_nothing(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask("/1")
        first, _ = scripted.expect()
        first.send(response(b"one"))
        assert client.read_response().text == "one"
        first.close()
        client.ask("/2")
        second, request = scripted.expect()
        second.send(response(b"two"))
        assert request.target == "/2"
        assert client.read_response().text == "two"


def test_a_reused_connection_that_dies_under_a_get_is_replaced(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask("/1")
        first, _ = scripted.expect()
        first.send(response(b"one"))
        client.read_response()
        client.ask("/2")
        first.read_request()
        first.reset()
        second, request = scripted.expect()
        assert request.target == "/2"
        second.send(response(b"two"))
        assert client.read_response().text == "two"


def test_a_post_whose_bytes_were_seen_is_never_sent_twice(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask("/pay", method="POST", body="once")
        origin, request = scripted.expect()
        assert request.body == b"once"
        origin.close()
        assert client.read_response().status == 502
        assert scripted.hears_nothing()


def test_a_post_that_no_one_took_goes_to_the_next(minato, echo):
    """A refused connection has seen nothing."""
    proxy = minato.serving(dead(), echo, top=STUBBORN)
    for _ in range(4):
        assert proxy.get("/pay", method="POST", body="once").text == "POST /pay"
    assert echo.count("/pay") == 4


def test_nothing_is_repeated_once_an_answer_began(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Le")
        origin.close()
        assert client.read_response().status == 502
        assert scripted.hears_nothing()


def test_nothing_is_repeated_after_a_timeout_of_the_head(minato, scripted):
    with minato.serving(scripted, top="timeouts: {response_header: 300ms}").client() as client:
        client.ask()
        scripted.expect()
        answer = client.read_response()
        assert answer.status == 504
        assert "http_response_timeout" in answer["Proxy-Status"]
        assert scripted.hears_nothing()


def test_what_an_origin_answers_is_not_repeated(minato, origins):
    origin = origins(Serving, lambda _: response(b"broken", status="500 Oops"))
    answer = minato.serving(origin).get()
    assert (answer.status, answer.text) == (500, "broken")
    assert origin.count() == 1


def test_keep_alive_timeout_of_the_origin_is_heeded(minato, scripted):
    """A connection that its origin keeps for a second is not used after it."""
    with minato.serving(scripted).client() as client:
        client.ask()
        first, _ = scripted.expect()
        first.send(response(b"one", Keep_Alive="timeout=1"))
        client.read_response()
        assert first.ended()
