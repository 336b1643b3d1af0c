"""`tokos user-symbols`: the symbols of the current process's program and DLLs, where they are loaded.

The modules are those on the loader's list, which the PEB leads to. Before the loader has made it they
are the two that the kernel maps: ntdll.dll and the program.

A module's symbols come from a file of its name: one that TOKOS_SYMBOLS names (a list as PATH is; set by
`tools/tokos gdb --program`), or NAME.dll.debug in user/, beside the kernel.
"""
import os
import struct
from collections import namedtuple
from pathlib import Path, PureWindowsPath

import gdb

from . import kernel, threads
from .constants import MM_PEB
from .lists import offset_of, pointer_to
from .machine import Unavailable, read_u32

NTDLL = "ntdll.dll"
DEBUG = ".debug"
E_LFANEW, IMAGE_BASE = 0x3C, 0x34       # of the DOS header; of the PE header (winnt.h)

# A module's name in small letters, and the address of its image.
Module = namedtuple("Module", "name base")

_loaded = {}        # the base by the file


def process():
    """The current thread's struct eprocess, which must be one of a program."""
    thread = threads.pcr()["current_thread"]
    one = thread["process"].cast(gdb.lookup_type("struct eprocess").pointer())
    if not int(one) or not int(one["image_base"]):
        raise Unavailable("The current process runs no program; `tokos start` goes to the first.")
    return one


def files():
    """The files with symbols that there are, by the module's name."""
    folder = Path(gdb.objfiles()[0].filename).parent / "user"
    named = filter(None, os.environ.get("TOKOS_SYMBOLS", "").split(os.pathsep))
    return {path.name.lower().removesuffix(DEBUG): path
            for path in (*sorted(folder.glob(f"*{DEBUG}")), *map(Path, named))}


def _preferred_base(path):
    header = path.read_bytes()[:0x1000]
    pe, = struct.unpack_from("<I", header, E_LFANEW)
    return struct.unpack_from("<I", header, pe + IMAGE_BASE)[0]


def _add(path, base):
    if _loaded.get(path) == base:
        return
    if path in _loaded:     # of another process, elsewhere
        gdb.execute(f"remove-symbol-file -a {_loaded[path] + 0x1000:#x}", to_string=True)
    offset = base - _preferred_base(path)
    gdb.execute(f'add-symbol-file "{path}" -o {offset}', to_string=True)
    _loaded[path] = base


def _ntdll():
    section = kernel.static_variable("system_dll.c", "section")
    return Module(NTDLL, int(section["control_area"]["image"]["preferred_base"]))


def _text(string):
    memory = gdb.selected_inferior().read_memory(int(string["Buffer"]), int(string["Length"]))
    return memory.tobytes().decode("utf-16-le")


def _loaders_list():
    """The Modules on the loader's list; none while it has not been made. The types are ntdll's."""
    data = read_u32(MM_PEB + offset_of("struct peb", "ldr"))
    if not data:
        return
    head = data + offset_of("struct peb_ldr_data", "in_load_order")
    at = read_u32(head)
    while at != head:
        entry = pointer_to(at, "struct ldr_entry")
        yield Module(_text(entry["base_dll_name"]).lower(), int(entry["dll_base"]))
        at = read_u32(at)


def modules(available):
    """The current process's Modules. `available` are the files; ntdll's is loaded for its types."""
    one = process()
    system = _ntdll()
    if system.name in available:
        _add(available[system.name], system.base)
        found = list(_loaders_list())
        if found:
            return found
    program = os.environ.get("TOKOS_PROGRAM") or kernel.text(one["image_file_name"])
    return [Module(PureWindowsPath(program).name.lower(), int(one["image_base"])), system]


def load(_words):
    """Do what `tokos user-symbols` is asked to do; yield what to say about it."""
    available = files()
    for module in modules(available):
        path = available.get(module.name)
        if path:
            _add(path, module.base)
        said = os.path.relpath(path) if path else "(no file with its symbols)"
        yield f"  {module.base:08x}  {module.name:<16} {said}"
