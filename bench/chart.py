"""Draws lines in several panels as an SVG, with nothing but the standard library."""
import math
from xml.sax.saxutils import escape

COLUMNS, WIDTH, HEIGHT = 4, 230, 150      # panels in a row; the area of one
LEFT, RIGHT, TOP, BOTTOM = 42, 18, 34, 30  # around it
HEAD, FOOT = 56, 26
# Told apart without seeing colours too (Okabe and Ito); the unreachable one is grey and dashed.
COLOURS = ("#0072b2", "#e69f00", "#d55e00", "#009e73", "#777777")
DASHES = ("", "6 2", "", "2 2", "4 3")


def _line(points, at, width=1.8):
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{DASHES[at]}"' if DASHES[at] else ""
    return (f'<polyline points="{path}" fill="none" stroke="{COLOURS[at]}" '
            f'stroke-width="{width}"{dashes}/>')


def _text(x, y, text, anchor="start", size=11, more=""):
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}"{more}>{escape(text)}</text>'


def _panel(title, xs, series):
    """One area with its axes, its upper left corner at 0, 0."""
    top = math.ceil(5 * max(max(values) for values in series.values())) / 5 or 0.2  # quarters are whole
    first, last = math.log(xs[0]), math.log(xs[-1])
    to_x = lambda x: (math.log(x) - first) / (last - first) * WIDTH
    to_y = lambda y: HEIGHT * (1 - y / top)
    out = [_text(0, -8, title, size=12, more=' font-weight="bold"')]
    for part in range(5):
        y, value = HEIGHT * (1 - part / 4), top * part / 4
        out.append(f'<path d="M0 {y:.1f}H{WIDTH}" stroke="#dddddd"/>')
        out.append(_text(-5, y + 4, f"{value:.0%}", "end", 10))
    out += [_text(to_x(x), HEIGHT + 15, f"{x}", "middle", 10) for x in xs]
    for at, values in enumerate(series.values()):
        out.append(_line([(to_x(x), to_y(value)) for x, value in zip(xs, values)], at))
    return out


def _legend(names):
    out = []
    for at, name in enumerate(names):
        x = LEFT + at * 110
        out += [_line([(x, 40), (x + 26, 40)], at, 2.5), _text(x + 32, 44, name, size=12)]
    return out


def _canvas(width, height, title):
    return [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'font-family="sans-serif" fill="#222222">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>', _text(LEFT, 22, title, size=16)]


def draw(title, x_title, xs, panels):
    """`panels` are (title, {name: values}), in the same order of names; the last name may differ."""
    rows = math.ceil(len(panels) / COLUMNS)
    across, down = LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM
    width, height = COLUMNS * across, HEAD + rows * down + FOOT
    names = list(panels[0][1])
    others = sorted({list(series)[-1] for _, series in panels} - set(names))
    names[-1] = " or ".join([names[-1], *others])
    out = [*_canvas(width, height, title), *_legend(names)]
    for at, (name, series) in enumerate(panels):
        x, y = at % COLUMNS * across + LEFT, HEAD + at // COLUMNS * down + TOP
        out += [f'<g transform="translate({x} {y})">', *_panel(name, xs, series), "</g>"]
    out += [_text(width / 2, height - 10, x_title, "middle", 12), "</svg>", ""]
    return "\n".join(out)


# Latencies: both axes stretch towards what is rare and what is slow.

WIDE, HIGH, KEY = 300, 260, 17          # the area of one panel; a line of the key below it
PERCENTILES = (0, 50, 90, 99, 99.9)     # on the axis, which ends there


def _decades(panels):
    """The powers of ten around all values."""
    values = [value for _, series in panels for points in series.values() for value in points.values()]
    return math.floor(math.log10(max(1, min(values)))), math.ceil(math.log10(max(10, *values)))


def _readable(micros):
    size, unit = next(pair for pair in ((1e6, "s"), (1e3, "ms"), (0, "us")) if micros >= pair[0])
    return f"{micros / (size or 1):g} {unit}"


def _latency_grid(low, high, to_x, to_y):
    out = []
    for value in (step * 10 ** decade for decade in range(low, high) for step in (1, 2, 5)):
        out.append(f'<path d="M0 {to_y(value):.1f}H{WIDE}" stroke="#dddddd"/>')
        out.append(_text(-5, to_y(value) + 4, _readable(value), "end", 10))
    for percent in PERCENTILES:
        out.append(f'<path d="M{to_x(percent):.1f} 0V{HIGH}" stroke="#eeeeee"/>')
        out.append(_text(to_x(percent), HIGH + 15, f"{percent:g}", "middle", 10))
    return out


def _latency_panel(title, series, low, high):
    to_x = lambda percent: -math.log10(1 - percent / 100) / 3 * WIDE
    to_y = lambda value: HIGH * (1 - (math.log10(max(value, 1)) - low) / (high - low))
    out = [_text(0, -8, title, size=12, more=' font-weight="bold"'), *_latency_grid(low, high, to_x, to_y)]
    for at, (name, points) in enumerate(series.items()):
        style = (at + len(COLOURS) - 1) % len(COLOURS)  # the first, the floor, is grey
        out.append(_line([(to_x(percent), to_y(value)) for percent, value in sorted(points.items())], style))
        y = HIGH + 54 + at * KEY
        out += [_line([(0, y), (26, y)], style, 2.5), _text(32, y + 4, name, size=12)]
    turned = f' transform="rotate(-90 -44 {HIGH / 2})"'
    return out + [_text(WIDE / 2, HIGH + 32, "percentile of the requests", "middle", 12),
                  _text(-44, HIGH / 2, "latency", "middle", 12, turned)]


def draw_latencies(title, panels):
    """`panels` are (title, {name: {percentile: microseconds}})."""
    low, high = _decades(panels)
    left = LEFT + 18  # there is more to write beside the axis
    across = left + WIDE + RIGHT
    width = len(panels) * across
    height = HEAD + HIGH + 60 + KEY * max(len(series) for _, series in panels)
    out = _canvas(width, height, title)
    for at, (name, series) in enumerate(panels):
        out += [f'<g transform="translate({at * across + left} {HEAD})">',
                *_latency_panel(name, series, low, high), "</g>"]
    return "\n".join([*out, "</svg>", ""])
