"""Endpoints that are checked, taken out of rotation and brought back."""
import queue
import threading
import time

import pytest

from harness.origin import Serving, named
from harness.program import one_service
from harness.waiting import eventually, free_port
from harness.wire import response

QUICK = "health_check: {interval: 200ms, timeout: 1s}"


class Patient(Serving):
    """An origin whose health can be changed while it runs."""

    def __init__(self, name):
        self.healthy = True
        super().__init__(self._answer)
        self.name = name

    def _answer(self, request):
        if request["User-Agent"] == "minato-health" and not self.healthy:
            return response(status="500 Ill")
        return response(self.name)


def endpoint(proxy, port):
    """What the control socket says of the endpoint at `port`."""
    for service in proxy.status()["services"]:
        for each in service["endpoints"]:
            if each["address"].endswith(f":{port}"):
                return each
    raise AssertionError(f"no endpoint at port {port}: {proxy.status()}")


def wait_until(proxy, origin, health):
    eventually(lambda: endpoint(proxy, origin.port)["health"] == health, f"{origin.port} {health}")


def test_an_endpoint_starts_as_up(minato, echo):
    proxy = minato.serving(echo, top="health_check: {interval: 1h}")
    assert endpoint(proxy, echo.port)["health"] == "up"


def test_the_first_probe_comes_within_a_second(minato, echo):
    began = time.monotonic()
    minato.serving(echo, top="health_check: {interval: 1h}")
    probe = echo.next_request()
    # The start itself takes time too, under sanitizers most of all.
    assert time.monotonic() - began < 4
    assert probe["User-Agent"] == "minato-health"
    assert probe["Host"] == f"127.0.0.1:{echo.port}"
    assert (probe.method, probe.target) == ("GET", "/")


def test_the_probe_asks_for_the_health_uri_below_the_base_path(minato, echo):
    port = free_port()
    config = one_service(port, f"{echo.url}/base", top=QUICK)
    minato(config.replace("/base\"", "/base\", health_uri: \"/health?deep\""), port)
    assert echo.next_request().target == "/base/health?deep"


def test_the_probes_host_can_be_set(minato, echo):
    minato.serving(echo, top="health_check: {interval: 200ms, host: health.test}")
    assert echo.next_request()["Host"] == "health.test"


def test_one_that_fails_leaves_the_rotation_and_comes_back(minato, origins):
    good, ill = origins(Patient, "good"), origins(Patient, "ill")
    proxy = minato.serving(good, ill, top=QUICK)
    assert {proxy.get().text for _ in range(4)} == {"good", "ill"}
    ill.healthy = False
    wait_until(proxy, ill, "down")
    assert {proxy.get().text for _ in range(6)} == {"good"}
    ill.healthy = True
    wait_until(proxy, ill, "up")
    assert {proxy.get().text for _ in range(6)} == {"good", "ill"}


def test_rise_and_fall_count_in_a_row(minato, origins):
    patient = origins(Patient, "x")
    probes = []
    patient.answer = lambda request: probes.append(1) or response(
        status="200 OK" if len(probes) % 3 == 0 else "500 Ill")
    proxy = minato.serving(patient, top="health_check: {interval: 100ms, fall: 3, rise: 2}")
    eventually(lambda: len(probes) > 12, "a dozen probes")
    assert endpoint(proxy, patient.port)["health"] == "up"  # never three failures in a row


def test_a_change_of_state_is_logged_once_with_its_reason(minato, origins):
    ill = origins(Patient, "ill")
    ill.healthy = False
    proxy = minato.serving(ill, top=QUICK)
    wait_until(proxy, ill, "down")
    probes = ill.count()
    eventually(lambda: ill.count() > probes + 3, "more probes")
    about = [line for line in proxy.log.lines if str(ill.port) in line and "down" in line]
    assert len(about) == 1
    assert "500" in about[0]


def test_status_tells_reason_and_time_of_the_last_change(minato, origins):
    ill = origins(Patient, "ill")
    ill.healthy = False
    proxy = minato.serving(ill, top=QUICK)
    wait_until(proxy, ill, "down")
    row = endpoint(proxy, ill.port)
    assert "500" in row["reason"]
    assert row["since"].startswith("20")


def test_all_down_is_a_503_with_retry_after(minato, origins):
    ill = origins(Patient, "ill")
    ill.healthy = False
    proxy = minato.serving(ill, top=QUICK)
    wait_until(proxy, ill, "down")
    answer = proxy.get()
    assert answer.status == 503
    assert int(answer["Retry-After"]) > 0
    assert "destination_unavailable" in answer["Proxy-Status"]


def test_no_listener_is_down_by_the_connect(minato, echo):
    port = free_port()
    proxy = minato.serving(f"http://127.0.0.1:{port}", echo, top=QUICK)
    eventually(lambda: endpoint(proxy, port)["health"] == "down", "down")
    assert "refused" in endpoint(proxy, port)["reason"]


