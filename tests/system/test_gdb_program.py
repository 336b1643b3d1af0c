"""gdb in a program of user mode: its symbols and its DLLs', and the way from an instruction that faults
into the handler and back."""
import re
import shutil
import subprocess

import pytest
from gdbrun import gdb, gdb_program, page_faults, resolutions
from kernelrun import KERNEL
from launcher import BUILD, ROOT, tokos

# Together with the other tests of gdb: a program's output goes to the same file each time.
pytestmark = pytest.mark.xdist_group("gdb")

SOURCES = ROOT / "tests" / "user"
PROGRAMS = BUILD / "user" / "win32"
HELLO, CRASH, PROCESS = (PROGRAMS / f"{name}.exe" for name in ("hello", "crash", "process"))
OUTPUT = ROOT / "build" / "gdb-output.log"

MODULE = re.compile(r"^  ([0-9a-f]{8})  (\S+\.(?:exe|dll)) +(.+)$", re.M)
SYSTEM_DLLS = ["ntdll.dll", "kernel32.dll", "msvcrt.dll"]
MARK = "echo \\n==\\n"


def modules(text):
    """{name: (base, what is said about its file)}, of all modules listed in `text`."""
    return {name: (int(base, 16), said) for base, name, said in MODULE.findall(text)}


def parts(text):
    """What was printed between the MARKs, and before and behind them."""
    return text.split("\n==\n")


def values(text):
    """What `output/x` printed: one number a line, the other lines left out."""
    return [int(line, 16) for line in re.findall(r"^0x[0-9a-f]+$", text, re.M)]


def line_of(source, words):
    """FILE:LINE of the only line of `source` with these words."""
    found = [number for number, line in enumerate(source.read_text().splitlines(), 1) if words in line]
    assert len(found) == 1
    return f"{source.name}:{found[0]}"


def in_order(text, names):
    """Whether all names stand in the text, each behind the one before."""
    return re.search(".*".join(map(re.escape, names)), text, re.S)


def preferred_base(path):
    """The ImageBase of a PE file, as binutils print it."""
    text = subprocess.run(["i686-w64-mingw32-objdump", "-p", str(path)], stdout=subprocess.PIPE,
                          text=True, check=True).stdout
    return int(re.search(r"^ImageBase\s+([0-9a-f]+)", text, re.M)[1], 16)


# ---- into the handler and back ---------------------------------------------------------------------

WHERE = line_of(SOURCES / "hello.c", 'strcpy(copy + 60000, "hello")')
REGISTERS = [command for name in ("eip", "eax", "ecx", "edx", "ebx", "esi", "edi", "ebp", "esp")
             for command in (f"output/x ${name}", "echo \\n")]
PROGRAMS_FRAMES = ("in main (argc=3,", "hello.c:", "__tmainCRTStartup", "rtlp_user_thread_start",
                   "start.c:")
TWO_ARGUMENTS = ("--arguments", "one 'two words'")


@pytest.fixture(scope="module", name="through_a_fault")
def _through_a_fault():
    """hello.exe through its first write to a new page, in main: what was printed at each stage."""
    return parts(gdb_program(
        HELLO, f"tokos break-user {WHERE}", "continue", "delete", MARK,
        "tokos break-fault user", "continue", MARK, "backtrace", MARK,
        "frame function main", *REGISTERS, MARK,
        "tokos resolve", MARK, *REGISTERS, MARK,
        "x/i $pc", "output/x *(int *)$eax", "echo \\n", "stepi", "output/x *(int *)$eax", "echo \\n",
        "output/x $eip", "echo \\n", MARK,
        "delete", "continue", options=TWO_ARGUMENTS))


def test_stops_in_the_handler_and_shows_the_program(through_a_fault):
    _, stop, trace, *_ = through_a_fault
    fault, = page_faults(stop)
    assert fault["words"] == "write, by user mode, the page is not present"
    assert fault["region"].startswith("user: ")
    assert fault["place"].startswith(f"main, tests/user/{WHERE}  movl ")
    assert in_order(trace, ("#0  mm_access_fault", "mode=USER_MODE", "in page_fault",
                            "<signal handler called>", *PROGRAMS_FRAMES))


