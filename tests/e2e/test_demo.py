"""`minato demo`: the proxy and two origins in one process, and three commands to try."""
import re
import shlex
import signal
import subprocess

import pytest

from harness.program import BINARY, Output
from harness.waiting import TIMEOUT


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


def test_the_three_commands_that_it_prints_work(demo):
    demo.printed.wait_for(r"\bcurl ", count=3)
    commands = [re.search(r"curl .*", line)[0] for line in demo.printed.lines if "curl " in line]
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run([*shlex.split(command.split("  #")[0]), "--max-time", str(TIMEOUT)],
                              capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert done.stdout


def test_ctrl_c_ends_it(demo):
    demo.printed.wait_for(r"\bcurl ", count=3)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(TIMEOUT) == 0
