#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fewest small inputs that reach every edge a corpus reaches.

  thin.py CONTROL FOLDER    CONTROL is what libFuzzer's -merge_control_file wrote; FOLDER becomes
                            the copies, named by their digest. Files of FOLDER that do not begin
                            with "input-" were put there by hand and stay.
"""
import hashlib
import pathlib
import sys

MOST_FILES, MOST_BYTES = 60, 150_000
COSTS = 200, 1000, 4000, 16000


def read_control(path):
    lines = pathlib.Path(path).read_text(errors="replace").splitlines()
    n = int(lines[0])
    names, edges = lines[2 : 2 + n], {}
    for line in lines[2 + n :]:
        words = line.split()
        if words and words[0] == "COV":
            edges.setdefault(int(words[1]), set()).update(words[2:])
    return [(names[i], edges[i], pathlib.Path(names[i]).read_bytes())
            for i in sorted(edges) if pathlib.Path(names[i]).exists()]


def choose(inputs, cost):
    """Most new edges a byte first; a file costs as much as `cost` bytes."""
    reached, chosen, size = set(), [], 0
    left = list(inputs)
    while left and len(chosen) < MOST_FILES:
        left = [i for i in left if i[1] - reached and size + len(i[2]) <= MOST_BYTES]
        if not left:
            break
        best = max(left, key=lambda i: (len(i[1] - reached) / (cost + len(i[2])), i[0]))
        reached |= best[1]
        size += len(best[2])
        chosen.append(best[2])
        left.remove(best)
    return chosen, reached


def main():
    inputs = read_control(sys.argv[1])
    folder = pathlib.Path(sys.argv[2])
    # Where there is room for few files, larger ones reach more.
    chosen, reached = max((choose(inputs, cost) for cost in COSTS), key=lambda c: len(c[1]))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("input-*"):
        old.unlink()
    for data in chosen:
        (folder / ("input-" + hashlib.sha256(data).hexdigest()[:12])).write_bytes(data)
    everything = set().union(*(i[1] for i in inputs)) if inputs else set()
    print(f"{folder.name}: {len(chosen)} of {len(inputs)} inputs, "
          f"{sum(map(len, chosen))} bytes, {len(reached)} of {len(everything)} edges")


main()
