"""Counts the instructions that a program of ours takes for some work, by valgrind's callgrind.

The counts do not depend on how busy the machine is, and hardly on which it is: valgrind shows a program
one and the same CPU, an i7-4910MQ with AVX2 and without AVX-512, on every x86-64 machine that has AVX2
itself, so that the C library chooses the same variants of memcpy and its like on all of them. What is
left is the compiler, the C library and when the kernel wakes the program.
"""
import contextlib
import dataclasses
import re
import subprocess

import contenders

ALLOCATORS = {"malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign"}
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


@dataclasses.dataclass
class Cost:
    instructions: int
    allocations: int  # calls of malloc and its like


def cost_in(dump):
    """What a dump of callgrind comes to, of all threads. A function is named where it is told of first."""
    names, called, allocations = {}, None, 0
    for line in dump.splitlines():
        if function := re.match(r"c?fn=\((\d+)\)(?: (.*))?$", line):
            number, name = function.groups()
            names.setdefault(number, name)
            called = names[number]
        elif calls := re.match(r"calls=(\d+)", line):
            allocations += int(calls[1]) if called in ALLOCATORS else 0
    return Cost(int(re.search(r"^(?:totals|summary): (\d+)", dump, re.M)[1]), allocations)


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

    def cost(self, work):
        """What `work` took."""
        self._order("zero")
        work()
        known = set(self._dumps())
        self._order("dump")
        newest, = set(self._dumps()) - known
        cost = cost_in(newest.read_text())
        newest.unlink()
        return cost

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
