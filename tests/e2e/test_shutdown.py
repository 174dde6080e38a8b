"""SIGTERM and SIGINT drain, a second one ends at once; SIGUSR1 opens log files anew."""
import contextlib
import signal
import time

import pytest

from harness.program import one_service
from harness.waiting import eventually, free_port
from harness.wire import response
from test_reload import refuses
from test_websocket import SWITCHING, UPGRADE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_program_ends_at_once_with_0(minato, echo, number):
    proxy = minato.serving(echo)
    with proxy.client() as idle:
        idle.get()
        proxy.signal(number)
        assert proxy.wait() == 0
        assert idle.ended()


def test_exchanges_in_flight_finish(minato, scripted):
    proxy = minato.serving(scripted)
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        proxy.signal(signal.SIGTERM)
        eventually(lambda: refuses(proxy.port), "the listener to close")
        origin.send(response(b"finished"))
        answer = client.read_response()
        assert answer.text == "finished"
        assert "close" in answer["Connection"]
        assert client.ended()
    assert proxy.wait() == 0


def test_readiness_fails_first_and_listeners_close_after_the_delay(minato, echo):
    proxy = minato.serving(echo, top="drain_delay: 1s")
    assert proxy.control("GET", "/readyz").status == 200
    proxy.signal(signal.SIGTERM)
    eventually(lambda: proxy.control("GET", "/readyz").status == 503, "unreadiness")
    assert proxy.control("GET", "/livez").status == 200
    assert proxy.get("/x").text == "GET /x"
    assert proxy.wait() == 0


def test_the_rest_is_cut_after_the_grace(minato, scripted):
    proxy = minato.serving(scripted, top="shutdown_grace: 500ms\naccess_log: {format: json}")
    with proxy.client() as client:
        client.ask()
        scripted.expect()
        began = time.monotonic()
        proxy.signal(signal.SIGTERM)
        proxy.wait()
        assert time.monotonic() - began >= 0.4
        assert proxy.process.returncode == 0
        assert "shutting_down" in proxy.access.wait_for("GET")


def test_a_second_signal_ends_at_once(minato, scripted):
    proxy = minato.serving(scripted, top="shutdown_grace: 1h\ndrain_delay: 1h")
    with proxy.client() as client:
        client.ask()
        scripted.expect()
        proxy.signal(signal.SIGTERM)
        eventually(lambda: proxy.control("GET", "/readyz").status == 503, "the drain")
        proxy.signal(signal.SIGTERM)
        assert proxy.wait() == 0


@pytest.mark.parametrize("signals", [1, 2], ids=["after the grace", "at the second signal"])
def test_it_ends_while_clients_wait_for_a_slot(minato, scripted, signals):
    grace = "300ms" if signals == 1 else "1h"
    proxy = minato.serving(
        scripted, top=f"workers: 2\nlimits: {{connections: 2}}\nshutdown_grace: {grace}")
    with contextlib.ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(proxy.client()).ask()
        scripted.expect()
        proxy.log.wait_for("connections wait")
        proxy.signal(signal.SIGTERM)
        if signals == 2:
            proxy.log.wait_for("no longer ready")
            proxy.signal(signal.SIGTERM)
        assert proxy.wait() == 0


@pytest.mark.parametrize("delay", ["0s", "500ms"])
def test_a_reload_in_flight_ends_first(minato, echo, delay):
    top = f"workers: 4\ndrain_delay: {delay}"
    proxy = minato.serving(echo, top=top)
    added = free_port()
    proxy.write(one_service(added, echo.url, top=top))
    proxy.signal(signal.SIGHUP)
    proxy.signal(signal.SIGTERM)
    assert proxy.wait() == 0
    assert refuses(proxy.port) and refuses(added)


