# SPDX-License-Identifier: Apache-2.0
"""Two JSON reports are byte for byte the same but for `run`: same.py ONE OTHER."""
import json
import os
import sys

for path in sys.argv[1:3]:
    if not os.path.exists(path) or not os.path.getsize(path):
        sys.exit(f"no report: {path}")

texts = [open(path, encoding="utf-8").read() for path in sys.argv[1:3]]
cut = []
for text in texts:
    document = json.loads(text)
    run = json.dumps(document["run"], separators=(",", ":"), ensure_ascii=False)
    # Byte equality of everything else, so that key order and spelling count too.
    start = text.index('"run":') + len('"run":')
    end = start + json.JSONDecoder().raw_decode(text[start:])[1]
    cut.append(text[:start] + text[end:])
if cut[0] != cut[1]:
    one, other = (json.loads(text) for text in texts)
    for key in one:
        if key != "run" and one[key] != other.get(key):
            print("differs:", key)
            if key == "checks":
                for a, b in zip(one[key], other[key]):
                    if a != b:
                        print(json.dumps(a)[:600], "\n   ", json.dumps(b)[:600])
    sys.exit(1)
