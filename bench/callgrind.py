"""Counts the instructions that a program of ours takes for some work, by valgrind's callgrind.

The counts do not depend on how busy the machine is, and hardly on which it is: valgrind shows a program
one and the same CPU, an i7-4910MQ with AVX2 and without AVX-512, on every x86-64 machine that has AVX2
itself, so that the C library chooses the same variants of memcpy and its like on all of them. What is
left is the compiler, the C library and when the kernel wakes the program.
"""
import contextlib
import re
import subprocess

import contenders

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


def prefix_of(folder):
    """Of the pipes between valgrind and vgdb, which gives it orders."""
    return f"--vgdb-prefix={folder}/vgdb"


class Counted:
    """A program under valgrind; until `start` it runs as fast as that allows, and nothing is counted."""

    def __init__(self, process, folder):
        self.process, self.folder = process, folder

    def _order(self, *words):
        argv = ["vgdb", "--wait=10", prefix_of(self.folder), f"--pid={self.process.pid}", *words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=600, check=False,
                              env=ENVIRONMENT)
        if done.returncode != 0:
            raise SystemExit(f"vgdb {' '.join(words)}: {done.stdout}{done.stderr}")

    def start(self):
        self._order("instrumentation", "on")

    def instructions(self, work):
        """What `work` took, of all threads."""
        self._order("zero")
        work()
        known = set(self._dumps())
        self._order("dump")
        newest, = set(self._dumps()) - known
        total = re.search(r"^(?:totals|summary): (\d+)", newest.read_text(), re.M)
        newest.unlink()
        return int(total[1])

    def _dumps(self):
        return self.folder.glob(f"callgrind.{self.process.pid}.*")


@contextlib.contextmanager
def counted(argv, folder, port, patience=120):
    """Runs a server under callgrind until the block ends."""
    valgrind = ["valgrind", "--tool=callgrind", "--instr-atstart=no", prefix_of(folder),
                f"--callgrind-out-file={folder}/callgrind.%p", *argv]
    with contenders.running(valgrind, folder, port, contenders.PROXY_CPU, patience,
                            ENVIRONMENT) as process:
        yield Counted(process, folder)
