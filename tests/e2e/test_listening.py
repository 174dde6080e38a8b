"""Addresses: dual stack, an address of its own, IPv6 upstreams."""
import socket

import pytest

from harness.origin import Serving
from harness.wire import connect


def ipv6_here():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not ipv6_here(), reason="this machine has no IPv6 loopback")


@needs_ipv6
def test_both_families_are_served_by_one_port(minato, echo):
    proxy = minato.serving(echo)
    for address in ("127.0.0.1", "::1"):
        with proxy.client(address) as client:
            assert client.get("/x").text == "GET /x"


@needs_ipv6
def test_an_ipv4_client_of_a_dual_stack_socket_is_written_as_ipv4(minato, echo):
    proxy = minato.serving(echo, top="trusted_proxies: [127.0.0.0/8]")
    proxy.get("/x", fields={"X-Forwarded-For": "203.0.113.7"})
    request = echo.next_request()
    assert request["X-Forwarded-For"] == "203.0.113.7, 127.0.0.1"
    assert proxy.access.wait_for("/x").startswith("203.0.113.7 ")


@needs_ipv6
def test_an_ipv6_client_is_written_plainly_and_quoted_in_forwarded(minato, echo):
    proxy = minato.serving(echo, top="forwarding: {forwarded: true}")
    with proxy.client("::1") as client:
        client.get("/x")
    request = echo.next_request()
    assert request["X-Forwarded-For"] == "::1"
    assert 'for="[::1]"' in request["Forwarded"].lower()
    assert proxy.access.wait_for("/x").startswith("::1 ")


@needs_ipv6
def test_an_ipv6_upstream(minato, origins):
    origin = origins(Serving, family=socket.AF_INET6)
    assert minato.serving(origin).get("/x").text == "GET /x"


def test_a_listen_address_takes_only_what_comes_there(minato, echo):
    proxy = minato.serving(echo, service="listen_address: 127.0.0.1")
    assert proxy.get("/x").text == "GET /x"
    with pytest.raises(ConnectionRefusedError):
        connect(proxy.port, "127.0.0.2")


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_any_number_of_workers_serves(minato, echo, workers):
    proxy = minato.serving(echo, top=f"workers: {workers}")
    for number in range(2 * workers):
        assert proxy.get(f"/{number}").text == f"GET /{number}"
