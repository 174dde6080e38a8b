#!/usr/bin/python3
"""Counts the instructions that Minato takes for seven exchanges and compares them with those committed.

Of memory a request may ask for none: what it needs is there once the program is warm.

More than the margin above or below fails: what costs more has to say so, and what costs less is lowered,
or the next change could spend it unseen. Either way `script/instructions --update` writes the new values,
to be committed with the change that made them.
"""
import argparse
import json
import pathlib
import sys
import tempfile

import callgrind
import contenders
import exchanges
import origin

COMMITTED = pathlib.Path(__file__).with_name("instructions.json")
MARGIN = 0.05
ALLOCATIONS = {"proxied GET on a connection of its own": 1}  # that connection; all else none
WARM_UP, REQUESTS, BATCHES = 60, 100, 3

# What the answer must say for the exchange to be the one that is meant.
PROOFS = {"cache hit, 100 bytes": b"\r\nCache-Status: Minato; hit",
          "GET that is not stored, 100 bytes": b"\r\nCache-Status: Minato; fwd=uri-miss"}


def measure_one(program, port, exchange, request):
    """What a request costs: the least of some batches, since what disturbs one only adds."""
    exchanges.make(port, request, WARM_UP)
    with origin.Client(port) as client:
        if (proof := PROOFS.get(exchange, b"")) not in (answer := client.exchange(request)):
            raise SystemExit(f"{exchange}: {proof!r} is not in {answer!r}")
    batches = [program.cost(lambda: exchanges.make(port, request, REQUESTS)) for _ in range(BATCHES)]
    return callgrind.Cost(instructions=round(min(each.instructions for each in batches) / REQUESTS),
                          allocations=min(each.allocations for each in batches) // REQUESTS)


def measure():
    """{exchange: cost}."""
    with tempfile.TemporaryDirectory(prefix="minato-guard-") as name, origin.serving(exchanges.RESPONSES) as behind:
        folder, port = pathlib.Path(name), contenders.free_port()
        argv = exchanges.command_line(contenders.minato(), folder, port, behind)
        with callgrind.counted(argv, folder, port) as program:
            program.start()
            return {exchange: measure_one(program, port, exchange, request)
                    for exchange, request in exchanges.ALL.items()}


def judge(exchange, committed, measured):
    """What is wrong, or None."""
    if committed is None:
        return f"{exchange}: {measured:,} instructions, and no committed value; write it with --update"
    if abs(measured - committed) <= MARGIN * committed:
        return None
    change = measured / committed - 1
    counts = f"{exchange}: {measured:,} instructions, {committed:,} committed, {change:+.1%}"
    if change > 0:
        return f"{counts}: it costs more; do without, or raise the number and say why"
    return f"{counts}: it costs less; lower the number"


def judge_allocations(exchange, measured):
    """What is wrong, or None."""
    allowed = ALLOCATIONS.get(exchange, 0)
    return f"{exchange}: asks for memory {measured} times, and {allowed} are allowed" if measured > allowed else None


def compare(measured):
    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    faults = []
    for exchange, cost in measured.items():
        count = cost.instructions
        before = committed.get(exchange)
        change = f"{count / before - 1:+8.2%}" if before else "     new"
        print(f"{exchange:<42}{count:>10,}{change}")
        faults += filter(None, [judge(exchange, before, count), judge_allocations(exchange, cost.allocations)])
    if faults:
        print("\n".join(["", *faults, f"`script/instructions --update` writes {COMMITTED.name}; commit "
                         "it with the change that made the difference."]), file=sys.stderr)
    return not faults


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help=f"write bench/{COMMITTED.name}")
    update = parser.parse_args().update
    measured = measure()
    if update:
        COMMITTED.write_text(json.dumps({exchange: cost.instructions for exchange, cost in measured.items()}, indent=2) + "\n")
    sys.exit(not compare(measured))


if __name__ == "__main__":
    main()
