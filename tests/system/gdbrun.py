"""Runs the kernel under gdb with the commands of tools/gdb, and keeps what both of them said."""
import os
import re
import subprocess
import time
from collections import namedtuple

from kernelrun import KERNEL
from launcher import ROOT, TOKOS, Run, tokos

TOOLS = ROOT / "tools" / "gdb"
START_SECONDS = 30
CAP = 60        # seconds; a run takes about two

# What gdb said, and the launcher's Run of the same boot, the serial line in its `out`.
Both = namedtuple("Both", "gdb run")


def _commands(commands):
    return [word for command in commands for word in ("-ex", command)]


def gdb(*commands, subcommand="gdb"):
    """Run `tools/tokos gdb` (or `gdb-replay`) in batch mode; return what gdb printed."""
    run = tokos(subcommand, "--kernel", KERNEL, "--", "-batch", *_commands(commands))
    return run.out + run.err


def gdb_program(prog, *commands, options=(), kernel=KERNEL):
    """Run `tools/tokos gdb --program` in batch mode, first to the program's entry point; return what
    gdb printed."""
    run = tokos("gdb", "--kernel", kernel, "--program", prog, *options, "--", "-batch",
                *_commands(commands))
    said = run.out + run.err
    assert "Traceback" not in said and "Python Exception" not in said, said
    return said


def _wait_for(path):
    deadline = time.monotonic() + START_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"QEMU did not open {path}"
        time.sleep(0.02)


def boot_under_gdb(folder, *commands, stdin=b"q\n"):
    """Boot with `stdin` for the kernel debugger while gdb, attached from outside, runs `commands`
    and lets the machine go; return Both. `folder` is for the socket between them."""
    address = folder / "gdb"
    script = folder / "script"
    script.write_bytes(stdin)
    boot = subprocess.Popen(
        [str(TOKOS), "boot", "--kernel", str(KERNEL), "--gdb", str(address), "--timeout", str(CAP)],
        stdin=script.open("rb"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        _wait_for(address)
        debugger = subprocess.run(
            ["gdb", "-nx", "-q", "-batch", str(KERNEL), "-ex", f"target remote {address}",
             "-x", str(TOOLS / "tokos.gdb"), *_commands(commands)],
            env=dict(os.environ, TOKOS_GDB=str(TOOLS)), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=CAP, check=False)
        out, err = boot.communicate(timeout=2 * CAP)
    finally:
        boot.kill()
        boot.wait()
    said = debugger.stdout.decode(errors="replace")
    assert "Traceback" not in said and "Python Exception" not in said, said
    return Both(said, Run(boot.returncode, out.decode(errors="replace"),
                          err.decode(errors="replace")))


def call(function, *arguments):
    """The gdb commands that make the processor go on at the first instruction of `function`, as if
    it had been called with `arguments` by a caller at address 0."""
    words = (0, *arguments)
    yield f"set $esp = $esp - {4 * len(words)}"
    for number, word in enumerate(words):
        yield f"set {{unsigned}}($esp + {4 * number}) = {word}"
    yield f"set $eip = (unsigned){function}"


MOV_AL_FROM, MOV_BYTE_TO = "a0", "c605"


def access(va, write):
    """The gdb commands that put an instruction which reads or writes a byte at the address `va` where
    the processor stands."""
    code = bytes.fromhex(MOV_BYTE_TO if write else MOV_AL_FROM) + va.to_bytes(4, "little") + b"\1"
    for number, byte in enumerate(code):
        yield f"set {{unsigned char}}($eip + {number}) = {byte}"


PAGE_FAULT = re.compile(
    r"^Page fault: (?P<access>.+) at (?P<va>[0-9a-f]{8})\n"
    r"  CR2    (?P<cr2>[0-9a-f]{8})  (?P<region>.+)\n"
    r"  error  (?P<error>[0-9a-f]{4})      (?P<words>.+)\n"
    r"  eip    (?P<eip>[0-9a-f]{8})  (?P<place>.+)\n"
    r"  P[TD]E    (?P<before>[0-9A-F]{8}|none)\b.*\n"
    r"  kind   (?P<kind>[-a-z]+)", re.M)
RESOLVED = re.compile(
    r"^The fault at (?P<va>[0-9a-f]{8}) (?P<verb>failed|was resolved) as (?P<kind>[-a-z]+)"
    r"(: P[TD]E (?P<before>[0-9A-F]{8}) -> (?P<after>[0-9A-F]{8}).*)?$", re.M)
RECORD = re.compile(
    r"^FAULT seq=\d+ va=(?P<va>\w+) eip=(?P<eip>\w+) err=(?P<error>\w+) kind=(?P<kind>[-a-z]+) "
    r"pte=(?P<before>\w+)->(?P<after>\w+)", re.M)


def page_faults(text):
    """What gdb explained about each fault at which it stopped: a list of dictionaries."""
    return [match.groupdict() for match in PAGE_FAULT.finditer(text)]


def resolutions(text):
    """What gdb said about the end of each fault."""
    return [match.groupdict() for match in RESOLVED.finditer(text)]


def records(text):
    """The fault records that the kernel printed."""
    return [match.groupdict() for match in RECORD.finditer(text.replace("\r", ""))]
