"""A reload changes what differs and nothing else; a bad file changes nothing."""
import contextlib
import os
import signal
import subprocess
import threading

import pytest

from harness.origin import named
from harness.program import BINARY, Output, one_service
from harness.waiting import TIMEOUT, eventually, free_port
from harness.wire import connect, connect_unix, response
from test_health import endpoint
from test_websocket import SWITCHING, UPGRADE


@pytest.fixture
def pair(origins):
    return origins(named, "old"), origins(named, "new")


def test_sighup_puts_the_file_in_force(minato, pair):
    old, new = pair
    proxy = minato.serving(old)
    proxy.write(one_service(proxy.port, new.url))
    proxy.signal(signal.SIGHUP)
    eventually(lambda: proxy.get().text == "new", "the new origin")


def test_a_bad_file_changes_nothing_and_says_why(minato, pair):
    old, _ = pair
    proxy = minato.serving(old)
    refused = proxy.reload(one_service(proxy.port, old.url).replace("hosts", "hots"))
    assert refused.status in (400, 422)
    assert "problem+json" in refused["Content-Type"]
    assert "hots" in refused.text
    assert proxy.get().text == "old"
    proxy.signal(signal.SIGHUP)
    assert proxy.log.wait_for("hots")
    assert proxy.get().text == "old"


def test_a_pipe_in_the_files_place_holds_nothing_up(minato, echo):
    proxy = minato.serving(echo)
    proxy.file.unlink()
    os.mkfifo(proxy.file)  # and nobody writes into it
    refused = proxy.control("POST", "/reload")
    assert refused.status == 422
    assert "it is a pipe" in refused.text
    assert proxy.ready()


