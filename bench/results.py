"""What a row of the benchmark came to, and how that is printed."""
import dataclasses
import pathlib
import platform
import re
import statistics
import subprocess

import contenders


ENOUGH = 5  # rounds for a verdict


@dataclasses.dataclass
class Check:
    """One figure of Minato against what it may be; without a limit it is for information."""
    what: str           # such as "/ nginx"
    value: float
    limit: float | None = None
    rounds: tuple | None = None     # where there were several: between what half of them lie
    taken: int | None = None        # rounds, where it takes some to tell

    @property
    def verdict(self):
        if self.limit is None:
            return ""
        if self.taken is not None and self.taken < ENOUGH:
            return "undecided"
        low, high = self.rounds or (self.value, self.value)
        if low <= self.limit < high:
            return "undecided"
        return "within" if high <= self.limit else "over"

    def cells(self):
        rounds = "" if self.rounds is None else "–".join(map(number, self.rounds))
        limit = "" if self.limit is None else number(self.limit)
        return [self.what, number(self.value), rounds, limit, self.verdict]


@dataclasses.dataclass
class Result:
    key: str
    title: str
    unit: str
    figures: dict       # of each contender: the median, or the one figure
    checks: list
    raw: dict           # everything that was measured, for --json
    table: list | None = None   # rows of text, its head first, where one line of figures is too little

    def line(self):
        return ", ".join(f"{name.partition(':')[0]} {number(value)}" for name, value in self.figures.items())


def number(value):
    """Three digits at least, and no more than tell something."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def ratio(what, mine, others, limit):
    """Median of each round's ratio, not the ratio of medians: rounds share disturbances."""
    each = [a / b for a, b in zip(mine, others)]
    if len(each) < 2:
        return Check(what, each[0], limit, taken=len(each))
    low, middle, high = statistics.quantiles(each, n=4, method="inclusive")
    return Check(what, middle, limit, (low, high), len(each))


def print_result(result):
    if result.table:
        print(f"  {result.unit}")
    else:
        print(f"  {result.unit}: {result.line()}")
    for cells in result.table or []:
        print(f"  {cells[0]:<12}" + "".join(f"{cell:>11}" for cell in cells[1:]))
    for check in result.checks:
        what, value, rounds, limit, verdict = check.cells()
        print(f"  {what:<26}{value:>10}{rounds:>14}" + (f"   limit {limit:>6}   {verdict}" if limit else ""))
    print(flush=True)


def print_summary(results):
    print(f"{'row':<10}{'of Minato':<32}{'is':>9}{'half between':>14}{'limit':>9}  verdict")
    for result in results:
        for check in result.checks:
            what, value, rounds, limit, verdict = check.cells()
            print(f"{result.key:<10}{what:<32}{value:>9}{rounds:>14}{limit:>9}  {verdict}")


def checkout():
    """The commit that script/bench builds what it measures of; what MINATO_BIN names may be of another."""
    git = ["git", "-C", str(contenders.ROOT), "describe", "--always", "--dirty", "--abbrev=10"]
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "not known"


def machine():
    """What the figures were taken on."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    family = re.search(r"cpu family\s*: (.*)\n.*model\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    cpus = pathlib.Path("/proc/cpuinfo").read_text().count("processor\t:")
    name = cpu[1] if cpu else platform.machine()
    more = f" (family {family[1]}, model {family[2]})" if family else ""
    return {"cpu": f"{cpus} x {name}{more}", "kernel": f"{platform.system()} {platform.release()}",
            "program": contenders.minato(), "checkout": checkout(),
            "versions": [contenders.version_of(name) for name in contenders.VERSIONS
                         if contenders.is_there(contenders.VERSIONS[name][0])]}


def markdown_table(head, rows):
    marks = ["---" if at == 0 else "---:" for at, _ in enumerate(head)]
    return ["", *(f"| {' | '.join(cells)} |" for cells in (head, marks, *rows))]


def markdown(results, command):
    """Tables for docs/performance.md."""
    about = machine()
    lines = ["| | |", "|---|---|", f"| machine | {about['cpu']} |", f"| kernel | {about['kernel']} |",
             f"| versions | {', '.join(about['versions'])} |", f"| program | {about['program']} |",
             f"| checkout | {about['checkout']} |", f"| command | `{command}` |"]
    if plain := [each for each in results if not each.table]:
        lines += ["", "| row | work | figures | Minato | is | half between | limit | |",
                  "|---|---|---|---|---:|---:|---:|---|"]
        lines += [line for each in plain for line in markdown_rows(each)]
    for result in (each for each in results if each.table):
        lines += ["", f"{result.key}: {result.title}, {result.unit}"]
        lines += markdown_table(result.table[0], result.table[1:])
    return "\n".join(lines) + "\n"


def markdown_rows(result):
    """A line for each check; what they share stands in the first."""
    first = [result.key, result.title, f"{result.unit}: {result.line()}"]
    for cells in [check.cells() for check in result.checks] or [[""] * 5]:
        yield f"| {' | '.join([*first, *cells])} |"
        first = ["", "", ""]


def as_json(results, command):
    return {"command": command, **machine(), "rows": [
        {"row": result.key, "title": result.title, "unit": result.unit, "figures": result.figures,
         "checks": [dataclasses.asdict(check) | {"verdict": check.verdict} for check in result.checks],
         "measured": result.raw} for result in results]}
