"""Makes an empty qcow2 disk image: QEMU keeps its snapshots in one while recording.

Layout of version 2, in clusters of 64 KB: the header, the reference count table, one block of
reference counts (16 bits each), the first-level table, which maps nothing.
"""
import struct

CLUSTER_BITS = 16
CLUSTER = 1 << CLUSTER_BITS
MAGIC = b"QFI\xfb"
VERSION = 2
CLUSTERS = 4
BYTES_PER_L1_ENTRY = CLUSTER * (CLUSTER // 8)


def create(path, size):
    """Write an empty image of `size` bytes to `path`."""
    l1_entries = -(-size // BYTES_PER_L1_ENTRY)
    header = struct.pack(">4sIQIIQIIQQIIQ", MAGIC, VERSION, 0, 0, CLUSTER_BITS, size, 0,
                         l1_entries, 3 * CLUSTER, 1 * CLUSTER, 1, 0, 0)
    counts_table = struct.pack(">Q", 2 * CLUSTER)
    counts = struct.pack(f">{CLUSTERS}H", *[1] * CLUSTERS)
    with open(path, "wb") as image:
        for cluster in (header, counts_table, counts, b""):
            image.write(cluster.ljust(CLUSTER, b"\0"))
