# SPDX-License-Identifier: Apache-2.0
"""A redacted recording is judged as its original was, and no original is left in it:
same_verdicts.py REPORT REDACTED-REPORT ORIGINAL-TAR REDACTED-TAR."""
import collections
import json
import re
import sys
import tarfile
from urllib.parse import unquote_to_bytes

one, other = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
wrong = []


def verdicts(check):
    subjects = collections.Counter(subject["verdict"] for subject in check.get("subjects", []))
    return check["verdict"], check.get("severity"), check.get("waived"), subjects


for a, b in zip(one["checks"], other["checks"], strict=True):
    if a["id"] != b["id"] or verdicts(a) != verdicts(b):
        wrong.append(f"{a['id']}: {verdicts(a)} became {verdicts(b)}")
for key in ("areas", "host"):
    if one.get(key) != other.get(key):
        wrong.append(f"{key} differs")
if [(r["id"], r["verdict"]) for r in one["requirements"]] != [(r["id"], r["verdict"]) for r in other["requirements"]]:
    wrong.append("requirements differ")


def messages(path):
    with tarfile.open(path) as tar:
        files = {m.name.split("/")[-1]: tar.extractfile(m).read() for m in tar if m.isfile()}
    for line in files["index"].decode().splitlines()[1:-1]:
        fields = line.split(" ")
        content = fields[14]
        data = unquote_to_bytes(content[1:]) if content[0] == "=" else files.get(content, b"")
        yield fields[0], unquote_to_bytes(fields[1]), unquote_to_bytes(fields[3]), data


# What the host says of itself, found here by other means than the program's.
originals, kept = set(), rb"00000000-0000-0000-0000-000000000000"
uuid = rb"(?i)(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])"
mac = rb"(?i)(?<![0-9a-z:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-z:])"
for operation, path, _, data in messages(sys.argv[3]):
    if path.startswith(b"/sys/firmware/efi") or data[:2] == b"\x1f\x8b":
        continue
    originals |= set(re.findall(uuid, path + b" " + data)) - {kept}
    originals |= {m for m in re.findall(mac, data) if m not in (b"00:00:00:00:00:00", b"ff:ff:ff:ff:ff:ff")}
    if operation == "libvirt" and path in (b"domains", b"networks"):
        fields = 6 if path == b"domains" else 4
        originals |= {l.split(b" ", fields)[fields] for l in data.splitlines()} - {b"default"}
    if path in (b"/etc/machine-id", b"/sys/class/dmi/id/product_serial"):
        originals |= {data.strip()} - {b""}
    if path == b"/etc/passwd":
        rows = [l.split(b":") for l in data.splitlines()]
        originals |= {r[0] for r in rows if 1000 <= int(r[2]) < 60000}
    originals |= set(re.findall(rb"guest=([^,]+),", data)) if path.endswith(b"/cmdline") else set()
# ones that the replacements themselves look like, or that are one word, are for the unit test
originals = {o for o in originals if len(o) >= 6 and not re.fullmatch(rb"(vm|net|user|host)-\d+|00000000-0000-4000-8000-[0-9a-f]+|0000000000004000800[0-9a-f]+|02:00.*", o)}
everything = b"\n".join(b"\n".join(message[1:]) for message in messages(sys.argv[4]))
with tarfile.open(sys.argv[4]) as tar:
    everything += b"\n".join(tar.extractfile(m).read() for m in tar if m.isfile())
for original in sorted(originals):
    escaped = original.replace(b"-", b"\\x2d")
    if original in everything or escaped in everything:
        wrong.append(f"still there: {original.decode(errors='replace')}")
print(f"{len(one['checks'])} checks, {len(originals)} originals", *wrong, sep="\n  ")
sys.exit(1 if wrong else 0)
