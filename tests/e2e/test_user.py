"""`user:` drops root after binding and keeps the capability to bind low ports."""
import os
import pathlib
import pwd
import random
import signal
import socket

import pytest

from harness.program import StartFailed, one_service
from harness.waiting import eventually
from harness.wire import connect

NET_BIND_SERVICE = 1 << 10
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def status_of(process):
    lines = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def low_port():
    for port in random.SystemRandom().sample(range(200, 1000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
                return port
            except OSError:
                continue
    raise AssertionError("no free low port")


@needs_root
def test_root_is_left_behind(minato, folder, echo):
    folder.chmod(0o777)
    nobody = pwd.getpwnam("nobody")
    proxy = minato.serving(echo, port=low_port(), top="user: nobody")
    status = status_of(proxy.process)
    assert set(status["Uid"].split()) == {str(nobody.pw_uid)}
    assert set(status["Gid"].split()) == {str(nobody.pw_gid)}
    assert int(status["CapEff"], 16) == NET_BIND_SERVICE
    assert int(status["CapPrm"], 16) == NET_BIND_SERVICE
    assert proxy.get("/x").text == "GET /x"


@needs_root
def test_every_thread_left_root_behind(minato, echo):
    proxy = minato.serving(echo, top="user: nobody\nworkers: 4")
    for task in pathlib.Path(f"/proc/{proxy.process.pid}/task").iterdir():
        uids = next(line for line in (task / "status").read_text().splitlines()
                    if line.startswith("Uid:"))
        assert "0" not in uids.split()[1:], task


@needs_root
def test_a_reload_can_still_add_a_low_port(minato, echo):
    proxy = minato.serving(echo, top="user: nobody")
    added = low_port()
    assert proxy.reload(one_service(added, echo.url, top="user: nobody")).status == 200
    with connect(added) as client:
        assert client.get("/x").text == "GET /x"


@needs_root
def test_a_port_may_change_its_address(minato, echo):
    proxy = minato.serving(echo, port=low_port(), top="user: nobody\nworkers: 2")
    narrower = one_service(proxy.port, echo.url, top="user: nobody\nworkers: 2",
                           service="listen_address: 127.0.0.1")
    answer = proxy.reload(narrower)
    assert answer.status == 200, answer.text
    assert proxy.get("/x").text == "GET /x"


@needs_root
def test_a_log_that_only_root_may_open_stays_in_use(minato, folder, echo):
    logs = folder / "logs"
    logs.mkdir(0o700)
    log = logs / "access.log"
    proxy = minato.serving(echo, top=f"user: nobody\naccess_log: {{output: {log}}}")
    proxy.signal(signal.SIGUSR1)
    assert str(log) in proxy.log.wait_for("could not be opened anew")
    proxy.get("/after")
    eventually(lambda: "/after" in log.read_text(), "the line")


@needs_root
def test_a_file_that_only_root_may_read_refuses_the_reload(minato, echo):
    proxy = minato.serving(echo, top="user: nobody")
    proxy.file.chmod(0o600)
    refused = proxy.control("POST", "/reload")
    assert refused.status >= 400
    assert str(proxy.file) in refused.text
    assert proxy.get("/x").text == "GET /x"


@needs_root
def test_a_user_that_is_not_there_fails_the_start(minato, echo):
    with pytest.raises(StartFailed) as failed:
        minato.serving(echo, top="user: no-such-user")
    assert failed.value.code == 3
    assert "no-such-user" in failed.value.log
