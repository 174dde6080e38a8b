"""The rows that compare the CPU time which a request takes.

Every figure of a row comes from one run on one machine, contenders in turn, round after round, so that
what disturbs one disturbs all. The load has CPU 1 for itself. The origin runs on CPU 0 when the proxy there
has nothing to do, or has had its slice: beside the load it made the two of them what everybody waited for, so that a proxy
napped between requests, the oftener the faster it was, and each nap and waking counted as its cost.
"""
import contextlib
import dataclasses
import os
import pathlib
import statistics
import time

import contenders
import load
import origin
import results

UPLOAD_BYTES = 1 << 20


@dataclasses.dataclass(frozen=True)
class Row:
    key: str
    title: str
    names: tuple                # contenders, in the order of their turns
    limits: dict                # base: ratio of the last one to it; "best" is the better of nginx and HAProxy
    connections: int = 64
    body: int = 100
    caching: bool = False
    chunk: int = 0              # the origin's body comes in chunks of so many bytes; 0: its length is known
    upload: int = 0             # bytes of the body of a POST; 0: it is a GET
    closing: bool = False       # the client asks for a connection of its own each time
    crowded: bool = False       # somebody else takes a share of the proxy's CPU, so that the load is never waited for
    filling: bool = True        # the origin runs where the proxy leaves its CPU idle, not beside the load

    def names_among(self, chosen):
        """Those of the contenders that were chosen; what is no proxy comes along."""
        return [name for name in self.names
                if name.partition("+")[0] in chosen or name.startswith(("floor", "canned"))]


PROXIES = ("nginx", "haproxy", "minato")
FLOORS = ("floor", "floor+splice")
SPLICING = ("haproxy", "haproxy+splice", "minato")
NEVER_WORSE = {"nginx": 1.0, "haproxy": 1.0}

ROWS = [
    Row("get-64", "proxied GET, 100 bytes, 64 connections", ("floor", *PROXIES),
        {"floor": 1.20, "nginx": 0.80, "haproxy": 0.75}),
    *(Row(f"get-{count}", f"proxied GET, 100 bytes, {count:,} connection{'s'[:count - 1]}",
          ("floor", *PROXIES), {"floor": None} | NEVER_WORSE, connections=count)
      for count in (1, 8, 512, 4000)),
    Row("hit", "cache hit, 100 bytes",
        ("canned:100", "nginx", "nginx+open_file_cache", "haproxy", "varnish", "minato"),
        {"canned:100": 1.20, "haproxy": 0.75, "nginx": 0.60, "nginx+open_file_cache": 1.0, "varnish": 0.35},
        caching=True),
    *(Row(f"hit-{short}", f"cache hit, {long}",
          (f"canned:{size}", "nginx", "nginx+sendfile", "haproxy", "varnish", "minato"),
          {f"canned:{size}": 1.05, "nginx+sendfile": 1.0, "varnish": 1.0} | NEVER_WORSE, body=size, caching=True)
      for short, long, size in (("64k", "64 KiB", 65536), ("1m", "1 MiB", 1 << 20))),
    Row("body-1m", "proxied GET, 1 MiB", (*FLOORS, "nginx", *SPLICING),
        dict.fromkeys(FLOORS) | {"nginx": 0.80, "haproxy": 0.70, "haproxy+splice": 1.0}, body=1 << 20),
    Row("post-1m", "proxied POST, 1 MiB", (*FLOORS, "nginx", "nginx+stream", *SPLICING),
        dict.fromkeys(FLOORS) | {"haproxy": 0.90, "haproxy+splice": 1.0, "nginx": 1.0, "nginx+stream": 1.0},
        upload=UPLOAD_BYTES),
    Row("chunked", "proxied GET, 16 chunks of 4 KiB", PROXIES, NEVER_WORSE, body=65536, chunk=4096),
    Row("connect", "proxied GET, a client connection each", PROXIES,
        {"best": 0.90, "nginx": None, "haproxy": None}, closing=True, crowded=True),
    Row("log", "access log, json to a file, instead of none", ("minato", "minato+log"), {"minato": 1.08}),
]


