"""Addresses: dual stack, an address of its own, IPv6 upstreams."""
import os
import pathlib
import signal
import socket

import pytest

from harness.origin import Serving
from harness.waiting import eventually
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


def tasks(proxy):
    """The threads of the program: each with what /proc tells of it."""
    folders = pathlib.Path(f"/proc/{proxy.process.pid}/task").iterdir()
    return [dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines()
                 if ":\t" in line) for folder in folders]


def workers_of(proxy):
    return sorted(task["Name"] for task in tasks(proxy) if task["Name"].startswith("worker "))


def test_there_are_as_many_worker_threads_as_the_configuration_says(minato, echo):
    proxy = minato.serving(echo, top="workers: 3")
    eventually(lambda: workers_of(proxy) == ["worker 0", "worker 1", "worker 2"], "three workers")


@pytest.mark.parametrize("cpus", [1, len(os.sched_getaffinity(0))])
def test_auto_is_a_worker_for_each_cpu_that_may_be_used(minato, echo, cpus):
    usable = sorted(os.sched_getaffinity(0))[:cpus]
    proxy = minato.serving(echo, top="workers: auto",
                           popen={"preexec_fn": lambda: os.sched_setaffinity(0, usable)})
    eventually(lambda: len(workers_of(proxy)) == cpus, f"{cpus} workers")


def sleeps(proxy):
    """How often each thread went to sleep; nothing while one is awake."""
    now = tasks(proxy)
    if any(not task["State"].startswith("S") for task in now):
        return None
    return [int(task["voluntary_ctxt_switches"]) for task in now]


def test_nothing_wakes_while_nothing_happens(minato, echo):
    proxy = minato.serving(echo, top="workers: 2")
    with proxy.client() as client:
        client.get("/x")
        proxy.access.wait_for("/x")
        before = eventually(lambda: sleeps(proxy) == sleeps(proxy) and sleeps(proxy), "rest")
        assert client.has_nothing(2)
        assert sleeps(proxy) == before


def test_a_burst_waits_in_the_backlog(minato, echo):
    burst = 400
    longest = int(pathlib.Path("/proc/sys/net/core/somaxconn").read_text())
    if longest < burst:
        pytest.skip(f"this machine lets {longest} connections wait")
    proxy = minato.serving(echo, top="workers: 1")
    proxy.signal(signal.SIGSTOP)
    try:
        crowd = [proxy.client() for _ in range(burst)]  # each refused or forgotten one would fail
    finally:
        proxy.signal(signal.SIGCONT)
    for client in crowd:
        client.ask("/x")
    for client in crowd:
        assert client.read_response().text == "GET /x"
        client.close()
