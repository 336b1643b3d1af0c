#!/usr/bin/env python3
"""Writes small valid multiboot2 information blobs, the fuzzer's seeds, into the folder given."""

import pathlib
import struct
import sys


def tag(kind, body=b""):
    padding = -len(body) % 8
    return struct.pack("<II", kind, 8 + len(body)) + body + bytes(padding)


def text(kind, string):
    return tag(kind, string.encode() + b"\0")


def module(start, end, name):
    return tag(3, struct.pack("<II", start, end) + name.encode() + b"\0")


def memory(lower, upper):
    return tag(4, struct.pack("<II", lower, upper))


def memory_map(*entries, entry_size=24):
    body = struct.pack("<II", entry_size, 0)
    for base, length, kind in entries:
        body += struct.pack("<QQII", base, length, kind, 0).ljust(entry_size, b"\0")
    return tag(6, body)


def information(*tags):
    body = b"".join(tags) + tag(0)
    return struct.pack("<II", 8 + len(body), 0) + body


RAM = memory_map((0, 0x9FC00, 1), (0x9FC00, 0x400, 2), (0xF0000, 0x10000, 2),
                 (0x100000, 0x7EE0000, 1), (0x7FE0000, 0x20000, 3), (0xFFFC0000, 0x40000, 2))
OVERLAPS = memory_map((0, 0x10000000, 1), (0x8000, 0x2000, 5), (0x7000, 0x2000, 4),
                      (0x9000, 0xFFFFFFFFFFFFFFFF, 20), (0x100000000, 0x40000000, 1))

SEEDS = {
    "empty": information(),
    "sizes": information(memory(640, 130048)),
    "map": information(RAM),
    "overlaps": information(OVERLAPS),
    "wide_entries": information(memory_map((0, 0x1000000, 1), entry_size=40)),
    "grub": information(text(1, "selftest=pool.* trace=fault"), text(2, "GRUB 2.06-13"),
                        module(0x200000, 0x204000, "demo"), memory(639, 130048), RAM,
                        tag(5, bytes(12)), tag(9, bytes(20)), tag(21, bytes(4))),
    "modules": information(RAM, *(module(n << 12, (n + 1) << 12, f"m{n}") for n in range(10))),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, blob in SEEDS.items():
        (folder / name).write_bytes(blob)


if __name__ == "__main__":
    main()
