"""The control socket and admin.listen: HTTP and JSON, problems as RFC 9457 says."""
import json
import os
import signal
import socket
import stat
import subprocess

import pytest

from harness.origin import named
from harness.program import BINARY, Output, one_service
from harness.waiting import TIMEOUT, eventually, free_port
from harness.wire import connect, connect_unix


def test_liveness_and_readiness(minato, echo):
    proxy = minato.serving(echo)
    assert proxy.control("GET", "/livez").status == 200
    assert proxy.control("GET", "/readyz").status == 200


def test_status_tells_listeners_services_and_endpoints(minato, echo):
    proxy = minato.serving(echo)
    proxy.get()
    status = proxy.status()
    assert any(listener["port"] == proxy.port for listener in status["listeners"])
    service = status["services"][0]
    assert service["name"] == "app"
    endpoint = service["endpoints"][0]
    assert endpoint["address"] == f"127.0.0.1:{echo.port}"
    assert endpoint["health"] == "up"
    eventually(lambda: proxy.in_flight(echo) == 0,
               "the exchange to end behind its answer")


@pytest.mark.parametrize("method, target, status", [
    ("GET", "/nothing", 404), ("POST", "/status", 405), ("GET", "/reload", 405), ("DELETE", "/livez", 405)])
def test_errors_are_problem_details(minato, echo, method, target, status):
    answer = minato.serving(echo).control(method, target)
    assert answer.status == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["status"] == status and problem["title"]
    if status == 405:
        assert answer["Allow"]


def test_only_its_owner_may_use_it(minato, echo):
    mode = os.stat(minato.serving(echo).socket).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


def test_a_stale_socket_file_is_replaced(minato, folder, echo):
    path = folder / "stale.sock"
    leftover = socket.socket(socket.AF_UNIX)
    leftover.bind(str(path))
    leftover.close()
    proxy = minato.serving(echo, top=f"control_socket: {path}")
    assert proxy.control("GET", "/livez").status == 200


def test_a_live_socket_is_left_alone_and_does_not_stop_the_start(minato, echo):
    first = minato.serving(echo)
    port = free_port()
    second = minato.serving(echo, port=port, top=f"control_socket: {first.socket}")
    assert second.log.wait_for(str(first.socket))
    assert second.log.wait_for("started: ")
    assert [row["port"] for row in first.status()["listeners"]] == [first.port]
    assert second.get("/x").text == "GET /x"


def test_admin_listens_on_loopback_too(minato, echo):
    admin = free_port()
    minato.serving(echo, top=f"admin: {{listen: \"127.0.0.1:{admin}\"}}")
    with connect(admin) as client:
        assert client.get("/readyz", host="localhost").status == 200
        assert json.loads(client.get("/status", host="localhost").body)["services"]


def test_without_a_token_admin_answers_no_foreign_name_and_no_foreign_page(minato, echo):
    """A name may be pointed at it by anybody (DNS rebinding); a page may post without asking."""
    admin = free_port()
    minato.serving(echo, top=f"admin: {{listen: \"127.0.0.1:{admin}\"}}")
    with connect(admin) as client:
        assert client.get("/status", host="evil.test").status == 421
        assert client.get("/reload", method="POST", host="localhost",
                          fields={"Origin": "http://evil.test"}).status == 403


def test_who_expects_100_gets_it_before_the_body(minato, echo):
    """RFC 9110 10.1.1."""
    with connect_unix(minato.serving(echo).socket) as client:
        client.send(b"POST /reload HTTP/1.1\r\nHost: minato\r\nContent-Length: 2\r\n"
                    b"Expect: 100-continue\r\n\r\n")
        assert client.read_response().status == 100
        client.send(b"{}")
        assert client.read_response().status == 200


def test_admin_asks_for_its_token(minato, folder, echo):
    admin, token = free_port(), folder / "token"
    token.write_text("secret\n")
    minato.serving(echo, top=f"admin: {{listen: \"127.0.0.1:{admin}\", token_file: {token}}}")
    with connect(admin) as client:
        refused = client.get("/status", host="localhost")
        assert refused.status == 401 and refused["WWW-Authenticate"]
        assert client.get("/status", host="localhost",
                          fields={"Authorization": "Bearer wrong!"}).status == 401
        assert client.get("/status", host="localhost",
                          fields={"Authorization": "Bearer secret"}).status == 200


def test_a_reload_over_it_is_accepted_or_refused_with_the_faults(minato, origins):
    proxy = minato.serving(origins(named, "old"))
    new = one_service(proxy.port, origins(named, "new").url)
    assert proxy.reload(new).status == 200
    assert proxy.get().text == "new"
    refused = proxy.reload("workers: many\n" + new.replace("name:", "nmae:"))
    assert refused.status in (400, 422)
    assert "workers" in refused.text and "nmae" in refused.text


def test_a_reload_goes_on_where_who_asked_goes_away(minato, echo):
    proxy = minato.serving(echo)
    for _ in range(20):
        with connect_unix(proxy.socket) as client:
            client.send(b"POST /reload HTTP/1.1\r\nHost: minato\r\nContent-Length: 0\r\n\r\n")
    assert proxy.control("POST", "/reload").status == 200
    assert proxy.status()["reloads"]["accepted"] >= 1


def test_a_reload_is_refused_once_it_shuts_down(minato, echo):
    proxy = minato.serving(echo, top="drain_delay: 1m")
    proxy.signal(signal.SIGTERM)
    eventually(lambda: not proxy.ready(), "readiness to fail")
    refused = proxy.control("POST", "/reload")
    assert refused.status == 422
    assert "shutting down" in refused.text


@pytest.mark.parametrize("way", ["control socket", "TCP"])
def test_who_is_silent_keeps_nobody_out(minato, echo, way):
    admin = free_port()
    proxy = minato.serving(echo, top=f"admin: {{listen: \"127.0.0.1:{admin}\"}}")
    come = {"control socket": lambda: connect_unix(proxy.socket), "TCP": lambda: connect(admin)}[way]
    crowd = [come() for _ in range(200)]
    with come() as probe:
        assert probe.get("/readyz", host="localhost").status == 200
    assert crowd[0].ended()  # the oldest made room
    assert crowd[-1].get("/readyz", host="localhost").status == 200
    assert "connections wait" not in proxy.log.text
    for client in crowd:
        client.close()


def test_without_a_control_socket_there_is_none(minato, folder, echo):
    port = free_port()
    config = folder / "config.yaml"
    config.write_text("control_socket: off\n" + one_service(port, echo.url))
    process = subprocess.Popen([BINARY, "run", "--config", str(config)], cwd=folder, text=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        Output(process.stderr).wait_for("started")
        with connect(port) as client:
            assert client.get("/x").text == "GET /x"
    finally:
        process.terminate()
        assert process.wait(TIMEOUT) == 0
