#!/usr/bin/python3
"""Compares the eviction policies of the cache on traces of requests.

Replays each trace of a folder, and some made up here, against each policy at several sizes of the cache;
prints the hit ratios as a table and draws them as one picture. A trace is a file NAME.txt or NAME.txt.gz
of lines `KEY SIZE`, a request each; size 1 where it is not known.

belady: what goes is asked for again last of all: the optimum, where all are of one size.
bound:  more than anybody can have, where they are not.
"""
import argparse
import gzip
import itertools
import pathlib
import random
import subprocess
import sys

import chart

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build" / "bench" / "bench" / "bench_replay"
PERCENTS = (1, 2, 5, 10, 20, 50)
POLICIES = ("lru", "lfu", "s3fifo", "tinylfu")


class Trace:
    def __init__(self, name, lines):
        self.name, self.text = name, "".join(lines)
        requests = [line.split() for line in self.text.splitlines()]
        if not requests or any(len(request) != 2 or not request[1].isdigit() for request in requests):
            sys.exit(f"replay: {name} is no trace of lines `KEY SIZE`")
        self.requests, self.keys = len(requests), len({key for key, _ in requests})
        self.sized = any(size != "1" for _, size in requests)

    def replay(self, unit, program):
        """Hit ratios, {(policy, percent): (of requests, of bytes)}."""
        argv = [program, unit, *map(str, PERCENTS)]
        out = subprocess.run(argv, input=self.text, capture_output=True, text=True, check=True).stdout
        rows = (line.split() for line in out.splitlines())
        return {(policy, int(percent)): (float(hits), float(of_bytes))
                for percent, policy, hits, of_bytes in rows}


def read(path):
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as lines:
        return Trace(path.name.split(".")[0], lines)


# Made up, the same each time.

def zipf(chance, keys, requests, skew):
    """The n-th most wanted key is wanted 1 / n^skew as often as the first."""
    wanted = list(itertools.accumulate(1 / rank ** skew for rank in range(1, keys + 1)))
    return chance.choices(range(keys), cum_weights=wanted, k=requests)


def with_scans(chance, keys, every, length):
    """In between, somebody asks once for what nobody else wants."""
    fresh = itertools.count(10 ** 6)
    for at, key in enumerate(keys):
        if at % every == every - 1:
            yield from itertools.islice(fresh, length)
        yield key


def made_up():
    chance = random.Random(1)
    size = lambda key: min(4 << 20, int(2000 / (1 - random.Random(key).random())))  # Pareto
    line = lambda key, bytes_held=1: f"{key} {bytes_held}\n"
    popular = zipf(chance, 20_000, 200_000, 0.9)
    yield Trace("zipf", (line(key, size(key)) for key in popular))
    yield Trace("zipf_scans", map(line, with_scans(chance, popular, 10_000, 4_000)))
    yield Trace("loop", (line(key) for _ in range(40) for key in range(4_000)))


# What came of it.

def print_table(title, results, percent, what, columns):
    print(f"\n{title}, a cache of {percent} %\n")
    print("| trace | requests | keys |", *(f" {name} |" for name in columns), sep="")
    print("|---|---:|---:|", "---:|" * len(columns), sep="")
    for trace, ratios in results:
        values = [round(ratios[name, percent][what], 3) for name in columns]
        best = max(value for name, value in zip(columns, values) if name in POLICIES)
        cells = [f"**{value:.3f}**" if value == best > 0 else f"{value:.3f}" for value in values]
        print(f"| {trace.name} | {trace.requests:,} | {trace.keys:,} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--svg", type=pathlib.Path, default=ROOT / "build" / "replay.svg",
                        help="where the picture goes; build/replay.svg")
    parser.add_argument("folder", type=pathlib.Path, nargs="?", help="of traces; none: those made up")
    parser.add_argument("--program", type=pathlib.Path, default=PROGRAM, help="another bench_replay")
    parser.add_argument("--found-only", action="store_true", help="without the traces made up")
    chosen = parser.parse_args()
    found = sorted(path for pattern in ("*.txt", "*.txt.gz")
                   for path in chosen.folder.glob(pattern)) if chosen.folder else []
    if chosen.folder and not found:
        sys.exit(f"replay: no *.txt and no *.txt.gz in {chosen.folder}")
    traces = [*map(read, found), *(() if chosen.found_only else made_up())]
    by_entries = [(trace, trace.replay("entries", chosen.program)) for trace in traces]
    by_bytes = [(trace, trace.replay("bytes", chosen.program)) for trace in traces if trace.sized]
    print_table("Requests that hit, entries counted", by_entries, 10, 0, [*POLICIES, "belady"])
    for percent in (1, 10):
        print_table("Requests that hit, bytes counted", by_bytes, percent, 0, [*POLICIES, "bound"])
        print_table("Bytes that hit, bytes counted", by_bytes, percent, 1, [*POLICIES, "bound"])
    panels = [(trace.name, {name: [ratios[name, percent][0] for percent in PERCENTS]
                            for name in (*POLICIES, "belady")}) for trace, ratios in by_entries]
    panels += [(f"{trace.name}, by bytes", {name: [ratios[name, percent][0] for percent in PERCENTS]
                                            for name in (*POLICIES, "bound")})
               for trace, ratios in by_bytes]
    chosen.svg.write_text(chart.draw("Requests that hit", "size of the cache, % of the keys or bytes",
                                     PERCENTS, panels))
    print(f"\n{chosen.svg}", file=sys.stderr)


main()