def test_tcp_checks_ask_for_nothing(minato, scripted):
    proxy = minato.serving(scripted, top="health_check: {type: tcp, interval: 200ms}")
    for _ in range(2):
        assert scripted.accept().ended()
    assert endpoint(proxy, scripted.port)["health"] == "up"


def test_checks_that_are_off_never_come(minato, echo):
    proxy = minato.serving(echo)
    assert proxy.get("/x").text == "GET /x"
    assert echo.count() == 1
    assert endpoint(proxy, echo.port)["reason"] == "not checked"


def test_one_checker_for_an_endpoint_of_several_services(minato, origins):
    patient = origins(Patient, "x")
    port = free_port()
    rows = "".join(f"  - name: s{i}\n    listen_port: {port}\n    hosts: [\"http://h{i}.test/\"]\n"
                   f"    upstreams: [{{host: \"{patient.url}\"}}]\n" for i in range(5))
    minato("health_check: {interval: 1h}\nservices:\n" + rows, port)
    patient.next_request()
    # The further services' probes would be due within the same second.
    with pytest.raises(queue.Empty):
        patient.arrivals.get(timeout=1.5)


def test_services_that_differ_in_interval_share_the_checker(minato, origins):
    patient = origins(Patient, "x")
    port = free_port()
    rows = "".join(f"  - name: s{i}\n    listen_port: {port}\n    hosts: [\"http://h{i}.test/\"]\n"
                   f"    health_check: {{interval: {i}h}}\n"
                   f"    upstreams: [{{host: \"{patient.url}\"}}]\n" for i in (1, 2, 3))
    minato("services:\n" + rows, port)
    patient.next_request()
    with pytest.raises(queue.Empty):
        patient.arrivals.get(timeout=1.5)


def test_expect_status_says_what_is_healthy(minato, origins):
    patient = origins(Serving, lambda _: response(status="404 Not Found"))
    proxy = minato.serving(patient, top="health_check: {interval: 100ms, expect_status: [200, 404]}")
    eventually(lambda: patient.count() >= 3, "probes")
    assert endpoint(proxy, patient.port)["health"] == "up"


def test_failed_connects_of_requests_count_towards_fall(minato, origins):
    first, second = origins(named, "first"), origins(named, "second")
    proxy = minato.serving(first, second, top="health_check: {interval: 1h, fall: 2}")
    first.next_request(), second.next_request()  # the probes
    port = first.port
    first.close()
    for _ in range(6):
        assert proxy.get().text == "second"
    assert endpoint(proxy, port)["health"] == "down"


def test_a_connect_that_works_again_forgets_those_that_failed(minato, origins):
    first, second = origins(named, "first"), origins(named, "second")
    proxy = minato.serving(first, second, top="workers: 1\nupstream_pool: {idle_per_host: 0}\n"
                           "health_check: {type: tcp, interval: 1h, fall: 2}")
    port = first.port
    eventually(lambda: first.connections == 1, "the probe")

    def pair():
        """One of two requests in a row begins at the first."""
        return sorted(proxy.get().text for _ in range(2))

    for round in (1, 2):
        first.close()
        assert pair() == ["second", "second"]
        assert endpoint(proxy, port)["failed_connects"] == round
        assert endpoint(proxy, port)["health"] == "up"
        first = origins(named, "first", address=("127.0.0.1", port))
        assert pair() == ["first", "second"]


@pytest.mark.parametrize("answer", [response(status="500 Oops"), b"rubbish\r\n\r\n", None])
def test_what_an_origin_answers_to_requests_does_not_count(minato, origins, answer):
    patient = origins(Patient, "x")
    patient.answer = lambda request: (
        response() if request["User-Agent"] == "minato-health" else answer)
    proxy = minato.serving(patient, top="health_check: {interval: 1h}\nretries: {attempts: 0}")
    for _ in range(5):
        assert proxy.get().status in (500, 502)
    assert endpoint(proxy, patient.port)["health"] == "up"


def test_requests_alone_never_take_out_the_last_endpoint(minato, scripted):
    proxy = minato.serving(scripted, top="health_check: {interval: 1h, fall: 2}")
    probe, _ = scripted.expect()
    probe.send(response())
    assert probe.ended()  # cut off it would count beside the requests
    port = scripted.port
    scripted.listener.close()
    for _ in range(3):
        assert proxy.get().status == 502
    assert endpoint(proxy, port)["health"] == "up"


def test_probes_of_a_crowd_are_spread(minato, origins):
    """No two of twenty intervals are equal: each is jittered."""
    times, lock = [], threading.Lock()

    def answer(_):
        with lock:
            times.append(time.monotonic())
        return response()

    minato.serving(origins(Serving, answer), top="health_check: {interval: 100ms}")
    eventually(lambda: len(times) > 20, "probes")
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    assert max(gaps) - min(gaps) > 0.005
