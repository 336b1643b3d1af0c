"""The kernel debugger, talked to over the serial line as a person would."""
import re

import ktap
import pytest
from kernelrun import ISO, KERNEL
from launcher import tail, tokos

SECONDS = 60


def session(*commands, words="break", medium=("--kernel", KERNEL)):
    """Send the commands at the prompt and end the run; return what each one printed."""
    script = "".join(f"{command}\n" for command in (*commands, "q")).encode()
    run = tokos("boot", *medium, "--append", words, "--timeout", SECONDS, stdin=script)
    assert run.code == 0, f"{run.err}\n{run.out}"
    answers = run.out.replace("\r", "").split("kd> ")[1:]
    assert len(answers) == len(commands) + 1
    return [answer.split("\n", 1)[1] for answer in answers[:-1]]


PTE = re.compile(
    r"([0-9A-F]{8})  - PDE at ([0-9A-F]{8})        PTE at ([0-9A-F]{8})\n"
    r" +contains ([0-9A-F]{8})      (?:contains ([0-9A-F]{8})|(LARGE PAGE|unavailable))\n"
    r" +(?:pfn ([0-9a-f]+) (\S+)|(not valid))(?:    (?:pfn ([0-9a-f]+)(?: (\S+))?|(not valid)))?\n")


@pytest.mark.parametrize("va", [0xC0300C00, 0xC0000000, 0xE0900000, 0xFFC00000, 0xF0000000])
def test_pte_has_the_documented_form(va):
    match = PTE.match(session(f"!pte {va:x}")[0])
    assert match
    assert int(match[1], 16) == va
    assert int(match[2], 16) == 0xC0300000 + (va >> 22) * 4
    assert int(match[3], 16) == 0xC0000000 + (va >> 12) * 4


def test_pte_flags_say_what_the_bits_are():
    text, screen, nothing = session("!pte mm_access_fault", "!pte ffc00000", "!pte 10000")
    match = PTE.match(text)
    value = int(match[5], 16)
    assert value & 3 == 1 and int(match[10], 16) == value >> 12
    assert re.fullmatch(r"G-[D-]A--KRV", match[11])
    assert re.fullmatch(r"G-DAN-KWV", PTE.match(screen)[11])
    assert PTE.match(nothing)[6] == "unavailable" and PTE.match(nothing)[9] == "not valid"


def test_self_map_entry_maps_itself():
    match = PTE.match(session("!pte c0300c00")[0])
    assert match[2] == match[3] == "C0300C00" and match[4] == match[5]


def test_invalid_ptes_are_explained():
    listing, = session("", words="")
    assert listing == ""
    run = tokos("boot", "--kernel", KERNEL, "--timeout", SECONDS, stdin=b"q\n")
    out = run.out.replace("\r", "")
    assert re.search(r"not valid\n +DemandZero\n +Protect: 4 - ReadWrite", out)
    assert re.search(r"not valid\n +Subsection: [0-9a-f]{8}\n +Protect: 1 - ReadOnly", out)
    assert re.search(r"LARGE PAGE\n +pfn [0-9a-f]+ GLDA--KWV", out)


def test_pfn_of_a_mapped_page_leads_back():
    pte = PTE.match(session("!pte mm_page_lists")[0])
    pfn, = session(f"!pfn {pte[10]}")
    assert re.search(rf"PFN 0*{pte[10].upper()} at address F0[0-9A-F]{{6}}", pfn)
    assert re.search(rf"share count 00000001  pteaddress {pte[3]}", pfn)
    assert "Active" in pfn and "reference count 0001" in pfn


def test_pfn_out_of_range_says_so():
    beyond, firmware = session("!pfn fffff", "!pfn a0")
    assert "beyond the highest" in beyond
    assert "not usable RAM" in firmware


def test_memory_never_faults():
    user, edge, wrapped, text = session(
        "d 0 20", "dd cffffff8 10", "d fffffff8 10", "d mm_fault_kind_names 8")
    assert user.count("??") == 32
    assert edge.count("????????") == 2 or "????????" in edge
    assert wrapped.startswith("fffffff8")
    assert "??" not in text


