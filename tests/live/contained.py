# SPDX-License-Identifier: Apache-2.0
"""What the lesser run passes, the fuller run passes too: contained.py LESSER FULLER [BUT]."""
import json
import os
import sys

for path in sys.argv[1:3]:
    if not os.path.exists(path) or not os.path.getsize(path):
        sys.exit(f"no report: {path}")

lesser, fuller = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
full = {check["id"]: check["verdict"] for check in fuller["checks"]}
wrong = [check["id"] for check in lesser["checks"]
         if check["verdict"] == "pass" and full.get(check["id"]) != "pass"
         and check["id"] not in sys.argv[3:]]
judged = [check["id"] for check in lesser["checks"] if check["verdict"] in ("pass", "fail")]
print(len(judged), "checks judged,", sum(c["verdict"] == "pass" for c in lesser["checks"]), "pass",
      "NOT CONTAINED: " + " ".join(wrong) if wrong else "")
if "unprivileged" in sys.argv[1] and len(judged) < 25:
    print("fewer than 25 judged")
    sys.exit(1)
sys.exit(1 if wrong else 0)
