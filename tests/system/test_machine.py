"""The machine's other sides: plain QEMU, the screen, the keyboard, the serial line's break."""
import re

import pytest
from machine import Machine

PASSED, FAILED, BUGCHECK = 33, 35, 37


@pytest.mark.parametrize("append, status", [
    ("selftest=symbols.*", PASSED),
    ("selftest=nothing.like.it", FAILED),
    ("selftest=fatal.trap.invalid_opcode", BUGCHECK),
])
def test_exit_status_of_plain_qemu(append, status):
    with Machine(append=append) as machine:
        assert machine.process.wait(timeout=60) == status


def test_without_the_exit_device_the_kernel_halts():
    with Machine(append="selftest=symbols.*", debug_exit=False) as machine:
        machine.wait_for("passed, seed")
        machine.wait_until_halted()
        assert machine.process.poll() is None


def test_bugcheck_is_on_the_screen_too():
    with Machine(append="selftest=fatal.pool.wrong_tag", debug_exit=False) as machine:
        machine.wait_for("mm_verify:")
        machine.wait_until_halted()
        screen = machine.screen()
    assert any(re.match(r"\*\*\* STOP: 0x000000C2 \(0x0000000A,0x[0-9A-F]{8},", row)
               for row in screen)
    assert "BAD_POOL_CALLER" in screen
    assert any("wrong_tag_run" in row for row in screen)
    assert any("agree with each other" in row for row in screen)


def test_bugcheck_with_the_serial_line_off_is_heard():
    with Machine(append="serial=off selftest=fatal.trap.divide_error") as machine:
        assert machine.process.wait(timeout=60) == BUGCHECK
        assert "*** STOP: 0x0000007F" in machine.serial()


def test_the_keyboard_drives_the_debugger():
    with Machine() as machine:
        machine.wait_for("kd> ")
        start = len(machine.serial())
        machine.type("shift-slash", "spc", "1", "0", "minus", "2", "ret")
        machine.wait_for("0000000e = 14", start)
        assert any(row.startswith("0000000e = 14") for row in machine.screen())


def test_a_non_maskable_interrupt_of_a_program_stops_the_machine():
    with Machine(append="selftest=nmi.*") as machine:
        machine.wait_for("the program loops")
        machine.monitor("nmi")
        assert machine.process.wait(timeout=60) == BUGCHECK
        report = machine.serial()
    assert "*** STOP: 0x00000080 (0x00000000,0x00000000,0x00000000,0x00000000)" in report
    assert "non-maskable interrupt in user mode" in report and "cs=001b" in report


@pytest.mark.parametrize("how, words", [
    ("a key", "break-in from the keyboard"),
    ("ctrl-break", "break-in from the keyboard"),
    ("a break on the line", "break-in from the serial line"),
])
def test_break_in_while_idle(how, words):
    with Machine() as machine:
        machine.wait_for("kd> ")
        machine.type("g", "ret")
        machine.wait_until_halted()
        start = len(machine.serial())
        if how == "a break on the line":
            machine.send_break()
        else:
            machine.type("a" if how == "a key" else "ctrl-pause")
        machine.wait_for("kd> ", start)
        assert words in machine.serial()[start:]


def test_idle_zeroes_the_free_pages():
    with Machine() as machine:
        machine.wait_for("kd> ")
        machine.type("g", "ret")
        machine.wait_until_halted()
        start = len(machine.serial())
        machine.type("a")
        machine.wait_for("kd> ", start)
        machine.type("shift-1", "m", "e", "m", "u", "s", "a", "g", "e", "ret")
        machine.wait_for("TOTAL:", start)
        usage = machine.serial()[start:]
    assert re.search(r" Free: +0 \(", usage)
    assert int(re.search(r"Zeroed: +(\d+)", usage)[1]) > 1000


def test_memory_above_4_gb_is_reported_and_left_alone():
    with Machine("-m", "4G") as machine:
        machine.wait_for("kd> ")
        text = machine.serial()
    above = int(re.search(r"memory +(\d+) KB above 4 GB are out of reach", text)[1])
    assert above == 1 << 20