def test_memory_shows_what_is_there():
    words, same = session("dd mm_image_part_count 4", "d mm_image_part_count 4")
    value = int(words.split()[1], 16)
    assert value == 5
    assert bytes.fromhex("".join(same.split()[1:5])) == value.to_bytes(4, "little")


def test_layout_is_the_table_of_regions():
    layout, = session("!layout")
    regions = re.findall(r"^  ([0-9a-f]{8})-([0-9a-f]{8})  (\S.*?)  ", layout, re.M)
    starts = [int(start, 16) for start, _, _ in regions]
    assert starts == sorted(starts) and len(regions) == 14
    assert ("c0000000", "c03fffff", "page tables") in regions
    assert re.search(r"text +read-only", layout) and re.search(r"data +writable", layout)


def test_vm_and_memusage_add_up():
    vm, usage = session("!vm", "!memusage")
    assert vm.startswith("*** Virtual Memory Usage ***")
    rows = {name: int(pages) for name, pages in re.findall(r"(\S+):\s+(\d+) \(", usage)}
    total = rows.pop("TOTAL")
    assert sum(rows.values()) == total
    assert int(re.search(r"Physical Memory: +(\d+)", vm)[1]) == total
    for name in ("Zeroed", "Free", "Standby", "Modified", "ModifiedNoWrite", "Active/Valid",
                 "Transition", "Bad"):
        assert name in rows


def test_registers_stack_and_expressions():
    registers, stack, value, symbol = session("r", "k", "? 10+0n16-1", "? mm_access_fault")
    assert re.search(r"eip=[0-9a-f]{8} esp=[0-9a-f]{8}", registers)
    assert "kd_break_in" in stack and "ki_main" in stack
    assert value.startswith("0000001f = 31")
    assert "mm_access_fault" in symbol


def test_bad_input_gets_an_answer():
    answers = session("nonsense", "!pte", "!pte zz top", "d 1000 99999999", "? 123456789", "!pfn -")
    assert "is not a command" in answers[0]
    for answer in (answers[1], answers[2], answers[4], answers[5]):
        assert "neither a number" in answer
    assert "at most" in answers[3]


def test_faults_lists_records():
    run = tokos("boot", "--kernel", KERNEL, "--timeout", SECONDS, stdin=b"!faults\nq\n")
    listing = run.out.replace("\r", "").split("kd> ")[1]
    assert re.search(r"FAULT seq=0 va=[0-9a-f]{8} eip=[0-9a-f]{8} err=0002 kind=demand-zero "
                     r"pte=00000080->[0-9a-f]{8} pfn=[0-9a-f]{5} cost=\d+", listing)
    assert "kind=demand-page" in listing and "kind=large" in listing


def test_verify_and_help():
    verify, text = session("!verify", "help")
    assert verify == "0 contradictions\n"
    for name in ("!pte", "!pfn", "!vm", "!memusage", "!layout", "!faults", "d", "r", "k", "g",
                 "reboot", "help"):
        assert re.search(rf"^  {re.escape(name)} ", text, re.M)


def test_go_runs_on_to_the_tour():
    run = tokos("boot", "--kernel", KERNEL, "--append", "break", "--timeout", SECONDS,
                stdin=b"g\nq\n")
    assert run.code == 0
    assert "break on the command line" in run.out
    assert "1. Demand zero" in run.out.split("kd> ")[1]


def test_processes_and_threads_are_listed():
    listed, worker, wrong, ready = session("!process", "!thread 10", "!thread 99", "!ready")
    assert re.search(r"PROCESS [0-9a-f]{8}  Cid: 0004  Image: System\n", listed)
    assert len(re.findall(r"WAIT \(WrQueue\)  Pri 1[23]  work\n", listed)) == 4
    assert re.search(r"Cid 0004.0008  RUNNING  Pri 8", listed)
    assert "(WrQueue) KernelMode Non-Alertable" in worker and "Semaphore" in worker
    for name in ("ke_wait_for_single_object+", "work+", "ki_begin_thread+"):
        assert name in worker
    assert "neither a thread nor a thread's id" in wrong
    assert re.search(r"running  THREAD [0-9a-f]{8}  Cid 0008  Pri 8", ready)


