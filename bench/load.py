"""The load of the rows that compare CPU time: bench/closedloop.cc, which tells how much it has done."""
import contextlib
import select
import subprocess
import time

import contenders

PATIENCE = 60   # seconds for an answer of the load, and to get it going
WARM = 3        # answers a connection, on average


class Load:
    """Requests without pause, on connections that have all been answered some times before."""

    def __init__(self, process, port, connections):
        self._process, self._port = process, port
        self._line()
        self._warm_up(connections)

    def _warm_up(self, connections):
        deadline = time.monotonic() + PATIENCE
        while self.done() < WARM * connections:
            if time.monotonic() > deadline:
                raise SystemExit(f"the load on port {self._port} got hardly an answer in {PATIENCE} s")
            time.sleep(0.05)

    def done(self):
        """Requests that were answered so far; of those under way the part that has been moved."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(b"?")
        return float(self._line())

    def _line(self):
        output = self._process.stdout
        if not select.select([output], [], [], PATIENCE)[0]:
            raise SystemExit(f"the load on port {self._port} got no answer in {PATIENCE} s")
        if line := output.readline():
            return line
        raise SystemExit(f"the load on port {self._port} met: {self._process.stderr.read().decode()}")


@contextlib.contextmanager
def running(row, port):
    """The row's load until the block ends."""
    argv = [str(contenders.PROGRAMS / "bench_closedloop"), str(port), str(row.connections), str(row.upload)]
    if row.closing:
        argv.append("closing")
    with subprocess.Popen(argv, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          preexec_fn=contenders.on_cpu(contenders.LOAD_CPU)) as process:
        try:
            yield Load(process, port, row.connections)
            process.stdin.close()
            process.wait(PATIENCE)
        finally:
            process.kill()
