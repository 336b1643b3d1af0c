"""The tables of hostile programs against the kernel's. tests/user/hostile_services.h: each service has
its row, each row its service's arguments, and each pointer of a service is tried. A pointer is what its
function's type says is one, or an address. tests/user/hostile_processes.c: each handle of what is another
process's is tried without the right that it needs."""
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

KINDS = re.compile(r"^ROW\((\w+), ([\w, \n]+)\)", re.M)    # of tests/user/fuzz/table.c
RIGHTS_ROW = re.compile(r'\{"(\w+)", (\w+), \w+, \w+, \{(.*)\}, \d+\},$', re.M)
TARGETS = ("PROCESS", "THREAD", "SECTION", "DEBUG_OBJECT")
TARGETS_OF = {"PROCESS": TARGETS[:1], "PARENT": TARGETS[:1], "VICTIM": TARGETS[:1],
              "THREAD": TARGETS[1:2], "VICTIM_THREAD": TARGETS[1:2],
              "SECTION": TARGETS[2:3], "OPTIONAL_SECTION": TARGETS[2:3],
              "DEBUG_OBJECT": TARGETS[3:], "ANY": TARGETS, "HANDLES": TARGETS}
# A service and the place of the handle among its arguments: why it has no rows, of which targets.
NO_RIGHT_NEEDED = {
    ("NtClose", 0): (TARGETS, "who has a handle may close it"),
    ("NtQueryObject", 0): (TARGETS, "what it tells is the handle's, or known to who has one"),
    ("NtSetInformationObject", 0): (TARGETS, "it sets what is the handle's"),
    ("NtSignalAndWaitForSingleObject", 0): (TARGETS, "none of them can be signalled"),
    ("NtWaitForSingleObject", 0): (("SECTION",), "it cannot be waited for"),
    ("NtWaitForMultipleObjects", 1): (("SECTION",), "it cannot be waited for"),
    ("NtSignalAndWaitForSingleObject", 1): (("SECTION",), "it cannot be waited for"),
}


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


def handles():
    """Each service, the place of a handle among its arguments, and a target that it can be of."""
    kinds = {name: words.replace("\n", " ").split(",")
             for name, words in KINDS.findall(read("tests/user/fuzz/table.c"))}
    assert sorted(kinds) == sorted(name for name, _, _ in services())
    return {(name, place, target) for name, words in kinds.items()
            for place, kind in enumerate(words) for target in TARGETS_OF.get(kind.strip(), ())}


def rights_rows():
    """The same of each row of hostile_processes.c: the place is that of WEAK."""
    return {(name, next(place for place, word in enumerate(arguments.split(", "))
                        if word in ("WEAK", "WEAK_AT")), target)
            for name, target, arguments in RIGHTS_ROW.findall(read("tests/user/hostile_processes.c"))}


def test_each_handle_is_tried_without_its_right():
    excepted = {(name, place, target) for (name, place), (targets, _) in NO_RIGHT_NEEDED.items()
                for target in targets}
    assert excepted <= handles()
    assert handles() - excepted - rights_rows() == set()
    assert rights_rows() & excepted == set()


def test_the_kernel_looks_at_itself_afterwards(tmp_path):
    trace = tmp_path / "log"
    code, _, err = run(PROGRAMS / "hello.exe", options=("--append", "verify", "--trace", trace))
    assert code == 1, err
    assert "mm_verify: the memory manager is whole" in trace.read_text(encoding="utf-8").splitlines()
