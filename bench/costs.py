#!/usr/bin/python3
"""Checks those limits of docs/performance.md that are counts and need nobody to compare with: the private memory
of an idle connection, futex calls, and instructions where there are many routes, endpoints or entries. Measured as
script/bench does, on machines that have other things to do.
"""
import argparse
import pathlib
import sys
import tempfile

import calls
import contenders
import cpu
import flat
import idle
import results

# Of a cost that grows with the entries, so few show it too.
CHOSEN = argparse.Namespace(names=("minato",), connections=5000, entries=50_000)
BATCHES, SECONDS = 5, 1

# Each worker tells the writer of the access log of its lines every 200 ms, however few they are: a call to wake it,
# and one with which it waits again. Where so few requests are answered that those alone come near the limit, they
# are not counted; where there are more, the writer is told when many lines have come together.
BY_THE_CLOCK = calls.FUTEX_WORKERS * 5 * 2  # a second
FEW = 25_000  # requests a second


def futex_limit(name, requests):
    if not name.endswith("+log") or requests / SECONDS >= FEW:
        return calls.FUTEX_LIMIT
    return calls.FUTEX_LIMIT + 1000 * BY_THE_CLOCK * SECONDS / requests


def check_futex(what, name, row, folder):
    """The first batch that keeps the limit, or the last: who is interrupted while it has a lock makes others wait."""
    with calls.futex_traced(name, row, folder) as (port, count_calls):
        for _ in range(BATCHES):
            requests, count = cpu.under_load(row, port, SECONDS, count_calls)
            check = results.Check(f"calls, {what}", 1000 * count / requests, futex_limit(name, requests))
            if check.verdict == "within":
                break
    return check


def measure_futex(folder):
    checks = [check_futex(what, name, row, folder) for what, (name, row) in calls.FUTEX_WORKS.items()]
    figures = {check.what: check.value for check in checks}
    return results.Result("futex", calls.FUTEX_TITLE, calls.FUTEX_UNIT, figures, checks, {})


def main():
    if not contenders.is_there(contenders.minato()):
        sys.exit(f"costs: {contenders.minato()} is not there")
    calls.require_tracing()
    with tempfile.TemporaryDirectory(prefix="minato-costs-") as name:
        folder = pathlib.Path(name)
        found = [idle.measure(CHOSEN, folder), measure_futex(folder)]
        found += [measure(CHOSEN, folder) for _, measure in flat.ROWS.values()]
    for result in found:
        results.print_result(result)
    over = [f"{result.key}, {check.what}" for result in found for check in result.checks if check.verdict == "over"]
    if over:
        sys.exit(f"costs: over the limit: {'; '.join(over)}")


main()
