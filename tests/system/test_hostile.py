"""The table of tests/user/hostile_services.h against the kernel's: each service has its row, each row
its service's arguments, and each pointer of a service is tried. A pointer is what its function's type
says is one, or an address."""
import re

import pytest
from launcher import ROOT
from programrun import PROGRAMS, run

SERVICE = re.compile(r"SERVICE\((\w+), (\w+), (\d+)\)")
ROW = re.compile(r'^    \{"(\w+)", \w+, \w+, (NONE|\{.*\})\},$', re.M)
PROTOTYPE = re.compile(r"^ntstatus (nt_\w+)\(([^)]*)\);", re.M)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
POINTERS = ("FROM", "TO", "BOTH", "ATTRIBUTES", "SOME_FROM", "SOME_TO", "X")
ADDRESSES = ("A", *POINTERS)
VALUES = ("N", "H")


def read(path):
    """The text of a source, without comments."""
    return COMMENT.sub("", (ROOT / path).read_text(encoding="utf-8"))


def services():
    """Of each service its name, its function and the words of its arguments."""
    return [(name, function, int(words))
            for name, function, words in SERVICE.findall(read("kernel/nt/services.h"))]


def prototypes():
    """Of each service's function the types of its parameters; a 64-bit value would be two words, and
    there is none."""
    found = {}
    for header in ("nt.h", "objects.h", "section.h", "debug.h"):
        for name, parameters in PROTOTYPE.findall(read(f"kernel/nt/{header}")):
            words = " ".join(parameters.split())
            found[name] = [] if words == "void" else words.split(", ")
    return found


def rows():
    """Of each row its service and the macros of its arguments."""
    text = read("tests/user/hostile_services.h")
    return {name: re.findall(r"(?<![\w(])([A-Z][A-Z_]*)(?:\([^()]*(?:\([^()]*\))?[^()]*\))?", arguments)
            if arguments != "NONE" else [] for name, arguments in ROW.findall(text)}


def allowed(parameter):
    """The macros by which an argument of this type is described."""
    if "*" in parameter and not parameter.endswith("apc_routine"):
        return POINTERS
    if "uintptr_t" in parameter or "routine" in parameter:     # which nobody but the program calls
        return (*ADDRESSES, "N")
    return VALUES


def test_each_service_has_a_row():
    assert sorted(name for name, _, _ in services()) == sorted(rows())


@pytest.mark.parametrize("name, function, words", services(), ids=lambda value: str(value))
def test_each_pointer_is_tried(name, function, words):
    parameters = prototypes()[function]
    row = rows()[name]
    assert len(parameters) == words == len(row)
    wrong = [f"{parameter}: {macro}" for parameter, macro in zip(parameters, row)
             if macro not in allowed(parameter)]
    assert not wrong


def test_the_kernel_looks_at_itself_afterwards(tmp_path):
    trace = tmp_path / "log"
    code, _, err = run(PROGRAMS / "hello.exe", options=("--append", "verify", "--trace", trace))
    assert code == 1, err
    assert "mm_verify: the memory manager is whole" in trace.read_text(encoding="utf-8").splitlines()
