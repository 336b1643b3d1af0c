"""Every status that the memory and section services can return is provoked by a test in tests/user.

The names of the statuses in the sources of a group of services are compared with those in the rows of
its test programs; test_programs.py runs these, and they check that each row's call returns its status.
"""
import re

import pytest
from launcher import ROOT

NAME = re.compile(r"\bSTATUS_[A-Z0-9_]+")
ROW = re.compile(r"\b(?:S|CREATED|MAPPED)\((STATUS_[A-Z0-9_]+)\)")
COMMENT = re.compile(r"/\*.*?\*/", re.S)

MEMORY = ("kernel/nt/virtual_memory.c", "kernel/nt/copy_memory.c", "kernel/nt/write_watch.c",
          "kernel/nt/reference.c", "kernel/nt/user_memory.c", "mm/allocate_virtual.c",
          "mm/free_virtual.c", "mm/protect_virtual.c", "mm/query_virtual.c", "mm/lock_virtual.c",
          "mm/write_watch.c", "mm/vad_insert.c", "mm/flush_virtual.c")
SECTIONS = ("kernel/nt/section.c", "kernel/nt/create_section.c", "kernel/nt/common.c",
            "kernel/nt/capture.c", "kernel/nt/reference.c", "kernel/nt/user_memory.c",
            "kernel/ob/access.c", "kernel/ob/handle.c", "kernel/ob/insert.c", "kernel/ob/name.c",
            "kernel/ob/object.c", "mm/section.c", "mm/section_image.c", "mm/image_headers.c",
            "mm/map_view.c", "mm/vad_insert.c", "mm/section_based.c")

# Those that these services do not return, and why.
NOT_THEIRS = {
    "STATUS_REPARSE": "says that the path of a name goes on",
    "STATUS_BUFFER_TOO_SMALL": "of mi_verify_image_headers; MI_IMAGE_PARTS_MAX is always enough",
}

GROUPS = {
    "memory": (MEMORY, ("status_memory.c", "status_copy.c", "status_exhausted.c", "status_extend.c")),
    "sections": (SECTIONS, ("status_sections.c", "status_views.c", "status_images.c",
                            "status_exhausted.c", "status_extend.c")),
}


def names(pattern, paths):
    """The names that match `pattern` in the files `paths`, outside comments."""
    found = set()
    for path in paths:
        found.update(pattern.findall(COMMENT.sub("", path.read_text(encoding="utf-8"))))
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_each_status_is_provoked(group):
    sources, tests = GROUPS[group]
    returned = names(NAME, [ROOT / source for source in sources])
    provoked = names(ROW, [ROOT / "tests" / "user" / test for test in tests])
    assert returned - set(NOT_THEIRS) - provoked == set()
