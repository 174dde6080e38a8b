#!/usr/bin/python3
"""bench/replay.py on two traces that a person can follow. usage: replay_test.py BENCH_REPLAY"""
import gzip
import pathlib
import subprocess
import sys
import tempfile

REPLAY = pathlib.Path(__file__).resolve().parent / "replay.py"


def run(picture, *more):
    return subprocess.run(["/usr/bin/python3", "-B", REPLAY, "--program", sys.argv[1], "--svg", picture, *more],
                          capture_output=True, text=True)


def replay(folder):
    picture = folder / "picture.svg"
    return run(picture, "--found-only", folder), picture


def tables(text):
    """{trace: cells}, a table each."""
    for table in text.split("\n\n"):
        yield {line.split("|")[1].strip(): [cell.strip(" *") for cell in line.split("|")[2:-1]]
               for line in table.splitlines() if line.startswith("| ") and "trace" not in line}


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    done, _ = replay(folder)
    assert done.returncode != 0 and "no *.txt" in done.stderr, done

    # Ten keys, each twice in a row: a cache of one entry has every second one, whatever goes.
    (folder / "twice.txt").write_text("".join(f"{key} 1\n{key} 1\n" for key in range(10)))
    # Round and round: of ten keys a cache of one never has the next one; who knows the future keeps one.
    with gzip.open(folder / "round.txt.gz", "wt") as trace:
        trace.write("".join(f"{key} 1\n" for _ in range(10) for key in range(10)))
    done, picture = replay(folder)
    assert done.returncode == 0, done
    rows = {name: cells for table in tables(done.stdout) for name, cells in table.items()}
    assert rows["twice"][:3] == ["20", "10", "0.500"], rows
    assert rows["round"][:3] == ["100", "10", "0.000"], rows
    assert rows["twice"][-1] == "0.500" and float(rows["round"][-1]) > 0, rows
    assert picture.read_text().startswith("<svg"), picture.read_text()[:80]

    (folder / "twice.txt").write_text("no trace\n")
    done, _ = replay(folder)
    assert done.returncode != 0 and "twice is no trace" in done.stderr, done

    # What each policy is worth on traces that are always the same: a policy that has come to lose says so here.
    entries, by_requests, *_ = [table for table in tables(run(folder / "all.svg").stdout) if table]
    for table, trace, ratios in ((entries, "zipf", (0.560, 0.627, 0.630, 0.633, 0.738)),
                                 (entries, "zipf_scans", (0.519, 0.561, 0.568, 0.582, 0.638)),
                                 (by_requests, "zipf", (0.303, 0.393, 0.391, 0.383, 0.617))):
        found = [float(cell) for cell in table[trace][2:]]
        assert all(abs(own - told) < 0.005 for own, told in zip(found, ratios, strict=True)), found
