"""The ring of fault records: `tokos faults`."""
from . import kernel
from .constants import PFN_NONE
from .machine import reading_constants_from_the_file, require_paging

SOURCE = "mm/fault_record.c"


def kind_names():
    """The names of the kinds of faults, by number. They can be had before the kernel runs."""
    with reading_constants_from_the_file():
        return [kernel.text(name) for name in kernel.elements(kernel.variable("mm_fault_kind_names"))]


def counts():
    """How many faults of each kind there were since boot: a dictionary by name."""
    numbers = kernel.elements(kernel.variable("mm_fault_counts"))
    return dict(zip(kind_names(), map(int, numbers)))


def _line(record, names):
    frame = int(record["frame"])
    return (f"FAULT seq={int(record['sequence'])} va={int(record['va']):08x} "
            f"eip={int(record['eip']):08x} err={int(record['error_code']):04x} "
            f"kind={names[int(record['kind'])]} pte={int(record['before']['value']):08x}->"
            f"{int(record['after']['value']):08x} "
            f"pfn={'-' if frame == PFN_NONE else f'{frame:05x}'} cost={int(record['cost'])}")


def show(_words):
    """The lines of `tokos faults`, in the form of `!faults`."""
    require_paging()
    names = kind_names()
    ring = kernel.elements(kernel.static_variable(SOURCE, "ring"))
    following = int(kernel.static_variable(SOURCE, "next_sequence"))
    for name, count in counts().items():
        if count and name != names[0]:
            yield f"  {name:<14} {count}"
    for sequence in range(max(0, following - len(ring)), following):
        yield _line(ring[sequence % len(ring)], names)
    if not following:
        yield "No fault has been recorded yet; setting mm_fault_trace to 1 begins to."