def test_objects_are_shown_by_name_and_address():
    root, event, missing, garbage = session("!object", r"!object \ObjectTypes\Event",
                                            r"!object \No\x", "!object ki_main")
    assert "Directory  BaseNamedObjects" in root and "Directory  ObjectTypes" in root
    assert "Name: \\ObjectTypes\\Event" in event and "Permanent" in event
    again, = session("!object " + event.split()[1])
    assert again == event
    assert "'No' is not there" in missing and "is not an object" in garbage


def test_levels_and_locks_at_a_bugcheck():
    run = tokos("boot", "--kernel", KERNEL, "--append",
                "break selftest=fatal.spin_lock.taken_out_of_order", "--timeout", SECONDS,
                stdin=b"g\n!irql\n!locks\n!timer\nq\n")
    assert run.code == 121
    assert "IRQL 31 (HIGH_LEVEL)" in run.out
    assert "spin lock 'test inner' (rank 8) is held" in run.out
    assert "Interrupt time" in run.out


def test_reboot_is_not_a_verdict():
    run = tokos("boot", "--kernel", KERNEL, "--append", "break", "--timeout", SECONDS,
                stdin=b"reboot\n")
    assert run.code == 125 and "rebooted" in run.err


def test_bugcheck_leads_to_the_prompt():
    run = tokos("boot", "--kernel", KERNEL, "--append", "break selftest=fatal.trap.invalid_opcode",
                "--timeout", SECONDS, stdin=b"g\nk\n!verify\nq\n")
    assert run.code == 121
    after = run.out.replace("\r", "").split("*** STOP: ")[1].split("kd> ")
    assert "invalid_opcode" in after[1] and "0 contradictions" in after[2]


def test_trace_prints_each_fault():
    run = tokos("boot", "--kernel", KERNEL, "--append",
                "trace=fault selftest=demand_zero.pte_and_frame_after_a_write", "--timeout", SECONDS)
    assert run.code == 0
    assert len(re.findall(r"^FAULT seq=", run.out.replace("\r", ""), re.M)) == 1


@pytest.mark.parametrize("words, complaint", [
    ("flurb", "'flurb' is not an option"),
    ("maxmem=lots", "'maxmem' has a value that makes no sense"),
    ("trace=everything", "'trace' has a value that makes no sense"),
])
def test_unknown_words_are_reported_and_ignored(words, complaint):
    run = tokos("boot", "--kernel", KERNEL, "--append", f"{words} selftest=symbols.*",
                "--timeout", SECONDS)
    assert run.code == 0 and complaint in run.out


def test_a_line_that_is_too_long_is_said_to_be_cut():
    run = tokos("boot", "--kernel", KERNEL, "--append", "selftest=symbols.* " + "x" * 2000,
                "--timeout", SECONDS)
    assert run.code == 0 and "the line may have been cut" in run.out


def test_modules_without_room_are_counted(tmp_path):
    files = [tmp_path / f"{number}.txt" for number in range(10)]
    for file in files:
        file.write_text("a file\n")
    run = tokos("boot", "--kernel", KERNEL, "--timeout", SECONDS,
                *[word for file in files for word in ("--module", file)],
                stdin=b"!verify\nq\n")
    assert run.code == 0 and "2 more than there is room for" in run.out
    assert "0 contradictions" in run.out


def test_serial_off_is_silent():
    run = tokos("boot", "--kernel", KERNEL, "--append", "serial=off selftest=symbols.*",
                "--timeout", SECONDS)
    assert run.code == 0 and run.out == ""


@pytest.mark.parametrize("words", ["nopse", "nopse nopge", "nopge noapic", "maxmem=24M",
                                   "maxmem=64M", "seed=7 jitter=7", "slowpager=1"])
def test_options_pass_the_self_tests(words):
    run = tokos("boot", "--iso", ISO, "--append", f"{words} selftest", "--timeout", SECONDS)
    failed = [result for result in ktap.parse(run.out).results if not result.ok]
    assert run.code == 0 and not failed, f"{failed} {tail(run.out)}"
    assert "# SKIP" not in run.out and "is not an option" not in run.out


def test_too_little_memory_is_said_plainly():
    run = tokos("boot", "--kernel", KERNEL, "--append", "maxmem=1M selftest", "--timeout", SECONDS)
    assert run.code == 121 and "INSTALL_MORE_MEMORY" in run.err
