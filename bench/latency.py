"""The latency of a proxied GET at fixed rates, open loop: requests come when they come.

Each contender gets 10, 50 and 80 % of what it answered of more than anybody can answer. Load and origin
share a CPU, so that what a fast contender could do by itself may be more than that.
"""
import json
import statistics
import subprocess

import chart
import contenders
import cpu
import results

SHARES = (0.10, 0.50, 0.80)
TOO_MANY = 200_000  # requests a second
SHOWN = ("50", "99", "99.9")
WORK = cpu.Row("latency", "", ("floor", *cpu.PROXIES), {}, filling=False)
TITLE = "proxied GET at 10, 50 and 80 % of each contender's own maximum"


def generate(port, rate, seconds):
    argv = [str(contenders.PROGRAMS / "bench_openloop"), str(port), f"{rate:.0f}", str(seconds),
            str(WORK.connections)]
    done = subprocess.run(argv, preexec_fn=contenders.on_cpu(contenders.LOAD_CPU), capture_output=True,
                          text=True, timeout=seconds + 60, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench_openloop: {done.stderr}")
    return json.loads(done.stdout)


def maxima_of(running, seconds):
    """Requests a second that each answers at most; in turns, since the machine may be disturbed."""
    rates = [{name: generate(port, TOO_MANY, seconds)["answered_a_second"]
              for name, (_, port) in running.items()} for _ in range(3)]
    most = {name: max(each[name] for each in rates) for name in running}
    print("  requests a second, at most: " + ", ".join(f"{name} {rate:,.0f}" for name, rate in most.items()),
          flush=True)
    return most


def measure_all(chosen, folder):
    """{(share, name): [a round's measurement]}, and {name: maximum}."""
    names, found = WORK.names_among(chosen.names), {}
    # Fewer and longer rounds than of other rows: one in a thousand has to be some.
    rounds, seconds = (chosen.rounds + 1) // 2, 3 * chosen.seconds
    with cpu.started(WORK, names, folder) as running:
        maxima = maxima_of(running, seconds)
        for number in range(1, rounds + 1):
            for share in SHARES:
                for name, (_, port) in running.items():
                    measured = generate(port, share * maxima[name], seconds)
                    found.setdefault((share, name), []).append(measured)
            print(f"  round {number} of {rounds}: " + ", ".join(
                f"{name} {found[SHARES[-1], name][-1]['percentiles']['99']:,.0f}" for name in names) +
                f" us, p99 at {SHARES[-1]:.0%}", flush=True)
    return found, maxima


def middle(rounds):
    """The median of the rounds, percentile by percentile."""
    return {percent: statistics.median(each["percentiles"][percent] for each in rounds)
            for percent in rounds[0]["percentiles"]}


def drawn(percentiles):
    """Those beyond would be of a few requests only."""
    return {float(percent): value for percent, value in percentiles.items()
            if float(percent) <= float(SHOWN[-1])}


def panels_of(found, maxima):
    """For the picture: a panel for each share, a line for each contender."""
    return [(f"at {share:.0%} of its own maximum",
             {f"{name}, {share * maxima[name]:,.0f}/s": drawn(middle(found[share, name]))
              for name in maxima}) for share in SHARES]


def table_of(found, maxima):
    head = ["", "at most/s", *(f"{share:.0%} p{percent}" for share in SHARES for percent in SHOWN)]
    return [head, *([name, f"{most:,.0f}", *(f"{middle(found[share, name])[percent]:,.0f}"
                                             for share in SHARES for percent in SHOWN)]
                    for name, most in maxima.items())]


def print_lateness(found):
    """Of the generator itself: what the latencies have of it."""
    late = [max(each["sent_late"] for (at, _), rounds in found.items() if at == share for each in rounds)
            for share in SHARES]
    print("  us that the load itself sent late, p99, at worst: " + ", ".join(
        f"{value:,.0f} at {share:.0%}" for value, share in zip(late, SHARES)), flush=True)


def measure(chosen, folder):
    found, maxima = measure_all(chosen, folder)
    print_lateness(found)
    if chosen.picture:
        chosen.picture.write_text(chart.draw_latencies(
            "Latency of a proxied GET, open loop", panels_of(found, maxima)))
    figures = {f"{name} {share:.0%} p{percent}": middle(found[share, name])[percent]
               for share in SHARES for name in maxima for percent in SHOWN}
    raw = {"maxima": maxima} | {f"{name} {share:.0%}": rounds for (share, name), rounds in found.items()}
    return results.Result("latency", TITLE, "us", figures, [], raw, table_of(found, maxima))


ROWS = {"latency": (TITLE, measure)}
