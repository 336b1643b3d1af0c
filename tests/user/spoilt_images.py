"""Make files that are no images from one that is: each a copy of it with a field spoilt.

The tests of DLLs take all .dll files of a folder along, so these are called that too.
"""
import pathlib
import struct
import sys

E_LFANEW = 0x3C
MACHINE, CHARACTERISTICS = 4, 22                # from the PE signature on
SECTION_ALIGNMENT, SIZE_OF_IMAGE = 24 + 32, 24 + 56
RELOCS_STRIPPED = 0x0001


def spoilt(image, at, form, value):
    """A copy of `image` with `value`, packed as `form`, at the offset `at`."""
    out = bytearray(image)
    struct.pack_into("<" + form, out, at, value)
    return bytes(out)


def images(good):
    """The files by their names; STATUS_ is what they are refused with in tests/user/status_images.c."""
    pe = struct.unpack_from("<I", good, E_LFANEW)[0]
    characteristics = struct.unpack_from("<H", good, pe + CHARACTERISTICS)[0]
    return {
        "spoilt_empty": b"",
        "spoilt_magic": spoilt(good, 0, "H", 0x5858),
        "spoilt_dos": spoilt(good, E_LFANEW, "I", 0x7FFFFFFF),
        "spoilt_signature": spoilt(good, pe, "I", 0x5858),
        "spoilt_ne": spoilt(good, pe, "H", 0x454E),
        "spoilt_le": spoilt(good, pe, "H", 0x454C),
        "spoilt_win64": spoilt(good, pe + MACHINE, "H", 0x8664),
        "spoilt_machine": spoilt(good, pe + MACHINE, "H", 0x01C0),
        "spoilt_alignment": spoilt(good, pe + SECTION_ALIGNMENT, "I", 0x1001),
        "spoilt_size": spoilt(good, pe + SIZE_OF_IMAGE, "I", 0x90000000),
        "spoilt_cut": good[:0x200],
        "spoilt_fixed": spoilt(good, pe + CHARACTERISTICS, "H", characteristics | RELOCS_STRIPPED),
    }


def main(good, folder):
    """Write them into `folder`."""
    for name, contents in images(pathlib.Path(good).read_bytes()).items():
        (pathlib.Path(folder) / f"{name}.dll").write_bytes(contents)


if __name__ == "__main__":
    main(*sys.argv[1:])
