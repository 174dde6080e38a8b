"""Upstreams on Unix sockets: `unix:/path`."""
import socket

from harness.origin import Serving
from harness.waiting import eventually


def test_a_unix_socket_is_an_upstream_like_any_other(minato, folder, origins):
    origin = origins(Serving, family=socket.AF_UNIX, address=str(folder / "origin.sock"))
    proxy = minato.serving(origin)
    with proxy.client() as client:
        assert client.get("/1").text == "GET /1"
        assert client.get("/2").text == "GET /2"
    assert origin.connections == 1


def test_it_is_checked_like_any_other(minato, folder, origins):
    origin = origins(Serving, family=socket.AF_UNIX, address=str(folder / "origin.sock"))
    minato.serving(origin, top="health_check: {interval: 200ms}")
    assert origin.next_request()["User-Agent"] == "minato-health"


def test_a_socket_that_is_not_there_is_a_502_and_then_is_there(minato, folder, origins):
    path = folder / "late.sock"
    proxy = minato.serving(f"unix:{path}")
    assert proxy.get().status in (502, 503)
    origins(Serving, family=socket.AF_UNIX, address=str(path))
    eventually(lambda: proxy.get("/x").status == 200, "the late origin")
