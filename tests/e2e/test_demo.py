"""`minato demo`: the proxy and two origins in one process, and commands to try."""
import re
import shlex
import signal
import socket
import subprocess

import pytest

from harness.program import BINARY, Output, run
from harness.waiting import TIMEOUT
from harness.wire import connect


@pytest.fixture
def demo_beside_8080(request):
    """The demo's own usual port, the one port that is fixed: whoever holds it, it is taken."""
    with socket.socket() as holder:
        try:
            holder.bind(("127.0.0.1", 8080))
            holder.listen()
        except OSError:
            pass
        yield request.getfixturevalue("demo")


@pytest.fixture
def demo():
    process = subprocess.Popen([BINARY, "demo"], stdin=subprocess.DEVNULL, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.printed = Output(process.stdout)
    process.log = Output(process.stderr)
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


def test_the_commands_that_it_prints_work(demo):
    demo.printed.wait_for(r"\bcurl ", count=4)
    commands = [re.search(r"curl .*", line)[0] for line in demo.printed.lines if "curl " in line]
    assert len(commands) == 4
    for command in commands:
        done = subprocess.run([*shlex.split(command.split("  #")[0]), "--max-time", str(TIMEOUT)],
                              capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert done.stdout


def test_the_second_look_at_what_may_be_stored_is_a_hit(demo):
    site = demo.printed.wait_for("listens at")
    with connect(int(re.search(r"127\.0\.0\.1:(\d+)", site)[1])) as client:
        first, second = client.get("/cached"), client.get("/cached")
        assert "stored" in first["Cache-Status"] and "; hit" in second["Cache-Status"]
        assert second.text == first.text
        assert "; hit" not in client.get("/hello")["Cache-Status"]


def test_ctrl_c_ends_it(demo):
    demo.printed.wait_for(r"\bcurl ", count=4)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(TIMEOUT) == 0


def test_the_status_that_it_offers_shows_both_origins(demo):
    offered = demo.printed.wait_for(r"minato status --socket \S+").split()
    status = subprocess.run(offered, capture_output=True, text=True, timeout=TIMEOUT)
    assert status.returncode == 0, status.stderr
    assert "2 of 2 up" in status.stdout


def test_where_its_usual_port_is_taken_it_takes_another(demo_beside_8080):
    site = demo_beside_8080.printed.wait_for("listens at")
    port = int(re.search(r"127\.0\.0\.1:(\d+)", site)[1])
    assert port != 8080
    with connect(port) as client:
        assert client.get("/hello").status == 200


def test_a_port_that_is_asked_for_and_taken_fails_the_start_with_3(scripted):
    done = run("demo", "--port", scripted.port)
    assert done.returncode == 3
    assert str(scripted.port) in done.stderr
