"""The gdb commands of tools/gdb, each checked against the kernel's own word."""
import runpy
import subprocess

import gdbrun
import pytest
from gdbrun import access, boot_under_gdb, call, gdb, page_faults, records, resolutions
from kernelrun import KERNEL
from launcher import ROOT, tokos

pytestmark = pytest.mark.xdist_group("gdb")

AT_THE_PROMPT = ("break kd_read_line", "continue")


# ---- the commands that show something ------------------------------------------------------------

# A command of gdb and the commands of the kernel debugger that must print the same.
SAME = (
    ("tokos pte mm_system_page_directory", "!pte mm_system_page_directory"),
    ("tokos pte 0xc0300c00", "!pte c0300c00"),
    ("tokos pte c0000000", "!pte c0000000"),
    ("tokos pte ki_main", "!pte ki_main"),
    ("tokos pte &mm_page_lists", "!pte mm_page_lists"),
    ("tokos pte 0", "!pte 0"),
    ("tokos pte 0xd0000000", "!pte d0000000"),
    ("tokos pte 0xe1000000 + 0x1000", "!pte e1001000"),
    ("tokos pte eb002fff", "!pte eb002fff"),
    ("tokos pte ebf00000", "!pte ebf00000"),
    ("tokos pte 0xffffffff", "!pte ffffffff"),
    ("tokos pfn 0", "!pfn 0"),
    ("tokos pfn 0x9f", "!pfn 9f"),
    ("tokos pfn 0x100", "!pfn 100"),
    ("tokos pfn 0000010a", "!pfn 10a"),
    ("tokos pfn 0x7800", "!pfn 7800"),
    ("tokos pfn mm_highest_physical_page", "!pfn 7fdf"),
    ("tokos pfn 0x100000 - 1", "!pfn fffff"),
    ("tokos vm", "!vm", "!memusage"),
    ("tokos layout", "!layout"),
    ("tokos faults", "!faults"),
    ("tokos process", "!process"),
    ("tokos process 4", "!process 4"),
    ("tokos process ps_idle_process", "!process 0"),
    ("tokos thread 0x10", "!thread 10"),
    ("tokos thread 0x1c", "!thread 1c"),
    ("tokos thread 0", "!thread 0"),
    ("tokos ready", "!ready"),
    ("tokos irql", "!irql"),
    ("tokos locks", "!locks"),
    ("tokos object", "!object"),
    ("tokos object \\ObjectTypes", "!object \\ObjectTypes"),
    ("tokos object \\ObjectTypes\\Event", "!object \\ObjectTypes\\Event"),
    ("tokos object \\BaseNamedObjects", "!object \\BaseNamedObjects"),
    ("tokos handle", "!handle"),
)


