"""The rows about system calls, counted by strace over all threads, the idle ones among them.

To count every call slows a program, and one that is slower finds more to do whenever it looks: calls that
serve several connections at once, epoll_wait above all, come out rarer than they are. Others do not change.
The futex calls are counted without that: a filter in the kernel stops the program at those alone.
"""
import contextlib
import re
import signal
import subprocess
import time

import contenders
import cpu
import load
import results

FUTEX_LIMIT = 1.0  # calls in 1,000 requests
FUTEX_UNIT = "futex calls in 1,000 requests"
FUTEX_WORKERS = 2
# strace stops each thread at all its system calls until the first that the filter knows: set_robust_list, which is
# among the first that a thread makes. Without it a program that makes no futex call would be a tenth as fast.
FUTEX_TRACER = ["strace", "-f", "--seccomp-bpf", "-e", "trace=futex,set_robust_list"]
GET = cpu.Row("calls", "", cpu.PROXIES, {})
HIT = cpu.Row("calls", "", cpu.PROXIES, {}, caching=True)
POST = cpu.Row("calls", "", cpu.PROXIES, {}, caching=True, upload=100)  # purges what the cache has of its path
FUTEX_WORKS = {f"{work}, {log}": (name, row) for work, row in (("GET", GET), ("hit", HIT), ("POST", POST))
               for log, name in (("no log", "minato"), ("log", "minato+log"))}


@contextlib.contextmanager
def traced(process, folder):
    """Counts the system calls of the process meanwhile: {call: times}, filled when the block ends."""
    summary, counts = folder / "strace", {}
    argv = ["strace", "-f", "-c", "-o", str(summary), "-p", str(process.pid)]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as tracer:
        if "attached" not in (line := tracer.stderr.readline()):
            raise SystemExit(f"strace: {line}")
        try:
            yield counts
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=30)
    for line in summary.read_text().splitlines():
        if found := re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", line):
            if found[2] != "total":
                counts[found[2]] = int(found[1])


def count(name, row, folder, seconds):
    """{call: times a request} under the row's load."""
    port = contenders.free_port()
    with cpu.origin_of(row, folder) as behind:
        argv = contenders.command_of(name, folder, port, behind, row.caching)
        with contenders.running(argv, folder, port, contenders.PROXY_CPU) as process:
            cpu.try_out(row, name, port)
            with load.running(row, port) as running, traced(process, folder) as counts:
                before = running.done()
                time.sleep(seconds)
                requests = running.done() - before
    return {call: times / requests for call, times in counts.items()}


def require_tracing():
    """Ends the program where strace may not trace another, as in a container without ptrace."""
    done = subprocess.run([*FUTEX_TRACER, "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"futex calls cannot be counted here: {done.stderr.strip().splitlines()[-1]}")


@contextlib.contextmanager
def futex_traced(name, row, folder):
    """Runs a contender; gives its port, and what tells how many futex calls it has made.

    Two workers on two CPUs, so that there is somebody to wait for, and both run at once.
    """
    port, trace = contenders.free_port(), folder / "futex"
    with cpu.origin_of(row, folder) as behind:
        argv = contenders.command_of(name, folder, port, behind, row.caching, FUTEX_WORKERS)
        tracer = [*FUTEX_TRACER, "-D", "-o", str(trace)]
        with contenders.running([*tracer, *argv], folder, port, contenders.BOTH_CPUS):
            cpu.try_out(row, name, port)
            yield port, lambda: trace.read_text().count("futex(")


def futex_calls(name, row, folder, seconds):
    """In 1,000 requests."""
    with futex_traced(name, row, folder) as (port, count_calls):
        requests, calls = cpu.under_load(row, port, seconds, count_calls)
        return 1000 * calls / requests


def measure_futex(chosen, folder):
    require_tracing()
    found = {what: futex_calls(name, row, folder, chosen.seconds) for what, (name, row) in FUTEX_WORKS.items()}
    checks = [results.Check(f"calls, {what}", value, FUTEX_LIMIT) for what, value in found.items()]
    return results.Result("futex", FUTEX_TITLE, FUTEX_UNIT, found, checks, found)


def measure_calls(chosen, folder):
    raw = {f"{name}, {work}": count(name, row, folder, chosen.seconds)
           for work, row in (("GET", GET), ("hit", HIT)) for name in cpu.PROXIES if name in chosen.names}
    for what, counts in raw.items():
        often = sorted(((times, call) for call, times in counts.items() if times >= 0.005), reverse=True)
        print(f"  {what:<16}" + ", ".join(f"{call} {times:.2f}" for times, call in often), flush=True)
    totals = {what: sum(counts.values()) for what, counts in raw.items()}
    checks = [results.Check(f"calls, {what.partition(', ')[2]}", total)
              for what, total in totals.items() if what.startswith("minato")]
    return results.Result("calls", CALLS_TITLE, "system calls a request", totals, checks, raw)


FUTEX_TITLE = "locks: futex calls of all threads, two workers"
CALLS_TITLE = "system calls, 64 connections"
ROWS = {"futex": (FUTEX_TITLE, measure_futex), "calls": (CALLS_TITLE, measure_calls)}