def test_resolve_comes_back_to_the_instruction(through_a_fault):
    _, stop, _, before, came_back, after, *_ = through_a_fault
    fault, = page_faults(stop)
    end, = resolutions(came_back)
    assert (end["va"], end["kind"]) == (fault["va"], "demand-zero")
    assert "#0 " in came_back and "in main (argc=3," in came_back
    assert "Breakpoint" not in came_back
    assert len(values(before)) == 9 and values(before) == values(after)
    assert values(after)[0] == int(fault["eip"], 16)


def test_the_instruction_does_its_work_when_tried_again(through_a_fault):
    _, stop, *_, again, end = through_a_fault
    fault, = page_faults(stop)
    zero, written, eip = values(again)
    assert f"=> 0x{fault['eip'].lstrip('0')} <main" in again
    assert zero == 0
    assert written == int.from_bytes(b"hell", "little")
    assert 0 < eip - int(fault["eip"], 16) < 16
    assert "Remote connection closed" in end


def test_program_ends_as_without_gdb(through_a_fault):
    assert through_a_fault
    gdb_program(HELLO, "continue", options=TWO_ARGUMENTS)
    assert OUTPUT.read_bytes() == b"hello from a Win32 program\r\n1: one\r\n2: two words\r\n"


def test_stepi_goes_into_the_handler_too(through_a_fault):
    eip = page_faults(through_a_fault[1])[0]["eip"]
    stub, came_back, behind = parts(gdb_program(
        HELLO, f"tokos break-user *0x{eip}", "continue", "stepi", "x/i $pc", "backtrace", MARK,
        "tokos resolve", "output/x $eip", "echo \\n", MARK,
        "stepi", "output/x $eip", "echo \\n", options=TWO_ARGUMENTS))
    assert in_order(stub, ("Breakpoint 1, ", "<ki_trap_stub_14>", "<signal handler called>",
                           *PROGRAMS_FRAMES))
    assert values(came_back) == [int(eip, 16)]
    assert 0 < values(behind)[0] - int(eip, 16) < 16


def test_fault_that_fails_ends_in_the_exception_dispatcher():
    at_fault, came_back = parts(gdb_program(CRASH, "tokos break-fault 0", "continue", MARK,
                                            "tokos resolve", options=("--arguments", "1")))
    fault, = page_faults(at_fault)
    assert fault["place"].startswith("main, tests/user/crash.c:")
    assert "The fault at 00000000 failed as user-address" in came_back
    assert "#0  KiUserExceptionDispatcher" in came_back


# ---- modules ----------------------------------------------------------------------------------------

def test_program_and_its_dlls_have_symbols():
    said = gdb_program(HELLO, "info symbol main", "info symbol malloc", "info symbol HeapAlloc",
                       "info symbol RtlAllocateHeap@12", "tokos break-user RtlAllocateHeap@12",
                       "tokos break-user nothing_of_this_name")
    shown = modules(said)
    assert list(shown) == ["hello.exe", *SYSTEM_DLLS]
    for name, (base, file) in shown.items():
        path = HELLO if name == "hello.exe" else KERNEL.parent / "user" / f"{name}.debug"
        assert (ROOT / file).samefile(path)
        assert base == preferred_base(path)
    assert "malloc in section .text of" in said and "user/msvcrt.dll.debug" in said
    assert re.search(r"Stops at RtlAllocateHeap@12, 7c9[0-9a-f]{5}, in process \w{4}\.", said)
    assert 'Function "nothing_of_this_name" not defined' in said


def test_dll_elsewhere_has_its_symbols_there():
    """tests/user/loader.c loads a DLL whose place is taken."""
    dlls = [PROGRAMS / f"loader_{name}.dll" for name in ("dll", "dependency", "refuses")]
    there, inside, gone = parts(gdb_program(
        PROGRAMS / "loader.exe", "tokos break-user relocating", "continue",
        "tokos break-user get", "continue", "output/x (unsigned)module", "echo \\n",
        "tokos user-symbols", MARK,
        "tokos break-user loader_is_relocated", "continue", "print self == &attached",
        "backtrace", MARK,
        "delete", "tokos break-user failing", "continue", "tokos user-symbols",
        "info symbol loader_is_relocated",
        options=[word for dll in dlls for word in ("--with", dll)]))
    base, file = modules(there)["loader_dll.dll"]
    assert [base] == values(there) and base != preferred_base(dlls[0])
    assert file.endswith("win32/loader_dll.dll")
    assert f"Stops at loader_is_relocated, {base >> 16:04x}" in inside
    assert in_order(inside, ("loader_is_relocated () at tests/user/dll/loader_dll.c:", "$1 = 1",
                             "#0  loader_is_relocated", "in relocating", "loader.c:", "in main"))
    assert list(modules(gone)) == ["loader.exe", *SYSTEM_DLLS]
    assert 'No symbol "loader_is_relocated" in current context' in gone


