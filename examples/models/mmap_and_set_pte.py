#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A model of almost nothing: mmap, flags of a VMA and set_pte on x86_64, in one process.

Reads a stripped transcript, and answers each step for as long as it knows what happened: specialbit verify --model counts
what it leaves out as missing, and what it gets wrong as wrong.
"""
import json
import sys

VM_READ, VM_WRITE, VM_SHARED, VM_MAYEXEC, VM_ACCOUNT = 0x1, 0x2, 0x8, 0x40, 0x100000
FLAGS = {"PFNMAP": 0x400, "IO": 0x4000, "MIXEDMAP": 0x10000000}
PROTS = {("r", "p"): 0x25, ("rw", "p"): 0x25, ("r", "s"): 0x25, ("rw", "s"): 0x27}
NX, SPECIAL, RW = 1 << 63, 0x200, 0x2


class Unknown(Exception):
    """From here on this model does not know."""


class Scenario:
    def __init__(self, frames):
        self.frames = frames
        self.vmas = {}

    def vma_at(self, op):
        start = address(op)
        for first, vma in self.vmas.items():
            if first <= start < vma["end"]:
                return first, vma
        raise Unknown

    def mmap(self, op):
        if set(op) - {"name", "v", "p", "n", "prot", "share", "file", "pgoff", "pre"}:
            raise Unknown
        call, _, names = op.get("pre", "flags;set=").partition(";set=")
        if call != "flags" or ";" in names:
            raise Unknown  # its driver's ->mmap does more than set flags
        start, share, prot = address(op), op["share"], op["prot"]
        file = op["file"]
        end = start + op["n"] * 4096
        anon = file == "anon" and share == "p"
        if any(first < end and start < vma["end"] for first, vma in self.vmas.items()):
            raise Unknown
        if any(vma["end"] == start or first == end for first, vma in self.vmas.items()):
            raise Unknown  # they may merge
        if (prot, share) not in PROTS or file == "prep":
            raise Unknown
        flags = VM_READ | 0x10 | 0x20 | VM_MAYEXEC | (VM_WRITE if "w" in prot else 0)
        if share == "s":
            flags |= VM_SHARED | 0x80
        elif "w" in prot:
            flags |= VM_ACCOUNT
        kind = "dev" if file == "dev" else "anon" if anon else "shmem"
        pgoff = start // 4096 if anon else op.get("pgoff", 0)
        flags |= vm_flags(names)
        self.vmas[start] = {
            "end": end, "flags": flags, "pgoff": pgoff, "prot": NX | PROTS[prot, share], "kind": kind, "pt": {},
        }

    def flags(self, op):
        _, vma = self.vma_at(op)
        vma["flags"] |= vm_flags(op.get("set", ""))
        if op.get("clear"):
            raise Unknown

    def setpte(self, op):
        first, vma = self.vma_at(op)
        if not op.get("special") or op.get("w") or op.get("n", 1) != 1 or not vma["flags"] & 0x10000400:
            raise Unknown
        pfn = int(self.frames[op["frame"]], 16)
        raw = vma["prot"] & ~RW | pfn << 12 | SPECIAL
        index = (address(op) - first) // 4096
        vma["pt"][index] = [index, f"{raw:x}", "P--YS", f"{pfn:x}", op["frame"], None]

    def dump(self):
        vmas = [
            {
                "start": f"{start:x}", "end": f"{vma['end']:x}", "flags": f"{vma['flags']:x}", "pgoff": f"{vma['pgoff']:x}",
                "prot": f"{vma['prot']:x}", "kind": vma["kind"], "pt": [vma["pt"][index] for index in sorted(vma["pt"])],
            }
            for start, vma in sorted(self.vmas.items())
        ]
        return {"mms": [{"mm": 0, "rss": [0, 0, 0, 0], "vmas": vmas}], "frames": {}}


def vm_flags(names):
    if any(name not in FLAGS for name in names.split("|") if name):
        raise Unknown
    return sum(FLAGS[name] for name in names.split("|") if name)


def address(op):
    return 0x20000000 + op["v"] * 0x1000000 - (0x2000 if op["v"] == 3 else 0) + op.get("p", 0) * 4096


known, scenario = False, None
for line in sys.stdin:
    record = json.loads(line)
    if "header" in record:
        known = record["arch"] == "x86_64"
    elif "begin" in record:
        scenario = Scenario(record["frames"]) if known else None
    elif scenario is not None:
        op = record["op"]
        try:
            if record["mm"] != 0 or op["name"] not in ("mmap", "flags", "setpte"):
                raise Unknown
            getattr(scenario, op["name"])(op)
        except (Unknown, KeyError):
            scenario = None
            continue
        print(json.dumps({**record, "ret": 0, "dump": scenario.dump()}))
