"""A program that lacks a DLL, or whose DLLs lack an export, is not started; a line names what is missing."""
import pytest
from programrun import PROGRAMS, run

pytestmark = pytest.mark.xdist_group("programs")

FIRST, SECOND = "order_first", "order_second"   # what order.exe needs; SECOND needs FIRST too
OTHER = "loader_dependency"                     # has none of their exports
WHOLE = 1 << 30

# What takes the places of the two DLLs (None: nothing), how many bytes of the second, the line that the
# program says, the status that it ends with.
CASES = {
    "dll": (FIRST, None, WHOLE, "order_second.dll was not found",
            "0xC0000135 STATUS_DLL_NOT_FOUND"),
    "dll of a dll": (None, SECOND, WHOLE, "order_first.dll was not found",
                     "0xC0000135 STATUS_DLL_NOT_FOUND"),
    "name": (FIRST, OTHER, WHOLE, "the entry point order_forwarded was not found in order_second.dll",
             "0xC0000139 STATUS_ENTRYPOINT_NOT_FOUND"),
    "ordinal": (OTHER, SECOND, WHOLE, "the ordinal 70 was not found in order_first.dll",
                "0xC0000138 STATUS_ORDINAL_NOT_FOUND"),
    "no image": (FIRST, SECOND, 600, "order_second.dll could not be loaded (status C000007B)",
                 "0xC000007B STATUS_INVALID_IMAGE_FORMAT"),
}


def _beside(folder, name, source, size):
    """The options that put the first `size` bytes of the DLL `source` beside the program as `name`."""
    if not source:
        return ()
    path = folder / f"{name}.dll"
    path.write_bytes((PROGRAMS / f"{source}.dll").read_bytes()[:size])
    return "--with", path


@pytest.mark.parametrize("case", CASES)
def test_what_is_missing_is_named(tmp_path, case):
    first, second, size, line, status = CASES[case]
    options = (*_beside(tmp_path, FIRST, first, WHOLE), *_beside(tmp_path, SECOND, second, size))
    code, out, err = run(PROGRAMS / "order.exe", options=options)
    assert err.splitlines() == [f"order.exe: {line}", f"exit code {status}"]
    assert (code, out) == (int(status[:10], 0) & 0xFF, b"")
