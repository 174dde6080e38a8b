"""Out of descriptors, new connections wait; nothing spins and nothing dies."""
import json
import pathlib
import resource
import time

import pytest

from harness.waiting import eventually
from harness.wire import connect_unix

LIMIT = 64


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_new_connections_wait_for_a_descriptor(minato, echo):
    proxy = minato.serving(echo, top="workers: 1", popen={"preexec_fn": few_descriptors})
    crowd = [proxy.client() for _ in range(2 * LIMIT)]
    for client in crowd:
        client.ask("/x")
    before = cpu_seconds(proxy.process)
    assert crowd[-1].has_nothing(1)
    assert cpu_seconds(proxy.process) - before < 0.5
    served = 0
    for client in crowd:
        assert client.read_response().text == "GET /x"
        client.close()
        served += 1
    assert served == len(crowd)


def test_it_is_said_once_and_not_for_each(minato, echo):
    proxy = minato.serving(echo, top="workers: 1", popen={"preexec_fn": few_descriptors})
    crowd = [proxy.client() for _ in range(2 * LIMIT)]
    crowd[0].get()
    proxy.log.wait_for("connections wait: as many are open as descriptors allow")
    assert len([line for line in proxy.log.lines if "descriptors" in line]) <= 3
    for client in crowd:
        client.close()
    eventually(lambda: proxy.get("/y").text == "GET /y", "service as before")


@pytest.fixture
def exhausted(minato, echo):
    """A Minato without descriptors, as it may have more clients than those; clients in the order in
    which they were taken, and a control connection from before."""
    top = "workers: 1\nlimits: {connections: 100000}\naccess_log: {format: json}"
    proxy = minato.serving(echo, top=top, popen={"preexec_fn": few_descriptors})
    with connect_unix(proxy.socket) as control:
        control.get("/livez", host="minato")
        crowd = [proxy.client() for _ in range(2 * LIMIT)]
        proxy.log.wait_for("no descriptors are left")
        yield proxy, control, crowd
        for client in crowd:
            client.close()


def status_over(control):
    return json.loads(control.get("/status", host="minato").body)


def test_where_none_can_be_accepted_nothing_spins(exhausted):
    proxy, control, crowd = exhausted
    began = time.monotonic()
    failures = lambda: status_over(control)["counters"]["accept_failures"]
    before = failures()
    eventually(lambda: failures() >= before + 3, "further tries")
    tries = failures() - before
    passed = time.monotonic() - began
    assert tries <= 10 * passed + 1
    said = [line for line in proxy.log.lines if "no descriptors are left" in line]
    assert len(said) <= 1 + passed / 10
    for client in crowd[:-1]:
        client.close()
    assert crowd[-1].get("/x").text == "GET /x"


def test_where_no_endpoint_can_be_reached_the_answer_is_503(exhausted, echo):
    proxy, control, crowd = exhausted
    answer = crowd[0].get("/first")
    assert answer.status == 503
    assert "proxy_internal_error" in answer["Proxy-Status"]
    assert json.loads(proxy.access.wait_for("/first"))["reason"] == "out_of_resources"
    proxy.log.wait_for("no descriptors are left for connections to endpoints")
    assert status_over(control)["services"][0]["endpoints"][0]["health"] == "up"
    for client in crowd[1:]:
        client.close()
    eventually(lambda: crowd[0].get("/x").text == "GET /x", "service as before")


def test_the_soft_limit_is_raised_to_the_hard_one(minato, echo):
    def low():
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 500))

    proxy = minato.serving(echo, popen={"preexec_fn": low})
    limits = pathlib.Path(f"/proc/{proxy.process.pid}/limits").read_text()
    row = next(line for line in limits.splitlines() if line.startswith("Max open files"))
    assert row.split()[3:5] == ["500", "500"]
