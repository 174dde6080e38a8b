"""The configuration file: what is accepted, and faults that a person can act on."""
import json
import os

import pytest

from harness.origin import named
from harness.program import ROOT, StartFailed, one_service, run
from harness.waiting import free_port

SERVICE = """\
services:
  - name: app
    listen_port: 18080
    hosts: ["http://app.test/"]
    upstreams: [{host: "http://127.0.0.1:18081"}]
"""

# The original's documented example, unchanged.
ORIGINAL = """\
cache:
  enabled: true
  max_body_size: 1048576
  capacity: 100
  type: "LRU"
  ttl: 300
services:
  - name: "service-name"
    listen_port: 18080
    balancer: "RoundRobin"
    hosts:
      - "http://example.com/"
      - "http://example.com/api"
    upstreams:
      - host: "http://backend1:8000"
        health_uri: "/health"
      - host: "http://backend2:8000"
"""


def check(folder, text, **more):
    (folder / "config.yaml").write_text(text)
    done = run("check", folder=folder, **more)
    return done.returncode, done.stdout + done.stderr


def test_a_file_of_the_original_is_good_as_it_is(folder):
    code, said = check(folder, ORIGINAL)
    assert code == 0, said


def test_the_old_spelling_of_max_body_size_is_taken_with_a_warning(folder):
    code, said = check(folder, ORIGINAL.replace("max_body_size", "max_size"))
    assert code == 0, said
    assert "max_size" in said and "max_body_size" in said


@pytest.mark.parametrize("choice", ["RoundRobin", "round_robin", "round-robin", "ROUNDROBIN",
                                    "LeastConnections", "least_connections"])
def test_names_of_choices_take_any_spelling(folder, choice):
    code, said = check(folder, ORIGINAL.replace('"RoundRobin"', choice))
    assert code == 0, said


FAULTS = {
    # what is put at the top: (key path, what else must be said)
    "worker: 2": ("worker", "workers"),
    "workers: many": ("workers", "many"),
    "workers: -1": ("workers", "-1"),
    "shutdown_grace: 3 parsecs": ("shutdown_grace", "parsecs"),
    "limits: {request_header_size: 12XB}": ("limits.request_header_size", "12XB"),
    "limits: {request_header_cuont: 3}": ("limits.request_header_cuont", "request_header_count"),
    "timeouts: [1, 2]": ("timeouts", ""),
    "log: {level: loud}": ("log.level", "info"),
    "trusted_proxies: [10.0.0.0/33]": ("trusted_proxies", "10.0.0.0/33"),
    "user: ${MINATO_E2E_NOT_SET}": ("user", "MINATO_E2E_NOT_SET"),
    "workers: 1\nworkers: 2": ("workers", ""),
    "health_check: {expect_status: [9000]}": ("health_check.expect_status", "9000"),
    "admin: {listen: \"0.0.0.0:9180\"}": ("admin", "token"),
}


@pytest.mark.parametrize("top", FAULTS)
def test_a_fault_names_its_place_its_key_and_what_is_allowed(folder, top):
    path, also = FAULTS[top]
    code, said = check(folder, f"{top}\n{SERVICE}")
    assert code == 1
    line = 2 if "\n" in top else 1
    assert f"config.yaml:{line}:" in said
    assert path in said and also in said


@pytest.mark.parametrize("old, new, says", [
    ("listen_port: 18080", "listen_port: 0", "listen_port"),
    ("listen_port: 18080", "listen_port: 65536", "65536"),
    ("    listen_port: 18080\n", "", "listen_port"),
    ("name: app", "nmae: app", "name"),
    ('"http://app.test/"', '"ftp://app.test/"', "ftp"),
    ('"http://app.test/"', '"http://app test/"', "hosts"),
    ('"http://app.test/"', '"https://app.test/"', "https"),
    ('"http://127.0.0.1:18081"', '"https://127.0.0.1:18081"', "https"),
    ('"http://127.0.0.1:18081"', '"h2c://127.0.0.1:18081"', "h2c"),
    ('"http://127.0.0.1:18081"', '"http://127.0.0.1:70000"', "70000"),
    ('[{host: "http://127.0.0.1:18081"}]', "[]", "upstreams"),
    ('hosts: ["http://app.test/"]', 'hosts: ["http://app.test/", "http://APP.test"]', "app.test"),
])
def test_faults_of_a_service(folder, old, new, says):
    assert old in SERVICE
    code, said = check(folder, SERVICE.replace(old, new))
    assert code == 1
    assert says.lower() in said.lower()


def test_two_services_may_not_share_a_name_or_a_route(folder):
    code, said = check(folder, SERVICE + SERVICE.replace("services:\n", ""))
    assert code == 1
    assert "app" in said and "http://app.test" in said


