#!/usr/bin/python3
"""Compares what Minato costs with what nginx, HAProxy, Varnish and the kernel alone cost, row by row.

docs/performance.md says what the rows are. Nothing else should run meanwhile.
"""
import argparse
import json
import os
import pathlib
import shlex
import sys
import tempfile

import calls
import contenders
import cpu
import flat
import forwarded
import idle
import latency
import results

# {key: (title, how it is measured)}, in the order of the table.
ROWS = {row.key: (row.title, lambda chosen, folder, row=row: cpu.measure(row, chosen, folder))
        for row in cpu.ROWS} | idle.ROWS | flat.ROWS | calls.ROWS | latency.ROWS


NAMES = ("nginx", "haproxy", "varnish", "minato")


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def writable(text):
    """A file that can be written to, found out before the hour that it takes to have something to write."""
    path = pathlib.Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text} cannot be written to")
    return path


def contender(name):
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(NAMES)}")
    return name


def arguments():
    rows = "\n".join(f"  {key:<11}{title}" for key, (title, _) in ROWS.items())
    parser = argparse.ArgumentParser(description=f"{__doc__}\nrows:\n{rows}",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=ROWS, metavar="ROW",
                        help="one of the rows below; may be given several times")
    parser.add_argument("--rounds", type=positive, default=15,
                        help="in which contenders take turns, 15; fewer than 5 decide nothing; latency has half as many")
    parser.add_argument("--seconds", type=positive, default=1,
                        help="of load, a contender and round, 1; short, since what disturbs a machine comes and goes; "
                             "latency has three times as long")
    parser.add_argument("--connections", type=positive, default=5000, help="idle ones")
    parser.add_argument("--entries", type=positive, default=1_000_000, help="of the full cache")
    parser.add_argument("--json", type=writable, metavar="FILE", help="all that was measured")
    parser.add_argument("--markdown", type=writable, metavar="FILE", help="the table")
    parser.add_argument("--picture", type=writable, metavar="FILE", help="of the latencies, an SVG")
    parser.add_argument("--dry-run", action="store_true", help="look at the arguments, and measure nothing")
    parser.add_argument("names", nargs="*", type=contender, default=NAMES, metavar="CONTENDER",
                        help=f"of {', '.join(NAMES)}; all of them")
    return parser.parse_args()


def measure(chosen):
    """The results of the chosen rows, printed as they come."""
    found = []
    for key in chosen.only or ROWS:
        title, how = ROWS[key]
        print(f"{key}: {title}", flush=True)
        with tempfile.TemporaryDirectory(prefix="minato-bench-") as folder:
            found.append(how(chosen, pathlib.Path(folder)))
        results.print_result(found[-1])
    return found


def main():
    chosen = arguments()
    if chosen.dry_run:
        return
    with tempfile.TemporaryDirectory(prefix="minato-bench-") as folder:
        for absent in filter(None, (contenders.absent(each, pathlib.Path(folder)) for each in chosen.names)):
            sys.exit(f"bench: {absent}")
        forwarded.check([name for name in cpu.PROXIES if name in chosen.names], pathlib.Path(folder))
    command = shlex.join(["script/bench", *sys.argv[1:]])
    found = measure(chosen)
    results.print_summary(found)
    if chosen.json:
        chosen.json.write_text(json.dumps(results.as_json(found, command), indent=1) + "\n")
    if chosen.markdown:
        chosen.markdown.write_text(results.markdown(found, command))


main()
