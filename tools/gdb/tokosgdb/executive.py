"""Levels, locks, timers, objects and handles: `tokos irql`, `locks`, `timer`, `object`, `handle`."""
import gdb

from . import kernel, stack, threads
from .expressions import number
from .lists import address, entries, offset_of, pointer_to
from .machine import Unavailable

LEVELS = {0: "PASSIVE_LEVEL", 1: "APC_LEVEL", 2: "DISPATCH_LEVEL", 28: "CLOCK_LEVEL",
          31: "HIGH_LEVEL"}
PERMANENT, EXCLUSIVE = 0x10, 0x20
KERNEL_HANDLE_BIT = 0x80000000
ATTRIBUTES = ("", " Protected", " Inherit", " Protected Inherit")
HANDLES_A_PAGE = 512


# ---- levels, locks, timers -----------------------------------------------------------------------

def show_irql(_words):
    """The lines of `tokos irql`."""
    pcr = threads.pcr()
    irql, irr = int(pcr["irql"]), int(pcr["irr"])
    yield f"Processor {int(pcr['number'])}: IRQL {irql} ({LEVELS.get(irql, 'device')})"
    if irr:
        yield "    pending:" + "".join(f" {n} ({LEVELS.get(n, 'device')})" for n in range(32)
                                       if irr >> n & 1)
    spurious = sum(int(kernel.variable(name)) for name in ("ki_spurious_interrupts",
                                                           "ki_apic_spurious_interrupts"))
    yield (f"    {int(pcr['interrupts'])} interrupts, {int(pcr['deferred_interrupts'])} of them "
           f"deferred, {spurious} spurious; {int(pcr['dpcs'])} DPCs, {int(pcr['ticks'])} ticks")
    yield (f"    clock: {kernel.text(kernel.variable('ki_clock')['name'])}; "
           f"time: {kernel.text(kernel.variable('ki_time_source'))}")


def _spin_locks(held):
    names = kernel.elements(kernel.variable("ke_lock_rank_names"))
    for rank, name in enumerate(names):
        if held >> rank & 1:
            yield f"    spin lock '{kernel.text(name)}' (rank {rank}) is held"


def _push_locks():
    head = kernel.static_variable("push_lock.c", "all")
    for lock in entries(head, "struct ex_push_lock", "links"):
        value, owner = int(lock["value"]), int(lock["owner"])
        if not value:
            continue
        waiters = sum(1 for _ in entries(lock["waiters"], "struct list_entry", "flink"))
        holder = f"exclusive to THREAD {owner:08x}" if owner else f"{value >> 2} share it"
        yield (f"    push lock '{kernel.text(lock['name'])}' at {address(lock):08x}: {holder}, "
               f"{waiters} wait")


def _mutants():
    for process in threads.processes():
        for thread in threads.threads_of(process):
            for mutant in entries(thread["tcb"]["mutant_list_head"], "struct kmutant",
                                  "mutant_list_entry"):
                yield (f"    mutant at {address(mutant):08x}: owned by THREAD "
                       f"{address(thread):08x}, state {int(mutant['header']['signal_state'])}")


def show_locks(_words):
    """The lines of `tokos locks`."""
    lines = [*_spin_locks(int(threads.pcr()["held_locks"])), *_push_locks(), *_mutants()]
    yield from lines or ["    no lock is held"]


def _timers(node):
    """The heap below `node`, in the kernel's order."""
    while int(node):
        yield pointer_to(int(node) - offset_of("struct ktimer", "node"), "struct ktimer")
        yield from _timers(node["child"])
        node = node["next"]


def show_timers(_words):
    """The lines of `tokos timer`. The time itself is left out: the machine stands still."""
    threads.pcr()
    count = 0
    for timer in _timers(kernel.static_variable("timer_queue.c", "heap")["root"]):
        line = f"    timer {address(timer):08x}  due at {int(timer['due_time'])}"
        if int(timer["period"]):
            line += f"  every {int(timer['period'])} ms"
        if int(timer["dpc"]):
            line += f"  DPC {stack.symbol(int(timer['dpc']['routine']))}"
        yield line
        count += 1
    yield f"    {count} timers"


