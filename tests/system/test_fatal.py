"""Runs that must end in a bugcheck: each names its code, and of its parameters what is known."""
import re

import pytest
from kernelrun import KERNEL
from launcher import tail, tokos
from tokoslib import elf

ANY = None
SECONDS = 60
STOP = re.compile(r"\*\*\* STOP: 0x([0-9A-F]{8}) \(0x([0-9A-F]{8}),0x([0-9A-F]{8}),"
                  r"0x([0-9A-F]{8}),0x([0-9A-F]{8})\)\r?\n(\w+)")
TAG, WRONG_TAG = 0x6C617446, 0x676E7257


def kernel(address):
    """Is the address in the kernel image?"""
    return 0xE0900000 <= address < 0xE1000000


def pool(address):
    """Is the address in one of the pools?"""
    return 0xE1000000 <= address < 0xEB000000 or 0xF0000000 <= address < 0xFFC00000


def stack(address):
    """Is the address in the system PTEs, where kernel stacks are?"""
    return 0xEB000000 <= address < 0xF0000000


def view(address):
    """Is the address in the system cache?"""
    return 0xC1000000 <= address < 0xC9000000


def special(address):
    """Is the address in special pool?"""
    return 0xC9000000 <= address < 0xD0000000


def page_table(address):
    """Is the address that of a PTE?"""
    return 0xC0000000 <= address < 0xC0400000


