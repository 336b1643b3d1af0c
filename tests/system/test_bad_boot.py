"""What the kernel says when it was not started as it should be."""
import re

from gdbrun import boot_under_gdb
from launcher import tail


def test_wrong_magic_is_named(tmp_path):
    shown = boot_under_gdb(tmp_path, "break *_start", "continue", "set $eax = 0x12345678",
                           "continue")
    assert ("TokOS cannot start: the loader's magic number is neither multiboot1 (2BADB002) nor "
            "multiboot2 (36D76289)") in shown.run.out
    assert shown.run.code == 1, tail(shown.run.out)


def test_damaged_information_is_named(tmp_path):
    """The flags of the multiboot1 structure are cleared: no memory size, no memory map."""
    shown = boot_under_gdb(tmp_path, "break *_start", "continue", "set {unsigned}$ebx = 0",
                           "continue")
    assert "TokOS cannot start: " in shown.run.out and "memory" in shown.run.out
    assert shown.run.code == 1


def test_frames_reported_bad_are_listed_and_never_used(tmp_path):
    """The memory below 640 KB, the first entry of the multiboot1 memory map, is called defective."""
    shown = boot_under_gdb(tmp_path, "break *_start", "continue",
                           "set {unsigned}({unsigned}($ebx + 48) + 20) = 5", "continue",
                           stdin=b"!memusage\n!verify\n!pfn 50\nq\n")
    _, usage, verify, pfn, *_ = shown.run.out.replace("\r", "").split("kd> ")
    assert "to 000009fbff bad" in shown.run.out
    assert int(re.search(r"Bad: +(\d+)", usage)[1]) == 0xA0
    assert "0 contradictions" in verify
    assert " Bad " in pfn