def test_a_reload_while_it_drains_is_refused(minato, echo):
    proxy = minato.serving(echo, top="drain_delay: 1h")
    proxy.signal(signal.SIGTERM)
    eventually(lambda: proxy.control("GET", "/readyz").status == 503, "the drain")
    refused = proxy.reload(one_service(free_port(), echo.url))
    assert refused.status >= 400
    assert "shutting down" in refused.text
    proxy.signal(signal.SIGHUP)
    said = proxy.log.wait_for("reload", count=2)
    assert "Minato is shutting down" in said
    assert "config.yaml" not in proxy.log.text  # it is not the file's fault
    assert proxy.get("/x").text == "GET /x"
    proxy.signal(signal.SIGTERM)
    assert proxy.wait() == 0


def tunnel_through(proxy, scripted):
    client = proxy.client()
    client.ask("/chat", fields=UPGRADE)
    origin, _ = scripted.expect()
    origin.send(SWITCHING)
    assert client.read_response().status == 101
    return client, origin


def test_a_tunnel_lives_within_the_grace(minato, scripted):
    proxy = minato.serving(scripted, top="shutdown_grace: 1h")
    client, origin = tunnel_through(proxy, scripted)
    proxy.signal(signal.SIGTERM)
    eventually(lambda: refuses(proxy.port), "the listener to close")
    client.send("still")
    assert origin.read(5) == b"still"
    origin.send("here")
    assert client.read(4) == b"here"
    client.close()
    origin.close()
    assert proxy.wait() == 0


def test_a_tunnel_is_cut_after_the_grace(minato, scripted):
    proxy = minato.serving(scripted, top="shutdown_grace: 300ms")
    client, origin = tunnel_through(proxy, scripted)
    proxy.signal(signal.SIGTERM)
    assert proxy.wait() == 0
    assert client.ended() and origin.ended()


@pytest.mark.parametrize("signals", [1, 2], ids=["after the grace", "at the second signal"])
def test_a_body_that_is_cut_is_not_passed_off_as_complete(minato, scripted, signals):
    """To an HTTP/1.0 client the end of the connection is the end of the body: only a reset tells."""
    proxy = minato.serving(scripted, top=f"shutdown_grace: {'300ms' if signals == 1 else '1h'}")
    with proxy.client() as client:
        client.send("GET / HTTP/1.0\r\nHost: app.test\r\n\r\n")
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        assert client.read_head()["Content-Length"] is None
        assert client.read(4) == b"half"
        proxy.signal(signal.SIGTERM)
        if signals == 2:
            eventually(lambda: refuses(proxy.port), "the drain")
            proxy.signal(signal.SIGTERM)
        with pytest.raises(ConnectionResetError):
            client.read_to_end()
    proxy.wait()


def test_the_control_socket_file_goes_with_the_program(minato, echo):
    proxy = minato.serving(echo)
    assert proxy.socket.exists()
    proxy.signal(signal.SIGTERM)
    assert proxy.wait() == 0
    assert not proxy.socket.exists()


def test_log_files_are_opened_anew(minato, folder, echo):
    access, log = folder / "access.log", folder / "minato.log"
    proxy = minato.serving(echo, top=f"access_log: {{output: {access}}}\nlog: {{output: {log}}}")
    proxy.get("/before")
    eventually(lambda: access.exists() and "/before" in access.read_text(), "the first line")
    access.rename(folder / "access.log.1")
    log.rename(folder / "minato.log.1")
    proxy.signal(signal.SIGUSR1)
    eventually(lambda: access.exists() and log.exists(), "new files")
    proxy.get("/after")
    eventually(lambda: "/after" in access.read_text(), "the second line")
    assert "/after" not in (folder / "access.log.1").read_text()


def test_a_port_is_free_again_at_once(minato, echo):
    proxy = minato.serving(echo)
    proxy.get()
    proxy.signal(signal.SIGTERM)
    assert proxy.wait() == 0
    assert minato.serving(echo, port=proxy.port).get("/x").text == "GET /x"
