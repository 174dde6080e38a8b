#!/usr/bin/python3
"""Counts the instructions that Minato takes for five exchanges and compares them with those committed.

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
import origin

COMMITTED = pathlib.Path(__file__).with_name("instructions.json")
MARGIN = 0.05
WARM_UP, REQUESTS, BATCHES = 60, 100, 3

SMALL = b"x" * 100
RESPONSES = {
    "/": origin.response(SMALL),
    "/hit": origin.response(SMALL, "Cache-Control: max-age=315360000"),
    "/chunked": origin.chunked_response(b"x" * 4096, 16),
}

MINATO = """\
workers: 1
control_socket: off
access_log: {{output: off}}
cache: {{ttl: 0}}
health_check: {{type: off}}
timeouts: {{keep_alive: 600s}}
services:
  - name: guard
    listen_address: 127.0.0.1
    listen_port: {port}
    hosts: ["http://127.0.0.1/"]
    upstreams: [{{host: "http://127.0.0.1:{origin}"}}]
"""

# What a user's program does most, and what costs something else: bodies both ways, connections.
EXCHANGES = {
    "proxied GET, 100 bytes": origin.request("/"),
    "cache hit, 100 bytes": origin.request("/hit"),
    "proxied POST, 16 KiB": origin.request("/post", method="POST", body=b"x" * 16384),
    "proxied chunked response, 64 KiB": origin.request("/chunked"),
    "proxied GET on a connection of its own": origin.request("/", "Connection: close"),
}


# What the answer must say for the exchange to be the one that is meant.
PROOFS = {"cache hit, 100 bytes": b"\r\nCache-Status: Minato; hit"}


def exchanges(port, request, times):
    """On one connection, or on as many where the request says so."""
    if b"Connection: close" in request:
        for _ in range(times):
            with origin.Client(port) as client:
                client.exchange(request)
        return
    with origin.Client(port) as client:
        for _ in range(times):
            client.exchange(request)


def measure_one(program, port, exchange, request):
    """Instructions a request: the least of some batches, since what disturbs one only adds."""
    exchanges(port, request, WARM_UP)
    with origin.Client(port) as client:
        if (proof := PROOFS.get(exchange, b"")) not in (answer := client.exchange(request)):
            raise SystemExit(f"{exchange}: {proof!r} is not in {answer!r}")
    batches = [program.instructions(lambda: exchanges(port, request, REQUESTS))
               for _ in range(BATCHES)]
    return round(min(batches) / REQUESTS)


def measure():
    """{exchange: instructions}."""
    with tempfile.TemporaryDirectory(prefix="minato-guard-") as name, origin.serving(RESPONSES) as behind:
        folder, port = pathlib.Path(name), contenders.free_port()
        config = folder / "guard.yaml"
        config.write_text(MINATO.format(port=port, origin=behind))
        argv = [contenders.minato(), "run", "--config", str(config)]
        with callgrind.counted(argv, folder, port) as program:
            program.start()
            return {exchange: measure_one(program, port, exchange, request)
                    for exchange, request in EXCHANGES.items()}


def judge(exchange, committed, measured):
    """What is wrong, or None."""
    if committed is None:
        return f"{exchange}: {measured:,} instructions, and no committed value; write it with --update"
    change = measured / committed - 1
    if abs(change) <= MARGIN:
        return None
    counts = f"{exchange}: {measured:,} instructions, {committed:,} committed, {change:+.1%}"
    if change > 0:
        return f"{counts}: it costs more; do without, or raise the number and say why"
    return f"{counts}: it costs less; lower the number"


def compare(measured):
    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    faults = []
    for exchange, count in measured.items():
        before = committed.get(exchange)
        change = f"{count / before - 1:+8.2%}" if before else "     new"
        print(f"{exchange:<42}{count:>10,}{change}")
        faults += filter(None, [judge(exchange, before, count)])
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
        COMMITTED.write_text(json.dumps(measured, indent=2) + "\n")
    sys.exit(not compare(measured))


main()
