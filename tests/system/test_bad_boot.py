"""What the kernel says when it was not started as it should be."""
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
