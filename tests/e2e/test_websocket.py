"""Upgraded connections (RFC 9110 7.8): websocket becomes a tunnel, everything else is dropped."""
import json

import pytest

from harness.wire import response

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
SWITCHING = (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")


@pytest.fixture
def proxy(minato, scripted):
    return minato.serving(scripted, top="access_log: {format: json}")


@pytest.fixture
def tunnel(proxy, scripted):
    """Both ends of an established tunnel."""
    client = proxy.client()
    client.ask("/chat", fields=UPGRADE)
    origin, request = scripted.expect()
    assert request["Upgrade"] == "websocket"
    assert "upgrade" in request["Connection"].lower()
    assert request["Sec-WebSocket-Key"] == UPGRADE["Sec-WebSocket-Key"]
    origin.send(SWITCHING)
    answer = client.read_response()
    assert answer.status == 101
    assert answer["Upgrade"] == "websocket"
    assert answer["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    yield client, origin
    client.close()


def test_bytes_flow_both_ways_as_they_are(tunnel):
    client, origin = tunnel
    client.send(b"\x81\x05hello\x00\xff")
    assert origin.read(9) == b"\x81\x05hello\x00\xff"
    origin.send(b"GET / HTTP/1.1\r\n\r\n")
    assert client.read(18) == b"GET / HTTP/1.1\r\n\r\n"
    for number in range(100):
        client.send(b"%3d" % number)
        assert origin.read(3) == b"%3d" % number


def test_each_side_may_end_its_direction(tunnel):
    client, origin = tunnel
    client.half_close()
    assert origin.ended()
    origin.send(b"last words")
    assert client.read(10) == b"last words"
    origin.close()
    assert client.ended()


def test_a_reset_ends_the_other_side(tunnel):
    client, origin = tunnel
    origin.reset()
    assert client.ended()


@pytest.mark.parametrize("end, reason", [
    (lambda client, origin: (client.close(), origin.close()), None),
    (lambda client, origin: origin.reset(), "upstream_reset"),
    (lambda client, origin: client.reset(), "client_gone")])
def test_the_access_log_tells_how_it_ended(proxy, tunnel, end, reason):
    end(*tunnel)
    line = json.loads(proxy.access.wait_for("/chat"))
    assert (line["status"], line.get("reason")) == (101, reason)


def test_the_first_bytes_of_both_sides_are_not_lost(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask(fields=UPGRADE).send(b"early client")
        origin, _ = scripted.expect()
        origin.send(SWITCHING + b"early origin")
        assert client.read_response().status == 101
        assert client.read(12) == b"early origin"
        assert origin.read(12) == b"early client"


def test_a_refused_upgrade_goes_on_as_an_ordinary_answer(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask(fields=UPGRADE)
        origin, _ = scripted.expect()
        origin.send(response(b"not here", status="403 Forbidden"))
        answer = client.read_response()
        assert (answer.status, answer.text) == (403, "not here")
        client.ask("/plain")
        request = origin.read_request()
        assert request.target == "/plain" and request["Upgrade"] is None
        origin.send(response(b"ok"))
        assert client.read_response().text == "ok"


@pytest.mark.parametrize("token", ["h2c", "TLS/1.0", "IRC/6.9", "h2c, foo", "WebSocket2"])
def test_other_upgrades_are_dropped(minato, echo, token):
    fields = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": token, "HTTP2-Settings": "AAMAAABk"}
    answer = minato.serving(echo).get("/x", fields=fields)
    assert answer.text == "GET /x"
    request = echo.next_request()
    assert request["Upgrade"] is None and request["HTTP2-Settings"] is None
    assert "upgrade" not in (request["Connection"] or "").lower()


def test_upgrade_that_connection_does_not_name_is_dropped(minato, echo):
    minato.serving(echo).get(fields={"Upgrade": "websocket"})
    assert echo.next_request()["Upgrade"] is None


def test_an_idle_tunnel_is_closed_after_its_own_time(minato, scripted):
    proxy = minato.serving(scripted, top="timeouts: {tunnel_idle: 1s, keep_alive: 1h}")
    with proxy.client() as client:
        client.ask(fields=UPGRADE)
        origin, _ = scripted.expect()
        origin.send(SWITCHING)
        assert client.read_response().status == 101
        assert client.ended()
        assert origin.ended()