# test: code, name, then what each parameter must be: a number, a predicate, or ANY
EXPECTED = {
    "address.no_page_table": (0x50, "PAGE_FAULT_IN_NONPAGED_AREA", 0xC8FFF000, 0, kernel, 2),
    "address.freed_pte": (0x50, "PAGE_FAULT_IN_NONPAGED_AREA", pool, 1, kernel, 0),
    "address.unmapped_start_up_code":
        (0x50, "PAGE_FAULT_IN_NONPAGED_AREA", kernel, 0, kernel, 0),
    "address.null_pointer": (0x1E, "KMODE_EXCEPTION_NOT_HANDLED", 0xC0000005, kernel, 0, 8),
    "address.read_only_text":
        (0xBE, "ATTEMPTED_WRITE_TO_READONLY_MEMORY", kernel, lambda pte: pte & 3 == 1, stack, 0xB),
    "address.read_only_constant":
        (0xBE, "ATTEMPTED_WRITE_TO_READONLY_MEMORY", kernel, lambda pte: pte & 3 == 1, stack, 0xB),
    "address.paged_at_dispatch_level": (0x0A, "IRQL_NOT_LESS_OR_EQUAL", pool, 2, 1, kernel),
    "address.user_page_at_dispatch_level": (0x0A, "IRQL_NOT_LESS_OR_EQUAL", 0x00400000, 2, 0, kernel),
    "address.read_only_user_page_at_dispatch_level":
        (0x0A, "IRQL_NOT_LESS_OR_EQUAL", 0x400000, 2, 1, kernel),
    "address.file_that_cannot_be_read":
        (0x7A, "KERNEL_DATA_INPAGE_ERROR", page_table, 0xC0000006, lambda pte: pte & 1 == 0, view),
    "trap.divide_error": (0x7F, "UNEXPECTED_KERNEL_MODE_TRAP", 0, 0, kernel, 0),
    "trap.invalid_opcode": (0x7F, "UNEXPECTED_KERNEL_MODE_TRAP", 6, 0, kernel, 0),
    "trap.general_protection": (0x7F, "UNEXPECTED_KERNEL_MODE_TRAP", 0xD, 0xFFF8, kernel, 0),
    "trap.kernel_stack_overflow": (0x7F, "UNEXPECTED_KERNEL_MODE_TRAP", 8, kernel, stack, kernel),
    "pool.overrun": (0x19, "BAD_POOL_HEADER", 0x21, pool, 21, 0),
    "pool.overrun_of_a_run": (0x19, "BAD_POOL_HEADER", 0x21, pool, 8182, 0),
    "pool.header_overwritten": (0x19, "BAD_POOL_HEADER", 0x20, pool, pool, ANY),
    "pool.freed_block_overwritten": (0x19, "BAD_POOL_HEADER", 0x20, pool, kernel, 0),
    "pool.double_free": (0xC2, "BAD_POOL_CALLER", 7, 0, ANY, pool),
    "pool.double_free_after_joining": (0xC2, "BAD_POOL_CALLER", 7, 0, ANY, pool),
    "pool.double_free_of_a_run": (0xC2, "BAD_POOL_CALLER", 7, 0, ANY, pool),
    "pool.wrong_tag": (0xC2, "BAD_POOL_CALLER", 0xA, pool, TAG, WRONG_TAG),
    "pool.wrong_tag_of_a_run": (0xC2, "BAD_POOL_CALLER", 0xA, pool, TAG, WRONG_TAG),
    "pool.zero_bytes": (0xC2, "BAD_POOL_CALLER", 0, 0, 1, TAG),
    "pool.paged_at_dispatch_level": (0xC2, "BAD_POOL_CALLER", 8, 2, 1, 8),
    "pool.not_an_allocation": (0xC2, "BAD_POOL_CALLER", 0x46, kernel, 0, 0),
    "special_pool.written_beyond_the_end":
        (0xCD, "PAGE_FAULT_BEYOND_END_OF_ALLOCATION", special, 1, kernel, 0),
    "special_pool.read_beyond_the_end_of_a_run":
        (0xCD, "PAGE_FAULT_BEYOND_END_OF_ALLOCATION", special, 0, kernel, 0),
    "special_pool.read_after_free":
        (0xCC, "PAGE_FAULT_IN_FREED_SPECIAL_POOL", special, 0, kernel, 0),
    "special_pool.written_after_free_at_dispatch_level":
        (0xCC, "PAGE_FAULT_IN_FREED_SPECIAL_POOL", special, 1, kernel, 0),
    "special_pool.paged_at_dispatch_level":
        (0x0A, "IRQL_NOT_LESS_OR_EQUAL", special, 2, 1, kernel),
    "special_pool.never_used": (0x50, "PAGE_FAULT_IN_NONPAGED_AREA", special, 0, kernel, 2),
    "special_pool.freed_and_forgotten":
        (0x50, "PAGE_FAULT_IN_NONPAGED_AREA", special, 0, kernel, 0),
    "special_pool.damaged_behind":
        (0xC1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION", special, special, 0, 0x24),
    "special_pool.damaged_before":
        (0xC1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION", special, special, 0, 0x23),
    "special_pool.double_free":
        (0xC1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION", special, 0, 0, 0x20),
    "special_pool.not_an_allocation":
        (0xC1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION", special, 0, 0, 0x20),
    "special_pool.free_of_a_bad_address":
        (0xC1, "SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION", special, 40, 32, 0x22),
    "special_pool.wrong_tag": (0xC2, "BAD_POOL_CALLER", 0xA, special, TAG, WRONG_TAG),
    "irql_check.paged_pool_that_is_there": (0x0A, "IRQL_NOT_LESS_OR_EQUAL", pool, 2, 0, kernel),
    "irql_check.view_that_is_there": (0x0A, "IRQL_NOT_LESS_OR_EQUAL", view, 2, 0, kernel),
    "large.freed_twice": (0x1A, "MEMORY_MANAGEMENT", 0x1236, 0xD0000000, 2, 0),
    "pfn.share_count_below_zero": (0x4E, "PFN_LIST_CORRUPT", 7, ANY, ANY, 0),
    "spin_lock.taken_out_of_order":
        (0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION", 0x1001, kernel, ANY, ANY),
    "spin_lock.taken_twice": (0x0F, "SPIN_LOCK_ALREADY_OWNED", kernel, ANY, ANY, ANY),
    "spin_lock.taken_above_dispatch_level":
        (0xC8, "IRQL_UNEXPECTED_VALUE", 28 << 16 | 2 << 8, kernel, 0, 0),
    "spin_lock.given_back_without_being_held":
        (0x10, "SPIN_LOCK_NOT_OWNED", kernel, ANY, ANY, 0),
    "spin_lock.needed_and_not_held": (0x10, "SPIN_LOCK_NOT_OWNED", kernel, ANY, ANY, 0),
    "spin_lock.pool_used_with_the_pfn_lock_held":
        (0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION", 0x1001, kernel, ANY, ANY),
    "irql.raised_below_the_current_level":
        (0x09, "IRQL_NOT_GREATER_OR_EQUAL", 2, 1, 0, kernel),
    "irql.lowered_above_the_current_level": (0x0A, "IRQL_NOT_LESS_OR_EQUAL", 0, 2, 0, kernel),
    "irql.wait_at_dispatch_level":
        (0xC8, "IRQL_UNEXPECTED_VALUE", 2 << 16 | 1 << 8, kernel, 0, 0),
    "irql.wait_in_a_dpc": (0xB8, "ATTEMPTED_SWITCH_FROM_DPC", pool, 2, 0, 0),
    "irql.dpc_returns_at_another_level":
        (0xC8, "IRQL_UNEXPECTED_VALUE", 31 << 16 | 2 << 8, kernel, 0, 0),
    "irql.push_lock_at_dispatch_level":
        (0xC8, "IRQL_UNEXPECTED_VALUE", 2 << 16 | 1 << 8, kernel, 0, 0),
    "irql.critical_region_at_dispatch_level":
        (0xC8, "IRQL_UNEXPECTED_VALUE", 2 << 16 | 1 << 8, kernel, 0, 0),
    "irql.thread_created_at_apc_level":
        (0xC8, "IRQL_UNEXPECTED_VALUE", 1 << 16 | 0 << 8, kernel, 0, 0),
    "irql.fault_that_waits_at_dispatch_level":
        (0x0A, "IRQL_NOT_LESS_OR_EQUAL", pool, 2, 1, kernel),
    "lock.push_lock_taken_twice":
        (0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION", 0x1000, stack, pool, 0),
    "lock.fast_mutex_taken_twice":
        (0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION", 0x1000, stack, pool, 0),
    "lock.fast_mutex_needed_and_not_owned":
        (0xC4, "DRIVER_VERIFIER_DETECTED_VIOLATION", 0x1002, stack, pool, 0),
    "thread.ends_in_a_critical_region": (0x01, "APC_INDEX_MISMATCH", kernel, 0, 0xFFFF, 0),
    "thread.overflows_its_stack": (0x7F, "UNEXPECTED_KERNEL_MODE_TRAP", 8, kernel, stack, kernel),
    "wait.for_too_many_objects": (0x0C, "MAXIMUM_WAIT_OBJECTS_EXCEEDED", pool, 65, 0, 0),
    "ob.dereferenced_too_often": (0x18, "REFERENCE_BY_POINTER", pool, pool, 2, ANY),
    "ob.referenced_when_it_is_gone": (0x18, "REFERENCE_BY_POINTER", pool, pool, 2, ANY),
    "semaphore.of_more_than_its_limit": (0x139, "KERNEL_SECURITY_CHECK_FAILURE", 5, stack, 3, 2),
    "bugcheck.twice": (0xE2, "MANUALLY_INITIATED_CRASH", 1, 2, 3, 4),
    "bugcheck.with_corrupt_lists": (0x4E, "PFN_LIST_CORRUPT", 0x8F, 0, 0, 0),
}

# The word that the tests of a suite are booted with.
WORDS = {"special_pool": "specialpool", "irql_check": "irqlcheck"}

# What else must stand in the report.
ALSO = {
    "special_pool.written_beyond_the_end":
        ("special pool: 24 bytes at ", ", tag Ftal, allocated by ktest_fatal__special_pool__written",
         "the memory manager's structures agree"),
    "special_pool.read_after_free":
        ("special pool: 40 bytes at ",
         ", freed by ktest_fatal__special_pool__read_after_free_run+"),
    "special_pool.damaged_behind": ("special pool: 21 bytes at ", "bytes around "),
    "special_pool.double_free": ("freed by ktest_fatal__special_pool__double_free_run+",),
    "irql_check.paged_pool_that_is_there": ("the memory manager's structures agree",),
    "trap.kernel_stack_overflow": ("kernel stack overflow", "recurse"),
    "trap.invalid_opcode": ("#UD invalid opcode",),
    "trap.general_protection": ("selector fff8 in the GDT",),
    "spin_lock.taken_out_of_order":
        ("'test outer' (rank 7) is wanted while 'test inner' (rank 8) is held",),
    "spin_lock.taken_twice":
        ("'test outer' (rank 7) is wanted while 'test outer' (rank 7) is held",),
    "spin_lock.pool_used_with_the_pfn_lock_held":
        ("'pool' (rank 2) is wanted while 'PFN' (rank 4) is held",),
    "spin_lock.given_back_without_being_held": ("'test inner' (rank 8) is given back",),
    "spin_lock.needed_and_not_held": ("'test inner' (rank 8) is given back or needed",),
    "lock.fast_mutex_needed_and_not_owned": ("is needed by thread",),
    "lock.push_lock_taken_twice": ("push lock 'twice'",),
    "lock.fast_mutex_taken_twice": ("is taken again by its owner",),
    "thread.overflows_its_stack": ("kernel stack overflow", "recurse"),
    "bugcheck.twice": ("*** while stopping:",),
    "bugcheck.with_corrupt_lists": ("Free list: leads astray at 7fffffff",),
    "pool.overrun": ("the blocks in page",),
    "address.null_pointer": ("null_pointer_run", "the memory manager's structures agree"),
}


def _symbols():
    if not KERNEL.exists():
        return set()
    return {symbol.name.removeprefix("ktest_fatal__").replace("__", ".", 1)
            for symbol in elf.symbols(KERNEL)
            if symbol.kind == elf.STT_OBJECT and symbol.name.startswith("ktest_fatal__")}


def _fits(expected, value):
    if callable(expected):
        return expected(value)
    return expected is ANY or expected == value


def test_each_fatal_test_has_its_expectation():
    assert _symbols() == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_fatal(name):
    code, words, *parameters = EXPECTED[name]
    line = f"selftest=fatal.{name} {WORDS.get(name.split('.')[0], '')}"
    run = tokos("boot", "--kernel", KERNEL, "--append", line, "--timeout", SECONDS)
    assert run.code == 121, f"{run.err}\n{tail(run.out)}"
    stop = STOP.search(run.out)
    assert stop, tail(run.out)
    assert int(stop[1], 16) == code and stop[6] == words
    values = [int(value, 16) for value in stop.groups()[1:5]]
    wrong = [i + 1 for i, (want, value) in enumerate(zip(parameters, values))
             if not _fits(want, value)]
    assert not wrong, f"parameter {wrong} of {stop[0]}"
    if name == "trap.kernel_stack_overflow":
        assert f"esp={values[2]:08x}" in run.out    # the stack that overflowed, not the report's
    for line in ALSO.get(name, ()):
        assert line in run.out
    assert f"0x{code:08X}" in run.err and words in run.err


def test_fatal_tests_run_only_by_name():
    run = tokos("boot", "--kernel", KERNEL, "--append", "selftest=*overrun*", "--timeout", SECONDS)
    assert run.code == 1
    assert "no test matches" in run.out