def test_second_process():
    """A breakpoint is its process's; the symbols are the current one's, at any moment of its life."""
    first, early, second = parts(gdb_program(
        PROCESS, "tokos break-user process.c:start", "continue",
        "tokos break-user process.c:child", MARK,
        "break begin_user_thread", "continue", "tokos user-symbols", MARK,
        "tokos break-user main", "continue", "print count", "tokos user-symbols",
        "tokos break-user process.c:child", "continue", "backtrace 1", "info breakpoints"))
    ids = re.findall(r"in process (\w{4})\.", first + second)
    assert len(ids) == 4 and ids[0] == ids[1] != ids[2] == ids[3]
    assert list(modules(early)) == ["process.exe", "ntdll.dll"]
    assert list(modules(second)) == ["process.exe", *SYSTEM_DLLS]
    assert "Breakpoint 4, main (" in second and "$1 = 3" in second
    assert "Breakpoint 5, child (" in second and "#0  child (count=3" in second
    table = second[second.index("Num "):]
    assert "already hit" in table and not re.search(r"^2 .*\n\s+breakpoint already hit", table, re.M)


# ---- programs of all kinds --------------------------------------------------------------------------

def test_program_without_symbols(tmp_path):
    bare = tmp_path / "bare.exe"
    subprocess.run(["i686-w64-mingw32-strip", "-o", str(bare), str(HELLO)], check=True)
    said = gdb_program(bare, "tokos break-user main", "tokos break-user malloc", "continue",
                       "backtrace 1")
    assert modules(said)["bare.exe"][1].endswith("bare.exe (it has no symbols)")
    assert 'Function "main" not defined' in said
    assert "#0  malloc (" in said


def test_program_of_tokos_own_volume(tmp_path):
    shutil.copy(KERNEL, tmp_path)
    (tmp_path / "user").mkdir()
    for path in (HELLO, *(KERNEL.parent / "user").glob("*.dll*")):
        shutil.copy(path, tmp_path / "user")
    said = gdb_program("C:\\hello.exe", "tokos break-user main", "continue",
                       kernel=tmp_path / KERNEL.name)
    assert list(modules(said)) == ["hello.exe", *SYSTEM_DLLS]
    assert "Breakpoint 1, main (argc=1" in said


@pytest.mark.parametrize("arguments, words", [
    (["no-such.exe"], "no such file, and no such program on TokOS's own volume: no-such.exe"),
    ([HELLO, "--with", "no-such.dll"], "no such file: no-such.dll"),
    ([HELLO, "--arguments", "'open"], "--arguments 'open: No closing quotation"),
])
def test_wrong_usage(arguments, words):
    run = tokos("gdb", "--kernel", KERNEL, "--program", *arguments)
    assert (run.code, run.out, run.err) == (2, "", f"tokos: {words}\n")


def test_file_that_is_no_program(tmp_path):
    text = tmp_path / "text.exe"
    text.write_text("no program")
    said = gdb_program(text)
    assert ("The start of a program was not reached: Remote connection closed. The serial line says "
            "why.") in said
    serial = (ROOT / "build" / "gdb-serial.log").read_text()
    assert "PROGRAM EXIT 0xc000012f" in serial      # STATUS_INVALID_IMAGE_NOT_MZ


def test_where_no_program_runs():
    said = gdb("break *ki_tour", "continue", "tokos user-symbols", "tokos break-user main",
               "tokos resolve")
    assert said.count("The current process runs no program; `tokos start` goes to the first.") == 2
    assert "No fault is being handled here." in said


def test_make_gdb_prog():
    """The words of ARGS come to the program as a shell would split them."""
    done = subprocess.run(["make", "-s", "gdb", f"PROG={HELLO.relative_to(ROOT)}",
                           "ARGS=-x 'two words' \"it's\""], cwd=ROOT, text=True, timeout=300,
                          input="tokos break-user main\ncontinue\nprint argc\nprint argv[1]\n"
                                "print argv[2]\nprint argv[3]\n",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert in_order(done.stdout, ("Breakpoint 1, main (", "$1 = 4", '"-x"', '"two words"', '"it\'s"'))
