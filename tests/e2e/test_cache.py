"""What is stored, served and asked for again: the cache as clients and origins see it."""
import pytest

from harness.origin import Serving
from harness.waiting import eventually
from harness.wire import response

CACHE = "cache: {ttl: 300}"


@pytest.fixture
def cached(minato, scripted):
    return minato.serving(scripted, top=CACHE + '\nhealth_check: {type: "off"}')


def test_a_response_is_stored_and_served_again(cached, scripted):
    with cached.client() as client:
        client.ask("/a")
        origin, _ = scripted.expect()
        origin.send(response(b"hello", Cache_Control="max-age=60"))
        first = client.read_response()
        assert first.text == "hello"
        assert first["Cache-Status"] == "Minato; fwd=uri-miss; fwd-status=200; stored"
        again = client.get("/a")
        assert again.text == "hello"
        assert again["Cache-Status"].startswith("Minato; hit; ttl=")
        assert int(again["Age"]) < 20


def test_a_file_without_the_section_has_no_cache(minato, echo):
    proxy = minato.serving(echo)
    assert proxy.get("/a")["Cache-Status"] is None
    proxy.get("/a")
    assert echo.count("/a") == 2


def test_a_response_without_a_date_is_given_one_that_stays(cached, scripted):
    """RFC 9110 6.6.1."""
    with cached.client() as client:
        client.ask("/a")
        origin, _ = scripted.expect()
        origin.send(response(b"x", Cache_Control="max-age=600"))
        date = client.read_response()["Date"]
        later = eventually(lambda: (got := client.get("/a"))["Age"] != "0" and got, "a second to pass")
        assert later["Date"] == date


def test_a_request_without_a_host_passes_by(minato, origins):
    """No URL names what it asks for, and so none could purge it."""
    echo = origins(Serving, lambda _: response(b"x", Cache_Control="max-age=60"))
    proxy = minato.serving(echo, top=CACHE, host="*")
    for _ in range(2):
        with proxy.client() as client:
            client.send("GET /a HTTP/1.0\r\n\r\n")
            answer = client.read_response()
            assert (answer.text, answer["Cache-Status"]) == ("x", None)
    assert echo.count("/a") == 2
