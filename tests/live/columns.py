# SPDX-License-Identifier: Apache-2.0
"""Prints careless beside careful for each line of `expected`: columns.py EXPECTED WORK."""
import json
import os
import sys

expected, work = sys.argv[1:3]


def verdicts(variant):
    path = os.path.join(work, variant + ".json")
    if not os.path.exists(path):
        return {}
    return {check["id"]: check for check in json.load(open(path, encoding="utf-8"))["checks"]}


careless, careful = verdicts("careless"), verdicts("careful")
no_kvm = os.path.exists(os.path.join(work, "careful.no-kvm"))
passed = failed = skipped = 0
print(f"{'check':38} {'careless':14} {'careful':14} evidence")
for line in open(expected, encoding="utf-8"):
    if line.startswith("#") or not line.strip():
        continue
    name = line.split()[0]
    needs_ksm = line.rstrip().endswith(" ksm")
    one, other = careless.get(name, {}), careful.get(name, {})
    bad, good = one.get("verdict", "missing"), other.get("verdict", "missing")
    evidence = ""
    for subject in one.get("subjects", []):
        if subject["verdict"] == "fail":
            evidence = subject["subject"] + " " + ", ".join(
                f"{k}={v}" for k, v in subject["evidence"].items())
            break
    right = bad == "fail" and evidence and good in ("pass", "not-applicable")
    if needs_ksm and not os.path.exists(os.path.join(work, "careless.ksm")):
        mark, skipped = "skipped: KSM cannot be started here", skipped + 1
    elif no_kvm:
        right = bad == "fail" and evidence
        mark, skipped = "careful skipped: no /dev/kvm", skipped + 1
    else:
        mark = "" if right else "<-- WRONG"
        passed, failed = passed + bool(right), failed + (not right)
    print(f"{name:38} {bad:14} {good:14} {evidence[:90]} {mark}")
print(f"columns: {passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed else 0)