def test_what_was_started_from_a_pipe_says_that_it_cannot_reload(folder, echo):
    port = free_port()
    config, end = os.pipe()
    os.write(end, ("control_socket: off\n" + one_service(port, echo.url)).encode())
    os.close(end)
    process = subprocess.Popen([BINARY, "run", "--config", f"/dev/fd/{config}"], cwd=folder, text=True,
                               pass_fds=[config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    os.close(config)
    try:
        log = Output(process.stderr)
        log.wait_for("every reload will be refused")
        log.wait_for("started")
        process.send_signal(signal.SIGHUP)
        log.wait_for("cannot be read again: it is a pipe")
        with connect(port) as client:
            assert client.get("/x").text == "GET /x"
    finally:
        process.terminate()
        assert process.wait(TIMEOUT) == 0


def test_a_connection_lives_on_and_sees_the_new_configuration(minato, pair):
    old, new = pair
    proxy = minato.serving(old)
    with proxy.client() as client:
        assert client.get().text == "old"
        assert proxy.reload(one_service(proxy.port, new.url)).status == 200
        assert client.get().text == "new"


def test_an_exchange_in_flight_is_not_cut(minato, scripted, origins):
    proxy = minato.serving(scripted)
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
        proxy.reload(one_service(proxy.port, origins(named, "new").url))
        assert proxy.get().text == "new"
        origin.send(b"half")
        assert client.read_response().text == "halfhalf"
        assert client.get().text == "new"


def test_a_tunnel_stays(minato, scripted, origins):
    proxy = minato.serving(scripted)
    with proxy.client() as client:
        client.ask(fields=UPGRADE)
        origin, _ = scripted.expect()
        origin.send(SWITCHING)
        assert client.read_response().status == 101
        proxy.reload(one_service(proxy.port, origins(named, "new").url))
        client.send("still")
        assert origin.read(5) == b"still"
        origin.send("here")
        assert client.read(4) == b"here"


def test_added_ports_listen_and_removed_ports_stop(minato, echo):
    proxy = minato.serving(echo)
    before, after = proxy.port, free_port()
    with proxy.client() as kept:
        kept.get()
        assert proxy.reload(one_service(after, echo.url)).status == 200
        with connect(after) as client:
            assert client.get("/x").text == "GET /x"
        eventually(lambda: refuses(before), "the old port to close")
        assert kept.ended()  # it was idle, and its port is no more


def refuses(port):
    try:
        connect(port).close()
        return False
    except ConnectionRefusedError:
        return True


def on_ports(ports, url, top="workers: 2"):
    """A service on each of `ports`."""
    one = one_service(0, url, top=top).partition("services:\n")
    service = lambda port: one[2].replace("listen_port: 0", f"listen_port: {port}").replace("name: app", f"name: at{port}")
    return one[0] + one[1] + "".join(service(port) for port in ports)


def test_ports_come_and_go_as_often_as_one_likes(minato, echo):
    ports = [free_port() for _ in range(21)]
    one, all_of_them = on_ports(ports[:1], echo.url), on_ports(ports, echo.url)
    proxy = minato(one, ports[0])
    for _ in range(20):
        assert proxy.reload(all_of_them).status == 200
        for port in ports:
            with connect(port) as client:
                assert client.get("/x").text == "GET /x"
        assert proxy.reload(one).status == 200
    for port in ports[1:]:
        eventually(lambda: refuses(port), "the removed port to close")
    assert proxy.get("/x").text == "GET /x"


LIMITED = "workers: 1\nlimits: {connections: 1}"


@contextlib.contextmanager
def queue_of_a_removed_port(proxy, other, url):
    """Who has the one slot, and who waits for it at the port `other`, which a reload then removes."""
    with proxy.client() as client:
        client.get()
        with connect(other) as waiting:
            waiting.ask("/waiting")
            proxy.log.wait_for("connections wait")
            assert proxy.reload(on_ports([proxy.port], url, LIMITED)).status == 200
            yield client, waiting


def test_who_waits_for_a_slot_at_a_removed_port_is_served_first(minato, echo):
    kept, other = free_port(), free_port()
    proxy = minato(on_ports([kept, other], echo.url, LIMITED), kept)
    with queue_of_a_removed_port(proxy, other, echo.url) as (client, waiting):
        assert client.get("/x").text == "GET /x"  # the connection that has the slot stays
        assert waiting.has_nothing()
        client.close()
        assert waiting.read_response().text == "GET /waiting"
        assert waiting.ended()
    eventually(lambda: refuses(other), "the removed port to close")


def test_a_port_that_comes_back_is_one_with_what_still_waits_there(minato, echo):
    kept, other = free_port(), free_port()
    both = on_ports([kept, other], echo.url, LIMITED)
    proxy = minato(both, kept)
    with queue_of_a_removed_port(proxy, other, echo.url) as (client, waiting):
        assert proxy.reload(both).status == 200
        fresh = [connect(other) for _ in range(10)]  # beside an old listener, some would be ignored
        client.close()
        assert waiting.read_response().text == "GET /waiting"
    for each in fresh:
        with each:
            assert each.get("/x").text == "GET /x"


def test_a_refused_reload_opens_no_removed_port_again(minato, echo, scripted):
    kept, other = free_port(), free_port()
    proxy = minato(on_ports([kept, other], echo.url, LIMITED), kept)
    with queue_of_a_removed_port(proxy, other, echo.url) as (client, waiting):
        refused = proxy.reload(on_ports([kept, other, scripted.port], echo.url, LIMITED))
        assert str(scripted.port) in refused.text
        client.close()
        assert waiting.read_response().text == "GET /waiting"
        assert waiting.ended()
    eventually(lambda: refuses(other), "the removed port to close")
    assert proxy.get("/x").text == "GET /x"


def test_exchanges_of_a_removed_port_finish(minato, scripted, origins):
    proxy = minato.serving(scripted)
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        after = free_port()
        assert proxy.reload(one_service(after, origins(named, "new").url)).status == 200
        origin.send(response(b"finished"))
        assert client.read_response().text == "finished"


def test_a_port_that_is_held_refuses_the_reload(minato, echo, scripted):
    proxy = minato.serving(echo)
    refused = proxy.reload(one_service(scripted.port, echo.url))
    assert refused.status >= 400
    assert str(scripted.port) in refused.text
    assert proxy.get("/x").text == "GET /x"


def test_pooled_connections_carry_over(minato, echo):
    proxy = minato.serving(echo, top="workers: 1")
    proxy.get()
    proxy.reload(one_service(proxy.port, echo.url, top="workers: 1\nretries: {attempts: 3}"))
    proxy.get()
    assert echo.connections == 1


def test_health_carries_over(minato, echo):
    dead = free_port()
    top = "health_check: {interval: 300ms}"
    proxy = minato.serving(f"http://127.0.0.1:{dead}", echo, top=top)
    eventually(lambda: endpoint(proxy, dead)["health"] == "down", "down")
    since = endpoint(proxy, dead)["since"]
    proxy.reload(one_service(proxy.port, f"http://127.0.0.1:{dead}", echo.url, top=top + "\nretries: {attempts: 1}"))
    row = endpoint(proxy, dead)
    assert (row["health"], row["since"]) == ("down", since)


def test_a_new_endpoint_is_probed_within_a_second(minato, pair):
    old, new = pair
    top = "health_check: {interval: 1h}"
    proxy = minato.serving(old, top=top)
    proxy.reload(one_service(proxy.port, old.url, new.url, top=top))
    assert new.next_request()["User-Agent"] == "minato-health"


def test_reloads_under_load_cost_no_request(minato, pair):
    old, new = pair
    proxy = minato.serving(old, top="workers: 2")
    stop, failures, served = threading.Event(), [], []

    def client():
        while not stop.is_set():
            with proxy.client() as connection:
                for _ in range(5):
                    answer = connection.get()
                    served.append(answer.text)
                    if answer.status != 200:
                        failures.append(answer)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        config = one_service(proxy.port, (new if number % 2 else old).url, top="workers: 2")
        assert proxy.reload(config).status == 200
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures and {"old", "new"} <= set(served)


def test_keys_that_a_reload_cannot_change_are_said(minato, echo):
    proxy = minato.serving(echo)
    assert proxy.reload(one_service(proxy.port, echo.url, top="dns: {min_ttl: 7s}")).status == 200
    assert "next start" in proxy.log.wait_for("dns.min_ttl")


def test_two_reloads_at_once_both_come_to_an_end(minato, pair):
    old, new = pair
    proxy = minato.serving(old, top="workers: 4")
    proxy.write(one_service(proxy.port, new.url, top="workers: 4"))
    with connect_unix(proxy.socket) as one, connect_unix(proxy.socket) as other:
        one.ask("/reload", method="POST", host="minato")
        other.ask("/reload", method="POST", host="minato")
        proxy.signal(signal.SIGHUP)
        assert one.read_response().status == 200
        assert other.read_response().status == 200
    proxy.log.wait_for("reload.accepted|is in force", count=3)
    assert proxy.get().text == "new"


def test_a_higher_limit_of_connections_lets_in_who_waits(minato, echo):
    proxy = minato.serving(echo, top="limits: {connections: 1}")
    with proxy.client() as first:
        first.get()  # of two that come at once, either may be let in
        with proxy.client() as second:
            second.ask("/x")
            proxy.log.wait_for("limits.connections")
            assert second.has_nothing()
            proxy.reload(one_service(proxy.port, echo.url, top="limits: {connections: 2}"))
            assert second.read_response().text == "GET /x"


def test_trusted_proxies_change(minato, echo):
    proxy = minato.serving(echo)
    claim = {"X-Forwarded-For": "192.0.2.7"}
    with proxy.client() as client:
        client.get(fields=claim)
        assert echo.next_request()["X-Forwarded-For"] == "127.0.0.1"
        proxy.reload(one_service(proxy.port, echo.url, top="trusted_proxies: [127.0.0.1]"))
        client.get(fields=claim)
        assert echo.next_request()["X-Forwarded-For"] == "192.0.2.7, 127.0.0.1"


def test_the_level_of_the_log_changes(minato, echo):
    proxy = minato.serving(echo, top="log: {level: error}")
    proxy.reload(one_service(proxy.port, echo.url, top="log: {level: info}"))
    proxy.log.wait_for("in force")
    proxy.reload(one_service(proxy.port, echo.url, top="log: {level: error}"))
    proxy.write("nonsense")
    proxy.control("POST", "/reload")
    proxy.log.wait_for("stays in force")
    assert len([line for line in proxy.log.lines if "new configuration" in line]) == 1


def test_the_access_log_changes(minato, folder, echo):
    proxy = minato.serving(echo)
    proxy.get("/before")
    proxy.access.wait_for("/before")
    path = folder / "access.log"
    top = f'access_log: {{output: {path}, format: "{{status}} {{target}}"}}'
    proxy.reload(one_service(proxy.port, echo.url, top=top))
    proxy.get("/after")
    eventually(lambda: path.read_text() == "200 /after\n", "the line in the file")
    assert "/after" not in proxy.access.text


def test_the_grace_of_a_shutdown_changes(minato, scripted):
    proxy = minato.serving(scripted, top="shutdown_grace: 1h")
    with proxy.client() as client:
        client.ask()
        scripted.expect()
        proxy.reload(one_service(proxy.port, scripted.url, top="shutdown_grace: 100ms"))
        proxy.signal(signal.SIGTERM)
        assert proxy.wait() == 0
