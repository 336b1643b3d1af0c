"""tools/tokos itself: each way a run can end, its input and output, and its words about errors."""
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import fakes
import pytest
from launcher import TOKOS, tokos
from tokoslib import qmp


@pytest.fixture(scope="session")
def fake(tmp_path_factory):
    """fake(name): the path of that fake kernel, assembled once."""
    folder = tmp_path_factory.mktemp("fakes")
    built = {}

    def get(name):
        if name not in built:
            built[name] = fakes.build(name, folder)
        return built[name]
    return get


# A fake kernel, the exit code, and what must be said about it on standard error.
ENDINGS = (
    ("passed", 0, "tokos: passed\n"),
    ("failed", 1, "tokos: failed\n"),
    ("bugcheck", 121, "tokos: bugcheck 0x0000000A IRQL_NOT_LESS_OR_EQUAL\n"),
    ("silent_bugcheck", 121, "tokos: bugcheck"),
    ("bugcheck_in_debugger", 121, "tokos: bugcheck 0x0000000A IRQL_NOT_LESS_OR_EQUAL\n"),
    ("triple_fault", 122, "tokos: triple fault"),
    ("hang", 124, "tokos: timeout: no verdict within 2 seconds; the last line was: going to hang"),
    ("bugcheck_hangs", 121, "tokos: bugcheck 0x0000000A IRQL_NOT_LESS_OR_EQUAL\n"),
    ("reset", 125, "tokos: cut short: the guest rebooted"),
    ("power_off", 125, "tokos: cut short: the guest switched the machine off"),
    ("other_status", 125, "tokos: cut short: QEMU ended with status 65"),
)


@pytest.mark.parametrize("name, code, words", ENDINGS, ids=[ending[0] for ending in ENDINGS])
def test_ending(fake, name, code, words):
    run = tokos("boot", "--kernel", fake(name), "--timeout", 2)
    assert words in run.err
    assert run.code == code


def test_qemu_that_ended_before_it_was_spoken_to():
    ours, theirs = socket.socketpair()
    with ours:
        theirs.close()
        monitor = qmp.Monitor(ours)
        monitor.send_break()
    assert monitor.shutdown_reason == ""


def test_debugger_that_ignores_q_is_cut_short(fake):
    run = tokos("boot", "--kernel", fake("deaf_debugger"))
    assert "tokos: cut short: the debugger waits for a command" in run.err
    assert run.code == 125


def test_prompt_without_input_waits_for_the_time_limit(fake):
    run = tokos("boot", "--kernel", fake("debugger"), "--timeout", 2)
    assert "timeout" in run.err
    assert (run.code, run.out) == (124, "kd> ")


def test_triple_fault_names_the_exceptions(fake):
    run = tokos("boot", "--kernel", fake("triple_fault"))
    assert "#UD invalid opcode" in run.err
    assert "crash_here+0x0" in run.err


def test_triple_fault_without_the_trap_log(fake):
    run = tokos("boot", "--kernel", fake("triple_fault"), "--no-trap-log")
    assert run.code == 122
    assert "no exception was logged" in run.err


def test_serial_line_goes_to_output_and_log(fake, tmp_path):
    log = tmp_path / "log"
    run = tokos("boot", "--kernel", fake("passed"), "--log", log)
    assert run.out == "hello\n"
    assert log.read_bytes() == b"hello\n"


def test_words_and_modules_reach_the_kernel(fake, tmp_path):
    module = tmp_path / "with space, and comma"
    module.write_text("x")
    run = tokos("boot", "--kernel", fake("words"), "--append", "a=1,2 b", "--seed", 7,
                "--module", module, "--module", TOKOS)
    words, *modules = run.out.splitlines()
    assert words.endswith(" a=1,2 b seed=7")
    assert [name.split()[-1] for name in modules[1:]] == ["tokos"]
    assert modules[0].endswith("comma")


