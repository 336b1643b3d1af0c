"""The machines the kernel is tested on.

Not the full product of processors, memory sizes, machine types and loaders, but a choice in which
each value appears, and in which each processor meets both machine types and both loaders, each
loader both machine types, and the smallest and the largest memory both of them. The rows with words
at the end are for these; one of them has the processor that no machine ever had, with a local APIC but
without a TSC.
"""
from collections import namedtuple

Configuration = namedtuple("Configuration", "name loader machine cpu memory words",
                           defaults=("",))

# loader, machine, processor, memory; and words for the kernel's command line, if any
TABLE = (
    ("kernel", "pc", "qemu32", "128M"),
    ("iso", "pc", "qemu32", "128M"),
    ("iso", "q35", "qemu32", "256M"),
    ("kernel", "pc", "486", "16M"),
    ("iso", "q35", "486", "64M"),
    ("kernel", "pc", "486,-pse", "16M"),
    ("iso", "q35", "486,-pse", "4G"),
    ("kernel", "q35", "pentium", "32M"),
    ("iso", "pc", "pentium", "16M"),
    ("kernel", "pc", "pentium3", "4G"),
    ("iso", "q35", "pentium3", "512M"),
    ("kernel", "q35", "max", "2G"),
    ("iso", "pc", "max", "1G"),
    ("iso", "q35", "max", "16M"),
    ("kernel", "pc", "qemu32", "128M", "specialpool"),
    ("kernel", "q35", "486", "16M", "specialpool"),
    ("kernel", "pc", "qemu32", "128M", "irqlcheck"),
    ("kernel", "q35", "max", "512M", "specialpool irqlcheck"),
    ("kernel", "pc", "pentium3,-tsc", "64M", "userva=3072"),
)

# Tests that may be skipped, by what a machine lacks: a name pattern (as in the shell) of the
# configuration, and one of the test. In 16 MB the loader puts the volume where a large page would be.
ALLOWED_SKIPS = (("*-16M*", "large.*"), ("*-16M*", "fragmentation.*"))


def _name(loader, machine, cpu, memory, words=""):
    return "-".join((loader, machine, cpu.replace(",-", "-no"), memory, *words.split()))


CONFIGURATIONS = tuple(Configuration(_name(*row), *row) for row in TABLE)
