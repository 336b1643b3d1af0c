"""DLLs are bound to each other when they are built, and the loader relies on it while it holds."""
import subprocess
import sys

import pefile
import pytest
from kernelrun import KERNEL
from launcher import BUILD, HOST_TIMEOUT, ROOT, TOKOS

pytestmark = pytest.mark.xdist_group("programs")

sys.path.insert(0, str(ROOT / "tools"))
import bind_dll  # noqa: E402  pylint: disable=wrong-import-position

USER = BUILD / "user"
DLLS = [USER / f"{name}.dll" for name in ("ntdll", "kernel32", "msvcrt")]
NO_MORE = 0xFFFFFFFF


def chain(image, descriptor):
    """The indices of the imports that the forwarder chain leads through."""
    index, base = descriptor.struct.ForwarderChain, descriptor.struct.FirstThunk
    while index != NO_MORE:
        yield index
        index = image.get_dword_at_rva(base + 4 * index)


@pytest.mark.parametrize("name, target", [("kernel32", "ntdll"), ("msvcrt", "kernel32"), ("tokos", "kernel32")])
def test_slots_hold_what_the_other_dll_exports(name, target):
    image, other = (bind_dll.read(USER / f"{one}.dll") for one in (name, target))
    descriptor = image.DIRECTORY_ENTRY_IMPORT[0]
    assert descriptor.dll.decode().lower() == f"{target}.dll"
    assert descriptor.struct.TimeDateStamp == other.FILE_HEADER.TimeDateStamp != 0
    exported = {one.name: one for one in other.DIRECTORY_ENTRY_EXPORT.symbols}
    forwarded = [index for index, one in enumerate(descriptor.imports)
                 if exported[one.name].forwarder]
    assert list(chain(image, descriptor)) == forwarded
    for index, one in enumerate(descriptor.imports):
        slot = image.get_dword_at_rva(descriptor.struct.FirstThunk + 4 * index)
        if index not in forwarded:
            assert slot == other.OPTIONAL_HEADER.ImageBase + exported[one.name].address, one.name


def bound_hello(folder, slot=None, stamp=0):
    """A bound hello.exe; with `slot` in all slots that are not forwarded, `stamp` added to stamps."""
    path = folder / "bound.exe"
    bind_dll.main(USER / "win32" / "hello.exe", path, *DLLS)
    image = bind_dll.read(path)
    data = bytearray(path.read_bytes())
    for descriptor in image.DIRECTORY_ENTRY_IMPORT:
        forwarded = list(chain(image, descriptor))
        at = descriptor.struct.get_file_offset() + 4
        data[at:at + 4] = (descriptor.struct.TimeDateStamp + stamp).to_bytes(4, "little")
        for index in range(len(descriptor.imports) if slot else 0):
            at = image.get_offset_from_rva(descriptor.struct.FirstThunk + 4 * index)
            if index not in forwarded:
                data[at:at + 4] = slot.to_bytes(4, "little")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("slot, stamp, code", [
    (None, 0, 1),           # as it was bound
    (0x0BAD0000, 1, 1),     # to another version: the names are looked up
    (0x0BAD0000, 0, 5),     # bound wrongly, and relied on
], ids=("bound", "stale", "wrong"))
def test_program_runs_by_its_binding(tmp_path, slot, stamp, code):
    program = bound_hello(tmp_path, slot, stamp)
    done = subprocess.run([str(TOKOS), "run", "--kernel", str(KERNEL), "--timeout", "60", str(program)],
                          capture_output=True, timeout=HOST_TIMEOUT, check=False)
    assert done.returncode == code, done.stderr
    assert (done.stdout == b"hello from a Win32 program\r\n") == (code == 1)


def test_image_that_is_not_pe_is_refused(tmp_path):
    other = tmp_path / "text.dll"
    other.write_text("not an image")
    with pytest.raises(pefile.PEFormatError):
        bind_dll.main(other, tmp_path / "out.dll")
