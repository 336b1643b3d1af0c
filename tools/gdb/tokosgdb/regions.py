"""The kernel's table of regions: `tokos layout`, and the name of the region an address lies in."""
from . import kernel
from .constants import MM_READWRITE, MM_ZERO_ACCESS
from .machine import require_paging


def region_of(va):
    """The name and use of the region that holds `va`, as text; None between regions."""
    for region in kernel.elements(kernel.variable("mm_regions")):
        if int(region["start"]) <= va <= int(region["end"]):
            return f"{kernel.text(region['name'])}: {kernel.text(region['use'])}"
    return None


def _image_parts():
    parts = kernel.variable("mm_image_parts")
    for index in range(int(kernel.variable("mm_image_part_count"))):
        part = parts[index]
        if int(part["protection"]) == MM_ZERO_ACCESS:
            continue
        writable = int(part["protection"]) == MM_READWRITE
        yield (f"    {int(part['start']):08x}-{int(part['end']) - 1:08x}  "
               f"{kernel.text(part['name']):<12} {'writable' if writable else 'read-only'}")


def layout(_words):
    """The lines of `tokos layout`, in the form of `!layout`."""
    require_paging()
    image = kernel.enumerators("mm_mapping")["MM_MAP_IMAGE"]
    if not int(kernel.variable("mm_highest_physical_page")):
        yield "(The memory manager is not up yet: the ends are the design's limits.)"
    for region in kernel.elements(kernel.variable("mm_regions")):
        yield (f"  {int(region['start']):08x}-{int(region['end']):08x}  "
               f"{kernel.text(region['name']):<14} {kernel.text(region['use'])}")
        if int(region["mapping"]) == image:
            yield from _image_parts()
