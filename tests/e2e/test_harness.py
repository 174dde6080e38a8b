"""What the tests themselves rely on."""
import pathlib
import subprocess
import sys

from harness.waiting import SHARES, free_port


def test_runs_side_by_side_have_no_port_in_common():
    own = free_port()
    told = subprocess.run([sys.executable, "-c", "from harness.waiting import free_port; print(free_port())"],
                          cwd=pathlib.Path(__file__).parent, capture_output=True, text=True, check=True)
    assert int(told.stdout) % SHARES != own % SHARES
