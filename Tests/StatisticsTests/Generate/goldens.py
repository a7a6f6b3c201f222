#!/usr/bin/env python3
"""Writes the golden values of StatisticsTests, computed by mpmath with 60 digits.

usage: goldens.py FOLDER    (needs mpmath; FOLDER is Tests/StatisticsTests)
"""
import random
import sys

from mpmath import mp, mpf, log, exp, loggamma

mp.dps = 60
random.seed(20260203)


def log_mass(x, m, ratio):
    """log P(X = x) by the definition, with digits to spare for the cancellation."""
    c = ratio - 1
    if c == 0:
        return x * log(m) - m - loggamma(x + 1)
    r = m / c
    return loggamma(x + r) - loggamma(r) - loggamma(x + 1) - r * log(ratio) + x * log(c / ratio)


def log_upper(y, m, ratio):
    """log P(X >= y): an exact sum where it is short below the mean, from its complement."""
    c = ratio - 1
    rising = lambda k: (c * k + m) / (ratio * (k + 1))
    if y < m and y <= 6000:
        term = exp(log_mass(mpf(0), m, ratio))
        total = mpf(0)
        for k in range(int(y)):
            total += term
            term *= rising(k)
        if total < mpf("0.9"):
            return log(1 - total)
    # Fixed point with 192 bits: terms are positive, so the error is that of the last bits only.
    bits = 192
    ci, mi, ri = (int(v * mpf(2) ** bits) for v in (c, m, ratio))
    total = term = 1 << bits
    k = int(y)
    for _ in range(300000):
        term = term * (ci * k + mi) // (ri * (k + 1))
        total += term
        k += 1
        if term < total >> 100:
            return log_mass(mpf(y), m, ratio) + log(mpf(total) / mpf(2) ** bits)
    return None


def fmt(value):
    return repr(float(value))


def tails():
    rows = []
    ratios = [1.0, 1.0 + 2.0**-40, 1.0000001, 1.01, 1.2, 1.5, 2.0, 3.0, 7.5, 40.0, 1000.0]
    means = [1e-12, 1e-6, 0.001, 0.02, 0.3, 1.0, 2.5, 7.0, 19.0, 50.0, 400.0, 5000.0]
    for ratio in ratios:
        for m in means:
            spread = (m * ratio) ** 0.5
            for count in {1, random.randint(2, 8), random.randint(9, 32), random.randint(33, 60),
                          max(1, int(m + random.uniform(-3, 0) * spread)), max(1, int(m + random.uniform(0, 9) * spread)),
                          max(1, int(m + random.uniform(9, 30) * (spread + ratio)))}:
                rows.append((count, m, ratio))
    for m, ratio in [(1e7, 1.0), (1e9, 1.0), (1e8, 1.3), (1e9, 1.0 + 1e-9), (1e6, 50.0), (1e5, 900.0)]:
        spread = (m * ratio) ** 0.5
        for sigma in (4.0, 9.0, 30.0):
            rows.append((int(m + sigma * spread), m, ratio))
    for m, ratio in [(1e-6, 2e3), (1.0, 2e3), (30.0, 1e3), (1e-12, 2e3), (1e4, 2e3)]:
        for count in (1, 20, 1000, 200000):
            rows.append((count, m, ratio))
    out = []
    for count, m, ratio in rows:
        value = log_upper(count, mpf(m), mpf(ratio))
        if value is None or value < -2000:
            continue
        out.append((count, fmt(m), fmt(ratio), fmt(log_mass(mpf(count), mpf(m), mpf(ratio))), fmt(value)))
    out = random.sample(out, min(len(out), 420))
    out.sort(key=lambda row: (float(row[2]), float(row[1]), row[0]))
    return out


def elementary():
    points = [5e-324, 2.2e-310, 2.2250738585072014e-308, 1e-300, 1e-17, 0.5, 0.7071067811865475, 0.7071067811865476,
              0.9999999999999999, 1.0000000000000002, 1.4142135623730951, 2.0, 1e300, 1.7976931348623157e308]
    points += [random.uniform(0.5, 2) for _ in range(40)] + [2.0 ** random.uniform(-1070, 1020) for _ in range(40)]
    out = [("log", fmt(x), fmt(log(mpf(x)))) for x in points if x != 1]
    points = [-745.13, -744.0, -720.0, -708.4, -708.3, -1e-17, -0.3466, 0.34657, 0.3466, 709.782, 1e-300]
    points += [random.uniform(-745, 709.7) for _ in range(50)] + [random.uniform(-1, 1) for _ in range(30)]
    out += [("exp", fmt(x), fmt(exp(mpf(x)))) for x in points]
    points = [-1074.0, -1073.5, -1022.5, 0.5, -0.5, 1023.9999] + [random.uniform(-1073, 1023) for _ in range(40)]
    out += [("exp2", fmt(x), fmt(mpf(2) ** mpf(x))) for x in points]
    points = [1e-300, 1e-12, 0.1, 0.5, 0.999, 1.001, 1.4616321449683622, 1.9999, 2.0001, 9.999, 10.0, 1e15]
    points += [random.uniform(0.01, 12) for _ in range(40)] + [10 ** random.uniform(1, 14) for _ in range(20)]
    out += [("logGamma", fmt(x), fmt(loggamma(mpf(x)))) for x in points]
    return out


def main():
    folder = sys.argv[1]
    with open(f"{folder}/TailGoldens.swift", "w") as file:
        file.write("/// Rows of count, mean, ratio, log mass, log upper tail; written by Generate/goldens.py.\n")
        file.write('let tailGoldens = """\n')
        for row in tails():
            file.write("  " + " ".join(str(field) for field in row) + "\n")
        file.write('  """\n')
    with open(f"{folder}/ElementaryGoldens.swift", "w") as file:
        file.write("/// Rows of function, argument, value; written by Generate/goldens.py.\n")
        file.write('let elementaryGoldens = """\n')
        for row in elementary():
            file.write("  " + " ".join(row) + "\n")
        file.write('  """\n')


main()
