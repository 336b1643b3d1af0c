#!/usr/bin/python3
"""Bind a DLL's imports: write the addresses that they have while each DLL lies where it wants to.

    bind_dll.py FROM TO [DLL...]

TO is FROM with a time stamp made of its contents, so that it can be told from any other version, and
with its imports of the DLLs, which have been through this themselves, filled in. The import descriptor
says so with the DLL's stamp, and the loader looks up only what is forwarded (PE specification, "Import
Directory Table": the stamp, and the forwarder chain that is linked through the addresses).
"""
import struct
import sys
import zlib
from pathlib import Path

import pefile

NO_MORE = 0xFFFFFFFF
DIRECTORIES = [pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_EXPORT"],
               pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]]


def read(path):
    image = pefile.PE(path, fast_load=True)
    image.parse_data_directories(DIRECTORIES)
    return image


def exports(image):
    """The address of each name, None where it is forwarded."""
    base = image.OPTIONAL_HEADER.ImageBase
    return {one.name: None if one.forwarder else base + one.address
            for one in image.DIRECTORY_ENTRY_EXPORT.symbols if one.name}


def bind(descriptor, target):
    """Have `descriptor` say that it is bound to `target`; yield what the slots of its imports get, each
    with the slot's address."""
    addresses = exports(target)
    forwarded = NO_MORE
    for index, one in reversed(list(enumerate(descriptor.imports))):
        address = addresses[one.name]
        if address is None:
            address, forwarded = forwarded, index
        yield one.address, address
    descriptor.struct.TimeDateStamp = target.FILE_HEADER.TimeDateStamp
    descriptor.struct.ForwarderChain = forwarded


def main(source, to, *dlls):
    image = read(source)
    targets = {Path(path).name.lower(): read(path) for path in dlls}
    slots = []
    for descriptor in getattr(image, "DIRECTORY_ENTRY_IMPORT", ()):
        target = targets.get(descriptor.dll.decode().lower())
        if target:
            slots += bind(descriptor, target)
    image.FILE_HEADER.TimeDateStamp = zlib.crc32(Path(source).read_bytes()) & 0x7FFFFFFF or 1
    data = image.write()
    for at, address in slots:
        rva = at - image.OPTIONAL_HEADER.ImageBase
        struct.pack_into("<I", data, image.get_offset_from_rva(rva), address)
    Path(to).write_bytes(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