def _lines(text):
    return [line.rstrip() for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def both_views(tmp_path_factory):
    """{gdb's command: (lines it printed, lines the kernel debugger printed)}, from one boot."""
    folder = tmp_path_factory.mktemp("views")
    script = [word for _, *words in SAME for word in words]
    shown = boot_under_gdb(
        folder, *AT_THE_PROMPT,
        *(command for one in SAME for command in ("echo \\n==\\n", one[0])), "echo \\n==\\n",
        stdin="\n".join((*script, "q")).encode())
    assert shown.run.code == 0, shown.run.err
    from_gdb = shown.gdb.split("\n==\n")[1:-1]
    from_kd = [answer.split("\n", 1)[1]
               for answer in shown.run.out.replace("\r", "").split("kd> ")[1:-1]]
    assert len(from_gdb) == len(SAME) and len(from_kd) == len(script)
    views = {}
    for text, (command, *words) in zip(from_gdb, SAME):
        answers = [from_kd.pop(0) for _ in words]
        views[command] = (_lines(text), _lines("\n".join(answers)))
    return views


@pytest.mark.parametrize("command", [one[0] for one in SAME])
def test_shows_what_the_debugger_shows(both_views, command):
    from_gdb, from_kd = both_views[command]
    assert from_kd
    assert from_gdb == from_kd


def test_subsection_pte_is_shown_as_the_tour_shows_it(tmp_path):
    shown = boot_under_gdb(tmp_path, "tokos break-fault demand-page", "continue",
                           "echo \\n==\\n", "tokos pte va", "echo \\n==\\n")
    lines = shown.gdb.split("\n==\n")[1].strip()
    assert "Subsection: " in lines
    assert lines in shown.run.out.replace("\r", "")


def test_list_of_commands():
    said = gdb("tokos", "help tokos break-fault")
    for name in ("pte", "pfn", "vm", "layout", "faults", "break-fault"):
        assert f"tokos {name} " in said
    assert "Usage: tokos break-fault [KIND|VA]" in said


# ---- when something cannot be done ----------------------------------------------------------------

@pytest.mark.parametrize("command", ["pte 0", "pfn 0", "vm", "layout", "faults"])
def test_before_paging(command):
    said = gdb(f"tokos {command}")
    assert "Paging is off: the kernel has not been entered yet" in said


def test_before_the_memory_manager():
    said = gdb("break *ki_system_startup", "continue", "tokos pte $pc", "tokos faults",
               "tokos layout", "tokos vm", "tokos pfn 1")
    assert "LARGE PAGE" in said
    assert "No fault has been recorded yet" in said
    assert "the ends are the design's limits" in said
    assert said.count("The memory manager is not up yet: its counters") == 2


# A command and what must be said about it.
BAD_ARGUMENTS = (
    ("tokos pte", "Say an address"),
    ("tokos pte nonsense", "'nonsense' is not an address: No symbol \"nonsense\""),
    ("tokos pte 1 +", "'1 +' is not an address"),
    ("tokos pte 0x100000000", "does not fit 32 bits"),
    ("tokos pte *(int *)0x90000000", "Nothing is mapped where this looked"),
    ("tokos pfn", "Say a frame number"),
    ("tokos pfn \"text", "is not a frame number"),
    ("tokos frobnicate", "'frobnicate' is not a command of tokos"),
    ("tokos break-fault sometimes", "Nor is it a kind of fault, which are: demand-zero,"),
    ("tokos break-fault none", "Nor is it a kind of fault"),
)


@pytest.fixture(scope="module")
def complaints():
    """What gdb said about all of BAD_ARGUMENTS, at the prompt."""
    return gdb(*AT_THE_PROMPT, *(command for command, _ in BAD_ARGUMENTS))


@pytest.mark.parametrize("command, words", BAD_ARGUMENTS, ids=[bad[0] for bad in BAD_ARGUMENTS])
def test_bad_argument(complaints, command, words):
    assert words in complaints
    assert "Traceback" not in complaints and "Python Exception" not in complaints


def test_without_a_machine():
    done = subprocess.run(["gdb", "-nx", "-batch", str(KERNEL), "-x", "tools/gdb/tokos.gdb",
                           "-ex", "tokos vm"], cwd=ROOT, capture_output=True, text=True,
                          timeout=60, check=False)
    assert "There is no running machine" in done.stderr
    assert "Traceback" not in done.stderr


# ---- break-fault ----------------------------------------------------------------------------------

def _agree(fault, record):
    """Whether gdb's word on a fault and the kernel's record of it are the same."""
    return all(fault[name].lower() == record[name]
               for name in ("va", "eip", "error", "kind", "before"))


def test_break_fault_stops_at_each_fault_of_the_tour(tmp_path):
    shown = boot_under_gdb(tmp_path, "tokos break-fault", *["continue"] * 3, "delete")
    faults, truth = page_faults(shown.gdb), records(shown.run.out)
    assert [one["kind"] for one in faults] == ["demand-zero", "demand-page", "large"]
    assert len(truth) == 3
    for fault, record in zip(faults, truth):
        assert _agree(fault, record)
        assert fault["cr2"] == fault["va"]
    for end, record in zip(resolutions(shown.gdb), truth):
        assert end["kind"] == record["kind"]
        assert end["before"].lower() == record["before"]
        assert end["after"].lower() == record["after"]


def test_break_fault_demand_zero(tmp_path):
    shown = boot_under_gdb(tmp_path, "tokos break-fault demand-zero", "continue", "finish")
    fault, = page_faults(shown.gdb)
    end, = resolutions(shown.gdb)
    record = records(shown.run.out)[0]
    assert fault["before"] == "00000080"
    assert fault["region"].startswith("paged pool: ")
    assert fault["words"] == "write, by the kernel, the page is not present"
    assert "kernel/tour.c:" in fault["place"] and "mov" in fault["place"]
    assert end["kind"] == "demand-zero" and end["verb"] == "was resolved"
    assert int(end["after"], 16) & 1
    assert end["after"].lower() == record["after"]


def test_break_fault_of_a_page():
    said = gdb("tokos break-fault c1000abc", "continue")
    fault, = page_faults(said)
    assert (fault["va"], fault["kind"]) == ("c1000000", "demand-page")
    said = gdb("tokos break-fault 0xd0000000 + 4", "continue")
    fault, = page_faults(said)
    assert (fault["va"], fault["kind"]) == ("d0000000", "large")


def test_break_fault_can_be_deleted():
    said = gdb("tokos break-fault", "delete", *AT_THE_PROMPT, "backtrace 1")
    assert not page_faults(said) and not resolutions(said)
    assert "kd_read_line" in said


# Faults that nothing resolves: address, write, IRQL, kind, bug check.
FATAL = (
    (0x90000000, False, 0, "not-backed", "0x00000050"),
    (0x90000000, True, 2, "raised-irql", "0x0000000A"),
    (0x00001000, False, 0, "user-address", "0x0000001E"),
    (0xE0900000 + 0x200000, True, 0, "not-backed", "0x00000050"),
)


@pytest.mark.parametrize("va, write, irql, kind, code", FATAL,
                         ids=[f"{one[3]}-{one[0]:x}" for one in FATAL])
def test_break_fault_before_a_bug_check(tmp_path, va, write, irql, kind, code):
    shown = boot_under_gdb(tmp_path, "break *ki_tour", "continue", *access(va, write),
                           f"set var ki_initial_pcr.irql = {irql}", f"tokos break-fault {kind}",
                           "continue", "continue")
    fault, = page_faults(shown.gdb)
    assert (int(fault["va"], 16), fault["kind"]) == (va, kind)
    assert f"kind   {kind}; it ends in a bug check" in shown.gdb
    assert f"The fault at {va:08x} failed as {kind}" in shown.gdb
    assert f"tokos: bugcheck {code}" in shown.run.err
    assert shown.run.code == 121


def test_break_fault_read_only(tmp_path):
    text = next(int(line.split()[0], 16) for line in subprocess.run(
        ["nm", str(KERNEL)], capture_output=True, text=True, check=True).stdout.splitlines()
        if line.endswith(" T mm_access_fault"))
    shown = boot_under_gdb(tmp_path, "break *ki_tour", "continue", *access(text, True),
                           "tokos break-fault read-only", "continue")
    fault, = page_faults(shown.gdb)
    assert fault["words"] == "write, by the kernel, the page is present: a protection violation"
    assert int(fault["before"], 16) & 3 == 1
    assert "tokos: bugcheck 0x000000BE" in shown.run.err


# Outcomes that only trying can tell: the kind expected at first, a function on the way whose call
# fails, what it returns then, and the kind that comes of it.
LATE = (
    ("large", "mi_find_contiguous_frames", "0xffffffff", "large-split", "was resolved"),
    ("demand-zero", "mi_remove_zero_page_promised", "0xffffffff", "no-memory", "failed"),
    ("demand-page", "kernel/io/module.c:read_page", "0xc0000001", "in-page-error", "failed"),
)


@pytest.mark.parametrize("first, function, answer, kind, verb", LATE, ids=[one[3] for one in LATE])
def test_break_fault_known_late(tmp_path, first, function, answer, kind, verb):
    shown = boot_under_gdb(tmp_path, f"tokos break-fault {kind}",
                           f"tokos break-fault {first}", "continue", "delete 2",
                           f"tbreak {function}", "continue", f"return {answer}", "continue")
    assert resolutions(shown.gdb)[-1]["kind"] == kind
    assert resolutions(shown.gdb)[-1]["verb"] == verb
    assert shown.run.code == (0 if verb == "was resolved" else 121)


# ---- gdb itself -----------------------------------------------------------------------------------

def test_stands_in_the_handler_when_nothing_is_asked_for():
    run = tokos("gdb", "--kernel", KERNEL)
    fault, = page_faults(run.out)
    assert fault["kind"] == "demand-zero"
    assert "mm_access_fault (error_code=" in run.out.split("  kind ")[1]


def test_users_gdbinit_is_not_read(tmp_path, monkeypatch):
    for place in (tmp_path / ".gdbinit", tmp_path / ".config" / "gdb" / "gdbinit"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("echo READ\\n\nquit 77\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.chdir(tmp_path)
    said = gdb(*AT_THE_PROMPT, "tokos vm")
    assert "READ" not in said
    assert "*** Virtual Memory Usage ***" in said


def test_backtrace_goes_through_the_trap():
    said = gdb("tokos break-fault", "continue", "backtrace", "frame function ki_tour",
               "print $eip == $pc")
    trace = said[said.index("#0"):]
    order = [trace.index(name) for name in ("mm_access_fault", "page_fault", "demand_zero",
                                            "ki_tour", "ki_main")]
    assert order == sorted(order)
    fault, = page_faults(said)
    assert fault["place"].split(", ")[0] == "demand_zero"


def test_constants_are_the_headers(tmp_path):
    table = runpy.run_path(str(gdbrun.TOOLS / "tokosgdb" / "constants.py"))["HEADERS"]
    lines = [f'#include "{header}"' for header in table]
    lines += [f'_Static_assert(({name}) == {value}u, "{name}");'
              for names in table.values() for name, value in names.items()]
    source = tmp_path / "constants.c"
    source.write_text("\n".join(lines) + "\n")
    done = subprocess.run(["i686-linux-gnu-gcc", "-std=gnu11", "-ffreestanding", "-fsyntax-only",
                           f"-I{ROOT}", str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ---- backwards in time ----------------------------------------------------------------------------

def test_replay_goes_backwards_to_an_earlier_fault():
    said = gdb("tokos break-fault", "continue", "continue", "continue", "reverse-continue",
               "tokos pte va", subcommand="gdb-replay")
    forward, backward = page_faults(said)[:3], page_faults(said)[3:]
    assert [one["kind"] for one in forward] == ["demand-zero", "demand-page", "large"]
    assert backward == [forward[1]]
    assert [one["kind"] for one in resolutions(said)] == ["demand-zero", "demand-page"]
    assert f"contains {backward[0]['before']}" in said


def test_replay_steps_backwards_over_the_fault():
    """The faulting instruction retires nothing, so one step back from the handler's first is the
    instruction before it."""
    said = gdb("set disassemble-next-line off", "break *ki_trap_stub_14", "continue", "x/i $pc",
               "reverse-stepi", "x/i $pc", "stepi", "x/i $pc", "stepi", "x/i $pc",
               "tokos break-fault", "continue", subcommand="gdb-replay")
    at = [line.split()[1] for line in said.splitlines() if line.startswith("=> 0x")]
    fault, = page_faults(said)
    handler, before, faulting, again = (int(at[index], 16) for index in range(4))
    assert handler == again
    assert before != faulting == int(fault["eip"], 16)


def test_replay_finds_who_wrote_a_pte():
    said = gdb("tokos break-fault", "continue", "continue", "delete",
               "watch *(unsigned *)0xc0384004", "reverse-continue", "backtrace 4",
               "echo \\n==\\n", "reverse-continue", "backtrace 4", subcommand="gdb-replay")
    freed, made = said.split("Hardware watchpoint")[1].split("\n==\n")
    assert "mi_delete_ptes" in freed
    assert "mi_resolve_demand_zero_fault" in made


# ---- bug checks at bad moments --------------------------------------------------------------------

MANUALLY_INITIATED_CRASH = 0xE2
MEMORY_MANAGEMENT = 0x1A


def test_bug_check_before_the_console(tmp_path):
    shown = boot_under_gdb(tmp_path, "break *ki_system_startup", "continue",
                           *call("ke_bug_check_ex", MANUALLY_INITIATED_CRASH, 1, 2, 3, 4),
                           "continue")
    assert ("*** STOP: 0x000000E2 (0x00000001,0x00000002,0x00000003,0x00000004)\n"
            "MANUALLY_INITIATED_CRASH\n") in shown.run.out.replace("\r", "")
    assert "tokos: bugcheck 0x000000E2 MANUALLY_INITIATED_CRASH" in shown.run.err
    assert shown.run.code == 121


def test_second_bug_check_while_stopping(tmp_path):
    shown = boot_under_gdb(tmp_path, "break *ki_tour", "continue", "tbreak mi_verify_page_tables",
                           *call("ke_bug_check_ex", MANUALLY_INITIATED_CRASH, 1, 2, 3, 4),
                           "continue",
                           *call("ke_bug_check_ex", MEMORY_MANAGEMENT, 5, 6, 7, 8), "continue")
    first, second = shown.run.out.replace("\r", "").split("*** while stopping:")
    assert "*** STOP: 0x000000E2" in first
    assert "*** STOP: 0x0000001A (0x00000005,0x00000006,0x00000007,0x00000008)" in second
    assert "tokos: bugcheck 0x000000E2 MANUALLY_INITIATED_CRASH" in shown.run.err
    assert shown.run.code == 121