# ---- objects -------------------------------------------------------------------------------------

def text(string):
    """A struct unicode_string as the kernel prints it."""
    units = [int(string["buffer"][i]) for i in range(int(string["length"]) // 2)]
    return "".join(chr(unit) if 0x20 <= unit < 0x7F else f"\\x{unit:04X}" for unit in units)


def _body(header):
    return address(header) + offset_of("struct object_header", "body")


def _header(body):
    return pointer_to(body - offset_of("struct object_header", "body"), "struct object_header")


def _type_name(header):
    return text(header["type"]["name"])


def _directory_entries(body):
    for head in kernel.elements(pointer_to(body, "struct object_directory")["buckets"]):
        for name in entries(head, "struct object_name", "links"):
            yield name["owner"].dereference(), text(name["name"])


def _full_name(body):
    root = int(kernel.variable("ob_root_directory"))
    if body == root:
        return "\\"
    path, header = "", _header(body)
    while int(header["name"]) and int(header["name"]["directory"]):
        path = "\\" + text(header["name"]["name"]) + path
        directory = int(header["name"]["directory"])
        if directory == root:
            break
        header = _header(directory)
    return path


def _is_directory(body):
    return int(_header(body)["type"]) == int(kernel.variable("ob_directory_type"))


def _find(path):
    body = int(kernel.variable("ob_root_directory"))
    for name in filter(None, path.split("\\")):
        found = [_body(header) for header, entry in
                 (_directory_entries(body) if _is_directory(body) else ()) if entry == name]
        if not found:
            raise Unavailable(f"'{name}' is not there.")
        body = found[0]
    return body


def _check(body):
    try:
        kind = _header(body)["type"]
        known = int(_header(int(kind))["type"]) == int(kernel.variable("ob_type_type"))
    except gdb.MemoryError:
        known = False
    if not known:
        raise Unavailable(f"{body:08x} is not an object.")
    return body


def show_object(words):
    """The lines of `tokos object`."""
    threads.pcr()
    words = words.strip()
    body = (_find(words) if not words or words.startswith("\\")
            else _check(number(words, "an object's address")))
    header = _header(body)
    flags = int(header["flags"])
    yield f"Object: {body:08x}  Type: ({int(header['type']):08x}) {_type_name(header)}"
    yield f"    ObjectHeader: {address(header):08x}"
    yield (f"    HandleCount: {int(header['handle_count'])}  "
           f"PointerCount: {int(header['pointer_count'])}"
           f"{'  Permanent' if flags & PERMANENT else ''}"
           f"{'  Exclusive' if flags & EXCLUSIVE else ''}")
    name = _full_name(body)
    if name:
        yield f"    Name: {name}"
    if _is_directory(body):
        for entry, entry_name in _directory_entries(body):
            yield f"    {_body(entry):08x}  {_type_name(entry)}  {entry_name}"


def _current_table():
    thread = pointer_to(int(threads.pcr()["current_thread"]), "struct ethread")
    table = thread["process"]["object_table"]
    return table if int(table) else kernel.variable("ob_kernel_handle_table")


def show_handles(words):
    """The lines of `tokos handle`."""
    only = number(words, "a handle") & ~KERNEL_HANDLE_BIT & ~3 if words.strip() else 0
    table = _current_table()
    yield f"Handle table at {int(table):08x} with {int(table['handle_count'])} entries in use"
    for index in range(1, int(table["next_unused"])):
        entry = table["pages"][index // HANDLES_A_PAGE][index % HANDLES_A_PAGE]
        if not int(entry["object"]) or only not in (0, index * 4):
            continue
        header = pointer_to(int(entry["object"]), "struct object_header")
        access = int(entry["granted_access"])
        yield (f"{index * 4:04x}: Object: {_body(header):08x}  "
               f"GrantedAccess: {access & 0x3FFFFFFF:08x}{ATTRIBUTES[access >> 30]}  "
               f"Type: {_type_name(header)}")