def cpu_nanos(process):
    """CPU time of all threads, ended ones too, and of those of its children, up to now."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    clocks = (~int(pid) << 3 | 2 for pid in (process.pid, *children))  # as clock_getcpuclockid(3) makes them
    return sum(map(time.clock_gettime_ns, clocks))


def try_out(row, name, port):
    """Two exchanges whose answers must be what the row is about."""
    body = b"x" * row.upload
    request = origin.request(host=f"127.0.0.1:{port}", method="POST" if row.upload else "GET", body=body)
    with origin.Client(port) as client:
        client.exchange(request)
        answer = client.exchange(request)
    head, content = answer.partition(origin.HEAD_END)[0], origin.content(answer)
    if not row.upload and len(content) != row.body:
        raise SystemExit(f"{name} answered with {len(content)} bytes instead of {row.body}")
    if row.caching and not row.upload and not name.startswith("canned") and b"hit" not in head.lower():
        raise SystemExit(f"{name} does not answer from its cache:\n{head.decode()}")


@contextlib.contextmanager
def origin_of(row, folder):
    """An origin for the row; gives its port."""
    port = contenders.free_port()
    argv = [str(contenders.PROGRAMS / "bench_sink"), str(port)]
    if not row.upload:
        argv = [str(contenders.PROGRAMS / "bench_canned"), str(port), str(row.body),
                "Cache-Control: max-age=86400", "1", str(row.chunk)]
    cpu = contenders.PROXY_CPU if row.filling else contenders.LOAD_CPU
    with contenders.running(argv, folder, port, cpu, yielding=row.filling):
        yield port


@contextlib.contextmanager
def started(row, names, folder):
    """Every contender of the row, tried out and warm: {name: (process, port)}."""
    with contextlib.ExitStack() as stack:
        behind = stack.enter_context(origin_of(row, folder))
        if row.crowded:
            stack.enter_context(contenders.crowding(contenders.PROXY_CPU))
        found = {}
        for name in names:
            port = contenders.free_port()
            argv = contenders.command_of(name, folder, port, behind, row.caching)
            found[name] = stack.enter_context(
                contenders.running(argv, folder, port, contenders.PROXY_CPU)), port
            try_out(row, name, port)
            with load.running(row, port):
                pass
        yield found


def under_load(row, port, seconds, clock):
    """Requests and what the clock came to from one moment to another of a load that goes on before and after."""
    with load.running(row, port) as running:
        first = running.done(), clock()
        time.sleep(seconds)
        requests, elapsed = (after - before for before, after in zip(first, (running.done(), clock())))
    if requests < 1:
        raise SystemExit(f"the load on port {port} got no answer in {seconds} s")
    return requests, elapsed


def measure_once(row, folder, process, port, seconds):
    """Microseconds of CPU a request, and requests a second."""
    requests, nanos = under_load(row, port, seconds, lambda: cpu_nanos(process))
    cost = nanos / requests / 1000
    if (log := contenders.access_log(folder, port)).exists():
        os.truncate(log, 0)
    return cost, requests / seconds


def ratios(row, costs):
    subject = row.names[-1]
    bases = dict(costs)
    if "nginx" in costs and "haproxy" in costs:
        bases["best"] = [min(pair) for pair in zip(costs["nginx"], costs["haproxy"])]
    return [results.ratio(f"/ {base.partition(':')[0]}", costs[subject], bases[base], limit)
            for base, limit in row.limits.items() if base in bases and subject in costs]


def compare(row, chosen, folder, rounds, seconds):
    names = row.names_among(chosen.names)
    costs, rates = {name: [] for name in names}, {name: [] for name in names}
    with started(row, names, folder) as found:
        for number in range(1, rounds + 1):
            for name, (process, port) in found.items():
                cost, rate = measure_once(row, folder, process, port, seconds)
                costs[name].append(cost)
                rates[name].append(rate)
            print(f"  round {number} of {rounds}: " +
                  ", ".join(f"{name} {costs[name][-1]:.2f}" for name in names), flush=True)
    medians = {name: statistics.median(mine) for name, mine in costs.items()}
    return results.Result(row.key, row.title, "us of CPU a request", medians, ratios(row, costs),
                          {"us": costs, "requests_a_second": rates})


def measure(row, chosen, folder):
    return compare(row, chosen, folder, chosen.rounds, chosen.seconds)