def test_a_port_has_all_addresses_or_single_ones(folder):
    other = SERVICE.replace("services:\n", "").replace("app", "other").replace(
        "    hosts", "    listen_address: 127.0.0.1\n    hosts")
    code, said = check(folder, SERVICE + other)
    assert code == 1
    assert "listen_address" in said


def test_all_faults_are_told_at_once_with_line_and_caret(folder):
    code, said = check(folder, "workers: none\nlgo: {}\n" + SERVICE.replace("18080", "x"))
    assert code == 1
    for place in ("config.yaml:1:", "config.yaml:2:", "config.yaml:5:"):
        assert place in said
    assert "workers: none" in said and "^" in said


def test_a_file_that_is_not_yaml_is_a_fault_with_a_place(folder):
    code, said = check(folder, "services: [\n  }\n")
    assert code == 1
    assert "config.yaml:2:" in said


def test_values_come_from_the_environment(folder, monkeypatch):
    monkeypatch.setenv("MINATO_E2E_ORIGIN", "127.0.0.1:18081")
    text = SERVICE.replace("127.0.0.1:18081", "${MINATO_E2E_ORIGIN}")
    assert check(folder, text)[0] == 0
    assert check(folder, SERVICE.replace("app.test", "${MINATO_E2E_UNSET:-app.test}"))[0] == 0


def test_the_configuration_at_the_root_is_good():
    done = run("check", "--config", ROOT / "config.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_warnings_of_a_start_stand_in_the_program_log(minato, echo):
    proxy = minato.serving(echo, top="log: {format: json}\ncache: {enabled: false, max_size: 1}")
    assert "config.problem" in proxy.log.wait_for("max_size")
    for line in proxy.log.lines:
        json.loads(line)


def test_what_waits_for_the_next_start_is_told_at_each_reload(minato, echo):
    proxy = minato.serving(echo, top="workers: 1")
    waiting = one_service(proxy.port, echo.url, top="workers: 2")
    for count in (1, 2):
        proxy.reload(waiting)
        assert "next start" in proxy.log.wait_for("workers changed", count)
    proxy.reload(one_service(proxy.port, echo.url, top="workers: 1"))
    proxy.log.wait_for("reload.accepted", count=3)
    proxy.get()
    assert len([line for line in proxy.log.lines if "workers changed" in line]) == 2


@pytest.mark.parametrize("key", ["log", "access_log"])
def test_a_log_that_cannot_be_opened_is_named_with_its_key(minato, echo, key):
    with pytest.raises(StartFailed) as failed:
        minato.serving(echo, top=f"{key}: {{output: /nonexistent/x.log}}")
    assert failed.value.code == 3
    assert f"minato: {key}.output: cannot open /nonexistent/x.log: No such file" in failed.value.log


def test_a_token_file_that_cannot_be_read_is_named_with_the_reason(minato, echo):
    with pytest.raises(StartFailed) as failed:
        minato.serving(echo, top=f'admin: {{listen: "127.0.0.1:{free_port()}", token_file: /nonexistent}}')
    assert failed.value.code == 3
    assert "admin.token_file: cannot read /nonexistent: No such file" in failed.value.log


@pytest.mark.parametrize("make, says", [
    (os.mkfifo, "holds no token"), (os.mkdir, "Is a directory")])
def test_what_is_no_token_file_fails_the_start_at_once(minato, folder, echo, make, says):
    make(folder / "token")
    admin = f'admin: {{listen: "127.0.0.1:{free_port()}", token_file: {folder}/token}}'
    with pytest.raises(StartFailed) as failed:
        minato.serving(echo, top=admin)
    assert failed.value.code == 3
    assert "minato: admin.token_file: " in failed.value.log and says in failed.value.log


def test_check_warns_of_what_this_machine_lacks(folder):
    code, said = check(folder, "user: no-such-user\nlog: {output: /nonexistent/log}\n"
                              f"admin: {{listen: \"127.0.0.1:9180\", token_file: {folder}}}\n" + SERVICE)
    assert code == 0
    for place in ("config.yaml:1:7: warning: user: ", "config.yaml:2:15: warning: log.output: ",
                  "config.yaml:3:47: warning: admin.token_file: cannot read"):
        assert place in said


def test_one_port_may_have_several_addresses(minato, origins):
    port = free_port()
    rows = [one_service(port, origins(named, address).url, service=f"listen_address: {address}")
            for address in ("127.0.0.1", "127.0.0.2")]
    second = rows[1].split("services:\n")[1].replace("name: app", "name: other")
    proxy = minato(rows[0] + second, port)
    for address in ("127.0.0.1", "127.0.0.2"):
        with proxy.client(address) as client:
            assert client.get().text == address