def test_files_beside_the_kernel_are_its_modules(fake, tmp_path):
    kernel = tmp_path / "tokos.elf"
    kernel.write_bytes(fake("words").read_bytes())
    (tmp_path / "modules").mkdir()
    for name in ("b", "a"):
        (tmp_path / "modules" / name).write_text(name)
    run = tokos("boot", "--kernel", kernel)
    assert [line.split()[-1] for line in run.out.splitlines()[1:]] == ["a", "b"]


@pytest.mark.parametrize("script", [b"abc\ndef\nq\n", b"abc\ndef\n", b"abc\ndef"])
def test_script_answers_the_prompts(fake, script):
    run = tokos("boot", "--kernel", fake("debugger"), "--timeout", 20, stdin=script)
    assert run.out == "kd> abc\nkd> def\nkd> "
    assert run.code == 0


class OnTerminal:
    """tools/tokos on a terminal of its own, as a person would run it."""

    def __init__(self, *arguments):
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execv(TOKOS, [str(TOKOS), *map(str, arguments)])
        self._output = b""

    def expect(self, text, seconds=20):
        """Wait until `text` has been printed; forget everything up to it."""
        deadline = time.monotonic() + seconds
        while text not in self._output:
            ready, _, _ = select.select([self._terminal], [], [], deadline - time.monotonic())
            assert ready, f"no {text!r} within {seconds} seconds, but: {self._output!r}"
            self._output += os.read(self._terminal, 4096)
        self._output = self._output.split(text, 1)[1]

    def type(self, keys):
        os.write(self._terminal, keys)

    def wait(self):
        """The exit code, negative for a signal."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(status)


def test_terminal_types_breaks_and_quits(fake):
    person = OnTerminal("boot", "--kernel", fake("debugger"))
    person.expect(b"kd> ")
    person.type(b"xy\r")
    person.expect(b"xy\r\nkd> ")
    person.type(b"\x1d")
    person.expect(b"BREAK")
    person.type(b"q")
    person.expect(b"tokos: passed")
    assert person.wait() == 0


def test_terminal_interrupts(fake):
    person = OnTerminal("boot", "--kernel", fake("hang"))
    person.expect(b"going to hang")
    person.type(b"\x03")
    person.expect(b"tokos: interrupted")
    assert person.wait() == 130


def test_terminal_restarts_after_a_reboot(fake):
    person = OnTerminal("boot", "--kernel", fake("reset"))
    person.expect(b"starting it again")
    person.expect(b"starting it again")
    person.type(b"\x03")
    assert person.wait() == 130


def _children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _runs(pid):
    """Whether the process is there and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_qemu_does_not_outlive_the_launcher(fake, tmp_path, number):
    launched = subprocess.Popen([str(TOKOS), "boot", "--kernel", str(fake("hang"))],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL,
                                env=dict(os.environ, TMPDIR=str(tmp_path)))
    try:
        assert launched.stdout.readline() == b"going to hang\n"
        qemu, = _children(launched.pid)
    finally:
        launched.send_signal(number)
        launched.communicate(timeout=20)
    deadline = time.monotonic() + 5
    while _runs(qemu):
        assert time.monotonic() < deadline
        time.sleep(0.05)


# Arguments, and what must be said about them; the exit code is 2.
USAGE_ERRORS = (
    (("--iso", "missing/tokos.iso"), "build it with `make iso`"),
    (("--kernel", "missing/tokos.elf"), "build it with `make`"),
    (("--disk", "missing.img"), "no such file"),
    (("--memory", "much"), "is not a size"),
    (("--timeout", "0"), "more than 0 seconds"),
    (("--timeout", "inf"), "and finite"),
    (("--timeout", "nan"), "and finite"),
    (("--machine", "vax"), "invalid choice"),
    (("--frobnicate",), "unrecognized arguments"),
    (("--gdb", "nonsense"), "neither HOST:PORT"),
)


