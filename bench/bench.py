#!/usr/bin/python3
"""Compares what a proxied request, a cache hit and an idle connection cost Minato and its peers.

Every figure comes from one run on one machine, contenders in turn, round after round, so that what
disturbs one disturbs all. Proxies have CPU 0 for themselves, the load and the origin CPU 1.
  request   CPU time of the proxy process for a GET of 100 bytes, keep-alive, 64 connections
  hit       the same where the response is in the cache
  idle      private memory of the proxy process for an idle keep-alive connection
"""
import argparse
import contextlib
import pathlib
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile

import contenders


BODY_BYTES = 100
CONNECTIONS = 64
REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def cpu_nanos(process):
    """CPU time of all threads, and of those of its children, so far; to the nanosecond."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    tasks = [task for pid in [process.pid, *children]
             for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(task.read_text().split()[0]) for task in tasks)


def private_bytes(process):
    rollup = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(re.search(r"Private_Dirty:\s+(\d+) kB", rollup)[1]) * 1024


def load(port, seconds):
    """Requests that wrk completed in that time."""
    argv = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", f"http://127.0.0.1:{port}/"]
    out = subprocess.run(argv, preexec_fn=contenders.on_cpu(contenders.LOAD_CPU), capture_output=True,
                         text=True, check=True).stdout
    if failed := re.search(r"Socket errors.*|Non-2xx.*", out):
        raise SystemExit(f"the load on port {port} met: {failed[0]}")
    return int(re.search(r"(\d+) requests in", out)[1])


def get_once(connection):
    """One exchange on a connection that stays open; the answer must be the origin's."""
    connection.sendall(REQUEST)
    answer = b""
    while not answer.endswith(b"x" * BODY_BYTES):
        piece = connection.recv(4096)
        if not piece:
            raise SystemExit(f"unexpected answer: {answer!r}")
        answer += piece


def open_connection(port):
    connection = socket.create_connection(("127.0.0.1", port), 5)
    get_once(connection)
    return connection


def measure_request(process, port, seconds):
    """Microseconds of CPU a request, and requests a second."""
    before = cpu_nanos(process)
    requests = load(port, seconds)
    return (cpu_nanos(process) - before) / requests / 1000, requests / seconds


def compare_requests(names, folder, origin, rounds, seconds, caching=False):
    costs, rates = {name: [] for name in names}, {name: [] for name in names}
    with contextlib.ExitStack() as stack:
        started = {}
        for name in names:
            port = contenders.free_port()
            argv = contenders.command_of(name, folder, port, origin, caching)
            process = stack.enter_context(contenders.running(argv, folder, port, contenders.PROXY_CPU))
            open_connection(port).close()
            load(port, 1)
            started[name] = (process, port)
        for number in range(1, rounds + 1):
            for name, (process, port) in started.items():
                cost, rate = measure_request(process, port, seconds)
                costs[name].append(cost)
                rates[name].append(rate)
            print(f"  round {number} of {rounds}: " +
                  ", ".join(f"{name} {costs[name][-1]:.2f}" for name in names), flush=True)
    return costs, rates


def print_requests(title, costs, rates):
    """Ratios are medians of each round's ratio, not ratios of medians: rounds share disturbances."""
    bases = [base for base in ("floor", "canned", "nginx", "haproxy", "varnish") if base in costs]
    print(f"\n{title:<18}{'us':>8}{'min':>8}{'max':>8}" +
          "".join(f"{'/ ' + base:>10}" for base in bases) + f"{'requests/s':>12}")
    for name, mine in costs.items():
        ratios = [statistics.median(a / b for a, b in zip(mine, costs[base])) for base in bases]
        print(f"{name:<18}{statistics.median(mine):>8.2f}{min(mine):>8.2f}{max(mine):>8.2f}" +
              "".join(f"{ratio:>10.3f}" for ratio in ratios) +
              f"{statistics.median(rates[name]):>12.0f}")


def idle_bytes(name, folder, origin, connections):
    """Private bytes for each of `connections` that made one request and stay."""
    port = contenders.free_port()
    argv = contenders.command_of(name, folder, port, origin)
    with contenders.running(argv, folder, port, contenders.PROXY_CPU) as process, contextlib.ExitStack() as stack:
        stack.enter_context(open_connection(port))
        before = private_bytes(process)
        for _ in range(connections):
            stack.enter_context(open_connection(port))
        return (private_bytes(process) - before) / connections


def print_idle(names, folder, origin, connections):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"\n{'idle connection':<18}{'bytes':>8}")
    for name in names:
        print(f"{name:<18}{idle_bytes(name, folder, origin, connections):>8.0f}", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of load, a contender and round")
    parser.add_argument("--connections", type=int, default=5000, help="idle ones")
    parser.add_argument("--only", choices=["request", "hit", "idle"])
    parser.add_argument("names", nargs="*", default=["nginx", "haproxy", "varnish", "minato"])
    return parser.parse_args()


def main():
    chosen = arguments()
    with tempfile.TemporaryDirectory(prefix="minato-bench-") as name:
        folder = pathlib.Path(name)
        for absent in filter(None, (contenders.available(each, folder) for each in chosen.names)):
            sys.exit(f"bench: {absent}")
        origin = contenders.free_port()
        argv = [str(contenders.PROGRAMS / "bench_canned"), str(origin), str(BODY_BYTES),
                "Cache-Control: max-age=3600"]
        proxies = [each for each in chosen.names if each != "varnish"]  # which only caches
        with contenders.running(argv, folder, origin, contenders.LOAD_CPU):
            if chosen.only in (None, "request"):
                print_requests("CPU of a request", *compare_requests(
                    ["floor", *proxies], folder, origin, chosen.rounds, chosen.seconds))
            if chosen.only in (None, "hit"):
                print_requests("CPU of a hit", *compare_requests(
                    ["canned", *chosen.names], folder, origin, chosen.rounds, chosen.seconds, True))
            if chosen.only in (None, "idle"):
                print_idle(proxies, folder, origin, chosen.connections)


main()
