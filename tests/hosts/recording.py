# SPDX-License-Identifier: Apache-2.0
"""The bytes of a recording, read and written (src/source/index.h), and what the kernel sends."""
import errno
import io
import ipaddress
import re
import struct
import tarfile
from urllib.parse import unquote_to_bytes

INLINE, SLUG = 256, 48
WORDS = {errno.ENOENT: "No such file or directory", errno.EACCES: "Permission denied", errno.EIO: "Input/output error",
         errno.EINVAL: "Invalid argument", errno.EISDIR: "Is a directory", errno.ENOTDIR: "Not a directory",
         errno.ENXIO: "No such device or address", errno.ENODEV: "No such device", errno.EPERM: "Operation not permitted",
         100010: "not asked; use --deep"}


class Answer:
    """One line of the index, without the question."""

    def __init__(self, kind="none", mode=0, uid=0, gid=0, data=b"", entries=None):
        self.error, self.problem = 0, b""
        self.kind, self.mode, self.uid, self.gid = kind, mode, uid, gid
        self.rdev, self.device, self.inode, self.modified = "0:0", "0:0", 0, 0
        self.data, self.entries = data, entries

    def set(self, attributes):
        for name, value in attributes.items():
            setattr(self, name, int(value, 8) if name == "mode" else value if name in ("device", "rdev") else int(value))
        return self


def failed(number, path):
    answer = Answer()
    answer.error, answer.problem = number, path + b": " + WORDS[number].encode()
    return answer


def escape(data):
    if not isinstance(data, bytes):
        data = data.encode()
    return "".join(chr(b) if 0x20 < b < 0x7f and b != 0x25 else f"%{b:02X}" for b in data)


def field(data):
    return "-" if not data else "%2D" if data == b"-" else escape(data)


def unfield(text):
    return b"" if text == "-" else unquote_to_bytes(text)


def read_recording(path):
    """{(operation, path): [answer, …]} in the order of the questions."""
    with tarfile.open(path) as tar:
        members = {m.name.split("/", 1)[1]: tar.extractfile(m).read() for m in tar if m.isfile()}
    lines = members["index"].decode().split("\n")
    assert lines[0] == "gvnp-snapshot 1" and lines[-2:] == ["end", ""], path
    answers = {}
    for line in lines[1:-2]:
        f = line.split(" ")
        data = unquote_to_bytes(f[14][1:]) if f[14][0] == "=" else b"" if f[14] == "-" else members[f[14]]
        answer = Answer(f[4], int(f[5], 8), int(f[6]), int(f[7]), data)
        answer.error, answer.problem = int(f[2]), unfield(f[3])
        answer.rdev, answer.device, answer.inode, answer.modified = f[8], f[9], int(f[10]), int(f[11])
        if f[12] == "list" or (f[0] == "list" and not answer.error):
            answer.data = b""
            answer.entries = [tuple([w[0]] + [unfield(x) for x in w[1:]]) for w in (l.split(" ") for l in data.decode().splitlines())]
        answers.setdefault((f[0], unfield(f[1])), []).append(answer)
    return answers


def listing_bytes(entries):
    return "".join(" ".join([e[0]] + [field(x) for x in e[1:]]) + "\n" for e in entries).encode()


def write_recording(questions):
    """The bytes of a snapshot of [((operation, path), answer), …]."""
    index, contents = ["gvnp-snapshot 1"], {}
    for (operation, path), a in questions:
        data = listing_bytes(a.entries) if a.entries else a.data
        if not data:
            content = "-"
        elif len(data) <= INLINE:
            content = "=" + escape(data)
        else:
            if data not in contents:
                slug = path[-SLUG:].lstrip(b"/") if len(path) <= SLUG else path[len(path) - SLUG:].removeprefix(b"/")
                slug = "".join(chr(b) if re.match(rb"[A-Za-z0-9._]", bytes([b])) else "-" for b in slug)
                contents[data] = f"{len(contents) + 1:04d}-{slug}"
            content = contents[data]
        index.append(" ".join([operation, field(path), str(a.error), field(a.problem), a.kind, f"{a.mode:o}", str(a.uid), str(a.gid),
                               a.rdev, a.device, str(a.inode), str(a.modified), "list" if a.entries else "data", str(len(data)), content]))
    out = io.BytesIO()
    for name, data in [("index", ("\n".join(index) + "\nend\n").encode())] + [(n, d) for d, n in contents.items()]:
        head = tarfile.TarInfo("gvnp-snapshot/" + name)
        head.size, head.mode = len(data), 0o644
        out.write(head.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512))
    return out.getvalue() + bytes(1024)


def message(kind, body):
    data = struct.pack("<IHHII", 16 + len(body), kind, 2, 1, 0) + body
    return data + bytes(-len(data) % 4)


def attribute(kind, data):
    data = struct.pack("<I", data) if isinstance(data, int) else data
    return struct.pack("<HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def encode_function(text):
    """IFLA_VF_INFO: address, VLAN, spoof check, trust."""
    number, mac, vlan, spoof, trust = text.split(",")
    number = int(number)
    return attribute(1, attribute(1, struct.pack("<I", number) + bytes.fromhex(mac.replace(":", "")) + bytes(26)) +
                     attribute(2, struct.pack("<III", number, int(vlan), 0)) +
                     attribute(4, struct.pack("<II", number, int(spoof))) + attribute(9, struct.pack("<II", number, int(trust))))


def encode_links(lines):
    """RTM_NEWLINK of rtnetlink(7)."""
    for line in lines:
        number, name, *words = line.decode().split()
        values = dict(w.split("=", 1) for w in words if "=" in w)
        functions = [w[3:] for w in words if w.startswith("vf=")]
        flags = (0x1041 if "up" in words else 0) | (8 if "loopback" in words else 0)
        body = struct.pack("<BxHiII", 0, 772 if "loopback" in words else 1, int(number), flags, 0) + attribute(3, name.encode() + b"\0")
        body += attribute(1, bytes.fromhex(values.get("mac", "00:00:00:00:00:00").replace(":", "")))
        body += attribute(10, int(values["master"])) if "master" in values else b""
        body += attribute(18, attribute(1, values["kind"].encode() + b"\0")) if "kind" in values else b""
        if functions:
            body += attribute(21, len(functions)) + attribute(22, b"".join(map(encode_function, functions)))
        yield message(16, body)


def encode_addresses(lines):
    """RTM_NEWADDR of rtnetlink(7)."""
    for line in lines:
        number, address = line.decode().split()
        interface = ipaddress.ip_interface(address)
        family = 2 if interface.version == 4 else 10
        yield message(20, struct.pack("<BBBBI", family, interface.network.prefixlen, 0x80, 0, int(number)) + attribute(1, interface.packed))


def encode_audit_status(lines):
    """AUDIT_GET: struct audit_status of linux/audit.h."""
    names = "mask enabled failure pid rate_limit backlog_limit lost backlog feature_bitmap backlog_wait_time backlog_wait_time_actual".split()
    values = {name: int(value) for name, value in (line.decode().split() for line in lines)}
    yield message(1000, struct.pack("<11I", *(values.pop(name, 0) for name in names)))
    if values:
        raise ValueError(f"no such number: {values}")


KERNEL = {"links": encode_links, "addresses": encode_addresses, "audit-status": encode_audit_status}
