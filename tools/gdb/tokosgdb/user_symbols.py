"""`tokos user-symbols`: the symbols of the current process's program and DLLs, where they are loaded.

The modules are those on the loader's list, which the PEB leads to. Before the loader has made it they
are the two that the kernel maps: ntdll.dll and the program.

A module's symbols come from a file of its name: one that TOKOS_SYMBOLS names (a list as PATH is; set by
`tools/tokos gdb --program`), or in user/, beside the kernel, NAME.debug or a program.
"""
import os
import struct
from collections import namedtuple
from pathlib import Path, PureWindowsPath

import gdb

from . import kernel, threads
from .constants import MM_PEB, PAGE_SHIFT
from .lists import offset_of
from .machine import Unavailable, read_u32

NTDLL = "ntdll.dll"
DEBUG = ".debug"
# Of the DOS header; of the PE header (winnt.h).
E_LFANEW, NUMBER_OF_SYMBOLS, IMAGE_BASE = 0x3C, 0x10, 0x34

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
    found = {path.name.lower().removesuffix(DEBUG): path
             for path in (*sorted(folder.glob("*.exe")), *sorted(folder.glob(f"*{DEBUG}")),
                          *map(Path, named))}
    if NTDLL not in found:
        raise Unavailable(f"There is no {folder / NTDLL}{DEBUG}, which says how the loader lists its "
                          "modules; `make user` builds it.")
    return found


def _header_word(path, offset):
    header = path.read_bytes()[:1 << PAGE_SHIFT]
    pe, = struct.unpack_from("<I", header, E_LFANEW)
    return struct.unpack_from("<I", header, pe + offset)[0]


def _remove(path):
    # The headers are a page, the first section comes behind them.
    address = _loaded.pop(path) + (1 << PAGE_SHIFT)
    gdb.execute(f"remove-symbol-file -a {address:#x}", to_string=True)


def _add(path, base):
    if _loaded.get(path) == base:
        return
    if path in _loaded:     # of another process, or loaded again, elsewhere
        _remove(path)
    offset = base - _header_word(path, IMAGE_BASE)
    gdb.execute(f'add-symbol-file "{path}" -o {offset}', to_string=True)
    _loaded[path] = base


def _text(string, offset=0):
    """The characters of the UNICODE_STRING at `string`, which lie `offset` behind where it says."""
    length, start = read_u32(string) & 0xFFFF, read_u32(string + 4)
    memory = gdb.selected_inferior().read_memory(start + offset, length)
    return memory.tobytes().decode("utf-16-le")


def _loaders_list():
    """The Modules on the loader's list; none while it has not been made. The types are ntdll's."""
    data = read_u32(MM_PEB + offset_of("struct peb", "ldr"))
    if not data:
        return
    head = data + offset_of("struct peb_ldr_data", "in_load_order")
    at = read_u32(head)
    while at != head:
        name = _text(at + offset_of("struct ldr_entry", "base_dll_name"))
        yield Module(name.lower(), read_u32(at + offset_of("struct ldr_entry", "dll_base")))
        at = read_u32(at)


def _program():
    """The program as the kernel maps it; its name is in the parameters, where addresses are offsets
    until ntdll has run (RtlNormalizeProcessParams)."""
    parameters = read_u32(MM_PEB + offset_of("struct peb", "process_parameters"))
    path = parameters + offset_of("struct process_parameters", "image_path_name")
    offsets = read_u32(path + 4) < parameters
    name = PureWindowsPath(_text(path, parameters if offsets else 0)).name
    return Module(name.lower(), int(process()["image_base"]))


def _modules(available):
    """The current process's Modules. `available` are the files; ntdll's is loaded for its types."""
    process()
    section = kernel.static_variable("system_dll.c", "section")
    ntdll = Module(NTDLL, int(section["control_area"]["image"]["preferred_base"]))
    _add(available[NTDLL], ntdll.base)
    return list(_loaders_list()) or [_program(), ntdll]


def _add_said(path, base):
    """Add the symbols of a module, whose file is `path` if not None; return what to say about it."""
    if not path:
        return "(no file with its symbols)"
    _add(path, base)
    name = os.path.relpath(path)
    return name if _header_word(path, NUMBER_OF_SYMBOLS) else f"{name} (it has no symbols)"


def load(_words):
    """Do what `tokos user-symbols` is asked to do; yield what to say about it."""
    available = files()
    modules = _modules(available)
    for path in set(_loaded) - {available.get(module.name) for module in modules}:
        _remove(path)       # unloaded, or of another process
    for module in modules:
        said = _add_said(available.get(module.name), module.base)
        yield f"  {module.base:08x}  {module.name:<16} {said}"
