"""The first experiment: tokyo_vm.exe, whose code and stack are not there, alone and under right and wrong
page-fault handlers (tests/user/lab1_wrong.h, lab1_ends.h). A model in Python says which faults must come."""
import re
import subprocess
import sys
from functools import lru_cache

import pefile
import pytest
from launcher import BUILD
from programrun import PROGRAMS, run

pytestmark = pytest.mark.xdist_group("programs")

HANDLERS = PROGRAMS / "lab1_handlers.exe"
MEMORIES = ("128M", "16M")

# What user/programs/tokyo_vm.c and its code.S say.
PAGE = 4096
STACK = 0x200000
FRAME = 512
ENTRY, FIRST_IS_ZERO, SECOND_IS_ZERO, NEITHER, BORDER, TOO_DEEP = 0, 0x1000, 0x2000, 0x3FFC, 0x4000, 0x5000


class TooDeep(Exception):
    """There is no stack left."""


class Model:
    """Runs the function as tokyo_vm's code does and notes the first touch of each page: the address,
    the access, and the stack pointer then."""

    def __init__(self):
        self.there = set()
        self.faults = []
        self.esp = STACK

    def _touch(self, name, offset, access):
        if (name, offset // PAGE) not in self.there:
            self.there.add((name, offset // PAGE))
            self.faults.append((f"{name}+{offset:x}", access, f"stack+{self.esp:x}"))

    def _execute(self, offset):
        self._touch("code", offset, "execute")

    def call(self, m, n):
        """The call instruction, the function, and the return."""
        self._touch("stack", self.esp - 4, "write")
        self.esp -= 4
        value = self._function(m, n)
        self.esp += FRAME
        return value

    def _function(self, m, n):
        self._execute(ENTRY)
        self.esp -= FRAME - 4
        if self.esp < FRAME:
            self._execute(TOO_DEEP)
            raise TooDeep
        self._touch("stack", self.esp, "write")
        if m == 0:
            self._execute(FIRST_IS_ZERO)
            return n + 1
        if n == 0:
            self._execute(SECOND_IS_ZERO)
            return self.call(m - 1, 1)
        self._execute(NEITHER)
        self._execute(BORDER)
        return self.call(m - 1, self.call(m, n - 1))


@lru_cache(None)
def expected(m, n):
    """The function's value, None if there is too little stack, and the faults."""
    sys.setrecursionlimit(5 * STACK // FRAME)
    model = Model()
    try:
        value = model.call(m, n)
    except TooDeep:
        value = None
    return value, model.faults


def faults(lines):
    """The list of faults as --faults prints it; their numbers must be right."""
    found = []
    for line in lines:
        if match := re.fullmatch(r" *(\d+)  (\S+) +(\w+) +eip (\S+) +esp (\S+)", line):
            found.append(match.groups()[1:])
            assert int(match[1]) == len(found)
    return found


def sections(text):
    """What follows each line "== name", in order."""
    parts = re.split(r"(?m)^== (.*)\n", text.replace("\r", ""))
    return dict(zip(parts[1::2], parts[2::2]))


@lru_cache(None)
def handlers(memory):
    """The exit code of all the launches, their outputs and messages by name."""
    code, out, err = run(HANDLERS, options=("--memory", memory, "--icount"))
    return code, sections(out.decode()), sections(err)


def test_alone_it_dies_without_a_word():
    code, out, err = run("tokyo_vm.exe", 2, 3)
    assert (code, out, err) == (5, b"", "exit code 0xC0000005 STATUS_ACCESS_VIOLATION\n")


@pytest.mark.parametrize("memory", MEMORIES)
def test_each_handler_ends_as_it_must(memory):
    code, outs, errs = handlers(memory)
    results = re.findall(r"(?m)^(?:not )?ok .*$", "\n".join(outs.values()))
    assert [line for line in results if line.startswith("not")] == []
    assert code == 0 and f"1..{len(results) + 1}" in list(outs.values())[-1]
    assert list(outs) == list(errs) and len(outs) > 40


def test_faults_and_messages_do_not_depend_on_memory():
    assert handlers("16M") == handlers("128M")


LISTED = {
    "right": (2, 3), "right again": (2, 3), "right unchecked": (2, 3), "zeros": (0, 0), "one zero": (1, 0),
    "deeper": (3, 4), "linear": (1, 100), "deepest": (1, 4093), "too deep": (1, 4094),
    "rounds in place": (2, 3), "rounds in place, unchecked": (2, 3), "clears the fault": (2, 3),
}


@pytest.mark.parametrize("name", LISTED)
def test_the_faults_are_those_of_the_model(name):
    _, outs, errs = handlers("128M")
    m, n = LISTED[name]
    value, model = expected(m, n)
    found = faults(outs[name].splitlines())
    assert [(place, access, esp) for place, access, _, esp in found] == model
    code = sum(place.startswith("code") for place, _, _ in model)
    assert f"{len(model)} faults: {code} code, {len(model) - code} stack\n" in outs[name]
    answer = re.findall(r"(?m)^f\((\d+), (\d+)\) = (\d+)$", outs[name])
    assert answer == ([(str(m), str(n), str(value))] if value is not None else [])
    too_deep = f"tokyo_vm: f({m}, {n}) recurses too deeply for a stack of 2048 KB\n"
    assert errs[name] == ("" if value is not None else too_deep)


def test_the_model_knows_the_function():
    """As it is defined, without a machine: for small numbers there are formulas."""
    assert [[expected(m, n)[0] for n in range(5)] for m in range(4)] == [
        [1, 2, 3, 4, 5], [2, 3, 4, 5, 6], [3, 5, 7, 9, 11], [5, 13, 29, 61, 125]]


@pytest.fixture(name="listed")
def _listed():
    """The list of tokyo_vm 2 3, each with where the instruction is."""
    return [("stack+1ffffc", "write"), ("code+0", "execute"), ("code+3ffc", "execute"),
            ("code+4000", "execute"), ("code+2000", "execute"), ("code+1000", "execute"),
            ("stack+1feffc", "write")]


def test_the_solution_works(listed):
    code, out, err = run(PROGRAMS / "lab1_solution.exe", "--faults", 2, 3, options=("--icount",))
    lines = out.decode().splitlines()
    found = faults(lines)
    assert (code, err) == (0, "")
    assert [fault[:2] for fault in found] == listed
    assert [fault[2] for fault in found[1:]] == ["code+0", "code+3ffc", "code+3ffd", "code+2000",
                                                 "code+1000", "code+2006"]
    assert lines[-2:] == ["f(2, 3) = 9", "7 faults: 5 code, 2 stack"]


def test_the_skeleton_says_what_is_missing():
    code, out, err = run("lab1.exe", "--faults", 2, 3, options=("--icount",))
    assert code == 21
    assert out.decode().splitlines()[1:] == ["1 faults: 0 code, 1 stack"]
    assert "the page that was wanted, stack+1ff000, is still not there" in err
    assert "fault 1: write of" in err and "hint: the page must be committed" in err


def test_the_skeleton_has_options():
    code, out, err = run("lab1.exe", 2)
    assert (code, out) == (1, b"") and err.startswith("usage: lab1 ")
    code, out, err = run("lab1.exe", "--unchecked", 2, 3, options=("--icount",))
    assert (code, out) == (32, b"") and "the same instruction faults again" in err


STACK_FAULT = r"  fault 1: write of \w{8} \(stack\+1ffffc\) by eip 004\w{5}, esp stack\+200000: a demand-zero stack fault"
CODE_FAULT = r"  fault 2: execute of \w{8} \(code\+0\) by eip code\+0, esp stack\+1ffffc: a demand-page code fault"
THIRD = r"  fault 3: execute of \w{8} \(code\+3ffc\) by eip code\+3ffc, esp stack\+1ffe00: a demand-page code fault"
BORDER_FAULT = (r"  fault 4: execute of \w{8} \(code\+4000\) by eip code\+3ffd, esp stack\+1ffe00: "
                "a demand-page code fault")
NOTHING = "  the handler called: nothing that matters"
CALLED = "  the handler called:"
COMMIT = "1000, MEM_COMMIT, "
COMMIT_STACK = rf"    VirtualAllocEx\(program, stack\+1ff000, {COMMIT}PAGE_READWRITE\) = stack\+1ff000"
COMMIT_BELOW = rf"    VirtualAllocEx\(program, stack\+1fe000, {COMMIT}PAGE_READWRITE\) = stack\+1fe000"
COMMIT_CODE = rf"    VirtualAllocEx\(program, code\+0, {COMMIT}PAGE_EXECUTE_READWRITE\) = code\+0"
COPY_CODE = r"    WriteProcessMemory\(program, code\+0, \.\.\., 1000\)"
FLUSH = r"    FlushInstructionCache\(program, code\+0, 1000\)"

ENDS_THE_THREAD = (STACK_FAULT, CALLED, COMMIT_STACK, r"    TerminateThread\(of program, 0\)")

# For each handler what the launcher says: what is wrong, and the lines up to the hint.
MESSAGES = {
    "no program": ('"no_such_program" could not be started, error 2', ()),
    "another program": ("the program has no section .tokosvm", ()),
    "no handler": ("there is no handler", ()),
    "unknown flags": ("there are unknown flags", ()),
    "does nothing": ("the page that was wanted, stack+1ff000, is still not there: nothing was committed in it",
                     (STACK_FAULT, NOTHING)),
    "refuses": ('the handler returned 0, for "not handled"', (STACK_FAULT, NOTHING)),
    "own process": ("the page that was wanted, stack+1ff000, is still not there: nothing",
                    (STACK_FAULT, CALLED, r"    VirtualAlloc\(this process, stack\+1ff000, .*")),
    "page below": ("the page that was wanted, stack+1ff000, is still not there, but stack+1fe000 is "
                   "PAGE_READWRITE now",
                   (STACK_FAULT, CALLED, r"    VirtualAllocEx\(program, stack\+1fe000, 1000, .*")),
    "moves the address": ("the page that was wanted, stack+1ff000, is still not there, but stack+1fe000 is ",
                          (STACK_FAULT, CALLED, COMMIT_BELOW)),
    "moves the address, unchecked": ("the same instruction faults again at the same address",
                                     (STACK_FAULT, CALLED, COMMIT_BELOW)),
    "anywhere": (r"the page that was wanted, stack+1ff000, is still not there, but 00",
                 (STACK_FAULT, CALLED,
                  rf"    VirtualAllocEx\(program, 00000000, {COMMIT}PAGE_READWRITE\) = 00\w{{6}}")),
    "elsewhere too": ("3 pages were committed that nobody has touched yet, first 00",
                      (STACK_FAULT, CALLED, COMMIT_STACK, ".*")),
    "closes": ("the handler closed fault->process or fault->thread", (STACK_FAULT, CALLED, COMMIT_STACK)),
    "two pages": ("1 page was committed that nobody has touched yet, first stack+1fe000",
                  (STACK_FAULT, CALLED, r"    VirtualAllocEx\(program, stack\+1fe000, 2000, .*")),
    "whole stack": ("511 pages were committed that nobody has touched yet, first stack+0",
                    (STACK_FAULT, CALLED, r"    VirtualAllocEx\(program, stack\+0, 200000, .*")),
    "takes back": ("1 page was there before and changed: stack+1ff000 is only reserved now",
                   (THIRD, CALLED, r"    VirtualFreeEx\(program, stack\+1ff000, 1000, MEM_DECOMMIT\)",
                    *[".*"] * 3)),
    "keeps one": ("1 page was there before and changed: code+0 is only reserved now",
                  (THIRD, CALLED, *[".*"] * 3, r"    VirtualFreeEx\(program, code\+0, 1000, MEM_DECOMMIT\)")),
    "keeps one, unchecked": ("the same instruction has faulted 16 times in a row and gets no further: it needs "
                             "code+3ffd and code+4000 at once",
                             (r"  fault 19: execute of \w{8} \(code\+3ffd\) by eip code\+3ffd, .*", CALLED,
                              *[".*"] * 3, r"    VirtualFreeEx\(program, code\+4000, 1000, MEM_DECOMMIT\)")),
    "protects": ("1 page was there before and changed: code+0 is PAGE_EXECUTE_READ now",
                 (THIRD, CALLED, *[".*"] * 3,
                  r"    VirtualProtectEx\(program, code\+0, 1000, PAGE_EXECUTE_READ\)")),
    "executable stack": ("page stack+1ff000 is PAGE_EXECUTE_READWRITE, and a page of stack must be PAGE_READWRITE",
                         (STACK_FAULT, CALLED, ".*")),
    "guarded stack": ("page stack+1ff000 is PAGE_READWRITE|PAGE_GUARD, and a page of stack must be PAGE_READWRITE",
                      (STACK_FAULT, CALLED,
                       rf"    VirtualAllocEx\(program, stack\+1ff000, {COMMIT}PAGE_READWRITE\|PAGE_GUARD\) = .*")),
    "queues": ("the page that was wanted, stack+1ff000, is still not there: nothing",
               (STACK_FAULT, CALLED, r"    QueueUserAPC\(7c8\w{5}, of program, 0\)")),
    "plain code": ("page code+0 is PAGE_READWRITE, and a page of code must be PAGE_EXECUTE_READ or "
                   "PAGE_EXECUTE_READWRITE", (CODE_FAULT, CALLED, ".*", COPY_CODE, FLUSH)),
    "by eip": ("page code+4000 is PAGE_READWRITE, and a page of code must be", (BORDER_FAULT, CALLED, ".*")),
    "asks much": ("page stack+1ff000 is PAGE_READONLY",
                  (STACK_FAULT, CALLED, COMMIT_STACK, *[r"    VirtualProtectEx.*PAGE_READONLY\)"] * 15,
                   "    and 5 times more")),
    "copies nothing": ("at code+0 there is the byte 00 where 81 belongs", (CODE_FAULT, CALLED, COMMIT_CODE)),
    "first page always": ("at code+3000 there is the byte 81 where cc belongs", (THIRD, CALLED, *[".*"] * 3)),
    "writes on stack": ("at stack+1ffffc there is the byte 21 where 00 belongs",
                        (STACK_FAULT, CALLED, COMMIT_STACK,
                         r"    WriteProcessMemory\(program, stack\+1ffffc, \.\.\., 1\)")),
    "skips": ("the thread's registers have changed: eip was 004",
              (STACK_FAULT, CALLED, COMMIT_STACK, r"    SetThreadContext\(\.\.\.\)")),
    "never flushes": ("page code+0 was not flushed from the instruction cache",
                      (CODE_FAULT, CALLED, COMMIT_CODE, COPY_CODE)),
    "flushes early": ("page code+0 was written to after it was flushed from the instruction cache",
                      (CODE_FAULT, CALLED, FLUSH, COMMIT_CODE, COPY_CODE)),
    "flushes its own": ("page code+0 was not flushed from the instruction cache",
                        (CODE_FAULT, CALLED, COMMIT_CODE, COPY_CODE,
                         r"    FlushInstructionCache\(this process, 00000000, 0\)")),
    "does nothing, unchecked": ("the same instruction faults again at the same address", (STACK_FAULT, NOTHING)),
    "copies nothing, unchecked": ("the program died of exception c0000005 at eip code+0, which touched 00000002",
                                  (CODE_FAULT, CALLED, COMMIT_CODE)),
    "loops": ("the handler did not return within 100 ms", (STACK_FAULT, CALLED, COMMIT_STACK)),
    "waits": ("the handler did not return within 100 ms", (STACK_FAULT, NOTHING)),
    "ends its thread": ("the handler ended its thread", (STACK_FAULT, NOTHING)),
    "writes to nothing": ("the handler crashed: exception c0000005 at eip 004", (STACK_FAULT, NOTHING)),
    "writes to contents": ("the handler crashed: exception c0000005 at eip 004", (STACK_FAULT, NOTHING)),
    "recurses": ("the handler crashed: exception c00000fd at eip 004", (STACK_FAULT, NOTHING)),
    "breakpoint": ("the handler crashed: exception 80000003 at eip 7c9", (STACK_FAULT, NOTHING)),
    "suspends": ("the program neither faulted nor ended for 500 ms",
                 (STACK_FAULT, CALLED, r"    SuspendThread\(\.\.\.\)", COMMIT_STACK)),
    "ends the program": ("the handler ended the program",
                         (STACK_FAULT, CALLED, r"    TerminateProcess\(program, 5\)")),
    "ends the thread": ("the handler ended the program", ENDS_THE_THREAD),
    "ends the thread, unchecked": ("the handler ended the program", ENDS_THE_THREAD),
    "ends by handle": ("the handler ended the program",
                       (STACK_FAULT, CALLED, COMMIT_STACK, r"    TerminateProcess\(\?, 0\)")),
    "ends from within": ("the handler started a thread in the program",
                         (STACK_FAULT, CALLED, r"    CreateRemoteThread\(program, \.\.\., 7c8\w{5}, \.\.\.\)", COMMIT_STACK)),
    "exits": ("the handler ended the process that it runs in", (STACK_FAULT, NOTHING)),
    "terminates": ("the handler ended the process that it runs in",
                   (STACK_FAULT, CALLED, r"    TerminateProcess\(this process, 0\)")),
}
WITHOUT_HINT = {"no handler", "unknown flags"}


def test_every_launch_that_fails_has_its_message():
    _, _, errs = handlers("128M")
    said = {name for name, text in errs.items() if "TokOSLaunchFaultingProcess" in text}
    assert said == set(MESSAGES)


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_says_what_was_wrong(name):
    what, expected_lines = MESSAGES[name]
    first, *rest = handlers("128M")[2][name].splitlines()
    assert first.startswith(f"TokOSLaunchFaultingProcess: {what}") and first.endswith(".")
    if name not in WITHOUT_HINT:
        assert rest.pop().startswith("  hint: ")
    assert len(rest) == len(expected_lines)
    for line, pattern in zip(rest, expected_lines):
        assert re.fullmatch(pattern, line), line


def test_two_pages_of_code_are_enough():
    _, outs, _ = handlers("128M")
    assert f"f(2, 1) = {expected(2, 1)[0]}\n" in outs["keeps two, unchecked"]


def test_a_hint_is_for_what_was_wrong():
    _, _, errs = handlers("128M")
    assert "hint: a stack is written to" in errs["executable stack"]
    assert "hint: PAGE_GUARD makes" in errs["guarded stack"]


def test_a_handler_that_leaves_its_process_in_disorder_ends_too():
    assert run(HANDLERS, "prints", options=("--icount",))[0] == 30


@pytest.fixture(name="declared", scope="module")
def _declared():
    """The functions that Windows' own header declares, as mingw has it."""
    text = subprocess.run(["i686-w64-mingw32-gcc", "-D_WIN32_WINNT=0x0600", "-E", "-P", "-x", "c", "-"],
                          input="#include <windows.h>", capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"\b(\w+) ?\(", text))


@pytest.mark.parametrize("name", ["tokos.dll", "lab1.exe", "tokyo_vm.exe"])
def test_only_documented_functions_are_imported(name, declared):
    """Of msvcrt the programs have what mingw's start-up code and library need, which is for Windows' own."""
    allowed = {"kernel32.dll": declared, "ntdll.dll": {"RtlNtStatusToDosError"},
               "tokos.dll": {"TokOSLaunchFaultingProcess"}}
    imports = {entry.dll.decode().lower(): {one.name.decode() for one in entry.imports}
               for entry in pefile.PE(BUILD / "user" / name).DIRECTORY_ENTRY_IMPORT}
    assert "kernel32.dll" in imports and set(imports) <= {*allowed, "msvcrt.dll"}
    for dll, names in allowed.items():
        assert imports.get(dll, set()) <= names