@pytest.mark.parametrize("arguments, words", USAGE_ERRORS, ids=[" ".join(e[0]) for e in USAGE_ERRORS])
def test_usage_error(fake, arguments, words):
    medium = () if arguments[0] in ("--iso", "--kernel") else ("--kernel", fake("passed"))
    run = tokos("boot", *medium, *arguments)
    assert words in run.err
    assert run.code == 2


def test_qemu_that_does_not_start_is_shown(fake):
    run = tokos("boot", "--kernel", fake("passed"), "--cpu", "abacus")
    assert run.code == 125
    assert "unable to find CPU model 'abacus'" in run.err


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_disks(fake, tmp_path, machine):
    disk = tmp_path / "disk,1.img"
    disk.write_bytes(bytes(1 << 20))
    run = tokos("boot", "--kernel", fake("passed"), "--machine", machine, *["--disk", disk] * 2)
    assert run.code == 125 and "lock" in run.err        # one image, twice: both are attached
    assert tokos("boot", "--kernel", fake("passed"), "--machine", machine,
                 "--disk", disk).code == 0


def test_dry_run_prints_a_command_that_works(fake):
    run = tokos("boot", "--kernel", fake("passed"), "--icount", "--seed", 3, "--dry-run")
    assert run.code == 0
    done = subprocess.run(run.out, shell=True, capture_output=True, check=False, timeout=20)
    assert (done.returncode, done.stdout) == (33, b"hello\n")


def test_gdb_stops_in_the_kernel(fake):
    run = tokos("gdb", "--kernel", fake("passed"), "--", "-batch", "-ex", "break fake",
                "-ex", "continue")
    assert "in fake ()" in run.out


def test_gdb_replay_goes_back_in_time(fake):
    run = tokos("gdb-replay", "--kernel", fake("passed"), "--", "-batch", "-ex", "break puts",
                "-ex", "continue", "-ex", "delete", "-ex", "reverse-stepi", "-ex", "x/i $pc")
    assert "call" in run.out.splitlines()[-2] + run.out.splitlines()[-1]


def test_closed_input_is_an_empty_script(fake):
    done = subprocess.run(f"{TOKOS} boot --kernel {fake('debugger')} <&-", shell=True,
                          capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"kd> ")


def test_a_file_that_cannot_be_written_is_no_verdict(fake, tmp_path):
    run = tokos("boot", "--kernel", fake("passed"), "--log", tmp_path)
    assert run.code == 125
    assert run.err == f"tokos: cut short: [Errno 21] Is a directory: '{tmp_path}'\n"


def test_output_that_nobody_reads_ends_the_run(fake):
    reader, writer = os.pipe()
    os.close(reader)
    for out, err in ((writer, subprocess.PIPE), (writer, writer)):
        done = subprocess.run([str(TOKOS), "boot", "--kernel", str(fake("passed"))], stdout=out,
                              stderr=err, stdin=subprocess.DEVNULL, check=False, timeout=60)
        assert done.returncode == 125
        assert done.stderr in (None, b"tokos: cut short: nobody reads the output\n")
    os.close(writer)


def test_closed_output_is_no_files(fake, tmp_path):
    log = tmp_path / "log"
    done = subprocess.run(f"{TOKOS} boot --kernel {fake('passed')} --log {log} >&-", shell=True,
                          capture_output=True, check=False)
    assert (done.returncode, log.read_bytes()) == (0, b"hello\n")


def test_doctor_names_what_is_missing(tmp_path):
    (tmp_path / "python3").symlink_to(sys.executable)
    done = subprocess.run([str(TOKOS), "doctor"], env={"PATH": str(tmp_path)}, text=True,
                          capture_output=True, check=False)
    assert done.returncode == 1
    assert "apt-get install -y --no-install-recommends" in done.stderr
    assert "qemu-system-x86" in done.stderr


def test_help_explains_each_option():
    run = tokos("--help")
    for option in ("--iso", "--kernel", "--append", "--memory", "--cpu", "--machine", "--disk",
                   "--icount", "--seed", "--timeout", "--log", "--gdb"):
        assert f"\n  {option}" in run.out
