"""A line chart with logarithmic axes as SVG, and as PNG where `rsvg-convert` is: for benches of what grows."""

import math
import shutil
import subprocess
from html import escape

# Told apart by eyes that do not see all colours; marks differ, too.
COLOURS = ["#0b5cad", "#d1495b", "#2e8b57", "#b8860b", "#7a4fa3", "#4d4d4d", "#00868b", "#c25b12", "#8a8a00"]
WIDTH, HEIGHT = 860, 480
LEFT, RIGHT, TOP, BOTTOM = 84, 250, 56, 58


def _ticks(low, high):
    return [10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def _label(value):
    for limit, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g}{suffix}"
    return f"{value:g}"


def _mark(kind, x, y, colour):
    size = 4.5
    if kind % 3 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{colour}"/>'
    if kind % 3 == 1:
        return f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size}" height="{2 * size}" fill="{colour}"/>'
    return f'<path d="M{x:.1f} {y - size - 1:.1f}l{size + 1} {2 * size}h-{2 * size + 2}z" fill="{colour}"/>'


def lines(title, x_name, y_name, series, order=()):
    """The chart of several series: a name each, and its points (x, y), all above 0. Each line bears its name at its end.

    Colours go by the place of what a name begins with in `order`, so that several charts have the same; by the series' order without one.
    """
    series = {name: sorted(points) for name, points in series.items() if points}
    every = [point for points in series.values() for point in points]
    xs = [x for x, _ in every]
    x_low, x_high = min(xs), max(max(xs), min(xs) * 10)
    y_ticks = _ticks(min(y for _, y in every), max(y for _, y in every))
    if len(y_ticks) == 1:
        y_ticks.append(y_ticks[0] * 10)
    y_low, y_high = y_ticks[0], y_ticks[-1]
    plot_right, plot_bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def look(number, name):
        return next((place for place, start in enumerate(order) if name.startswith(start)), number)

    def across(x):
        return LEFT + (plot_right - LEFT) * (math.log10(x / x_low) / math.log10(x_high / x_low))

    def up(y):
        return plot_bottom - (plot_bottom - TOP) * (math.log10(y / y_low) / math.log10(y_high / y_low))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="DejaVu Sans, sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="43" fill="#555">{escape(y_name)}</text>',
        f'<text x="{(LEFT + plot_right) / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle" fill="#555">{escape(x_name)}</text>',
    ]
    for tick in y_ticks:
        y = up(tick)
        parts.append(f'<line x1="{LEFT}" x2="{plot_right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_label(tick)}</text>')
    for tick in sorted(set(xs)):
        x = across(tick)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{plot_bottom}" y2="{plot_bottom + 5}" stroke="#555"/>')
        parts.append(f'<text x="{x:.1f}" y="{plot_bottom + 19}" text-anchor="middle">{_label(tick)}</text>')
    parts.append(f'<line x1="{LEFT}" x2="{plot_right}" y1="{plot_bottom}" y2="{plot_bottom}" stroke="#555"/>')
    # Names apart from each other, in the order of the lines' ends; a thin line leads to each.
    names = sorted((up(points[-1][1]), number, name) for number, (name, points) in enumerate(series.items()))
    places, last = {}, TOP - 16.0
    for y, number, _ in names:
        last = places[number] = max(y, last + 16)
    overflow = max(0.0, last - plot_bottom)
    for number, (name, points) in enumerate(series.items()):
        kind = look(number, name)
        colour = COLOURS[kind % len(COLOURS)]
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in points)
        width = 3 if kind == 0 else 1.6
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
        parts += [_mark(kind, across(x), up(y), colour) for x, y in points]
        x, y = points[-1]
        place = places[number] - overflow
        parts.append(
            f'<line x1="{across(x) + 6:.1f}" y1="{up(y):.1f}" x2="{plot_right + 16}" y2="{place:.1f}" stroke="{colour}" stroke-width="0.7" '
            'stroke-dasharray="2 2"/>')
        weight = ' font-weight="bold"' if kind == 0 else ""
        parts.append(f'<text x="{plot_right + 20}" y="{place + 4:.1f}" fill="{colour}"{weight}>{escape(name)}</text>')
    return "\n".join(parts) + "\n</svg>\n"


def write(path, svg):
    """Writes PATH.svg, and PATH.png where it can."""
    path.with_suffix(".svg").write_text(svg)
    if shutil.which("rsvg-convert"):
        subprocess.run(["rsvg-convert", "--zoom", "2", path.with_suffix(".svg"), "--output", path.with_suffix(".png")], check=True)
