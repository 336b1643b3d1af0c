"""`tokos gdb`: QEMU in the background, gdb in the foreground."""
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path

from . import options, paths, program, qemu
from .errors import EXIT_CUT_SHORT, TokosError
from .process import Qemu, Workspace
from .run import say

SCRIPT = paths.ROOT / "tools" / "gdb" / "tokos.gdb"
SERIAL_LOG = paths.BUILD / "gdb-serial.log"
OUTPUT, ERRORS = paths.BUILD / "gdb-output.log", paths.BUILD / "gdb-errors.log"    # a program's
START_SECONDS = 10

# What gdb does when the user has given it nothing to do.
FIRST_STEPS = ["-ex", "tokos break-fault", "-ex", "continue"]
# What it does first with a program.
PROGRAM_STEPS = ["-ex", "tokos start"]

OPTIONS = (
    ("--program", dict(metavar="PROG", dest="prog", help="what `tools/tokos run` would run: gdb goes "
                       "to its entry point and loads its symbols")),
    ("--arguments", dict(metavar="WORDS", default="", help="the program's arguments, as a shell would "
                         "split them")),
    ("--with", dict(metavar="FILE", action="append", default=[], dest="beside",
                    help="put this file, or this folder and all in it, beside the "
                         "program; may be repeated")),
)


def _wait_for(socket, child):
    """Wait until QEMU has opened its gdb `socket`; a TokosError if it ends instead."""
    deadline = time.monotonic() + START_SECONDS
    while not socket.exists():
        if child.child.poll() is not None or time.monotonic() > deadline:
            raise TokosError(f"cut short: QEMU did not start: {child.stderr().strip()}",
                             EXIT_CUT_SHORT)
        time.sleep(0.01)


def gdb_command(symbols, target, extra):
    """gdb's command line: symbols, the connection, TokOS's commands, then what the user wants: to
    stand at the first page fault if nothing else is said."""
    return ["gdb", "-nx", "-q", str(symbols), "-ex", f"target remote {target}", "-x", str(SCRIPT),
            *(extra or FIRST_STEPS)]


def session(opts, extra, wiring, environment=None):
    """Run QEMU with the serial port and devices of `wiring` under gdb with the arguments `extra` and
    the additional `environment`; return gdb's exit status. The gdb socket's path is in
    TOKOS_GDB_TARGET for gdb's scripts."""
    symbols = paths.symbol_file(opts)
    if not symbols:
        raise TokosError("there is no tokos.elf beside the ISO to take symbols from; build it "
                         "with `make`")
    with Workspace() as workspace:
        socket = workspace.path / "gdb"
        opts.gdb = str(socket)
        # Ctrl-C is gdb's, to stop the guest.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with Qemu(qemu.command(opts, wiring, workspace.plain), workspace) as child:
            _wait_for(socket, child)
            return _run_gdb(gdb_command(symbols, socket, extra), socket, environment or {})


def serial_log():
    """QEMU's arguments that send the serial line to a file; the user is told its name."""
    SERIAL_LOG.parent.mkdir(exist_ok=True)
    say(f"the serial line goes to {os.path.relpath(SERIAL_LOG)}")
    return ["-serial", f"file:{qemu.escape(SERIAL_LOG)}"]


def _run_gdb(command, socket, more):
    environment = dict(os.environ, TOKOS_GDB_TARGET=str(socket), TOKOS_GDB=str(SCRIPT.parent), **more)
    try:
        return subprocess.run(command, env=environment, check=False,
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
                              ).returncode
    except FileNotFoundError:
        raise TokosError("gdb is not installed; see `make doctor`", EXIT_CUT_SHORT) from None


def _arguments(words):
    try:
        return shlex.split(words)
    except ValueError as error:
        raise TokosError(f"--arguments {words}: {error}") from None


def _debug_program(opts, extra):
    options.settle(opts, default="kernel")
    opts.append = f"run {opts.append}".strip()
    opts.args = _arguments(opts.arguments)
    symbols = [str(Path(name).absolute()) for name in (opts.prog, *opts.beside)
               if Path(name).is_file()]
    with Workspace() as workspace:
        opts.module = program.modules(opts, workspace.path)
        say(f"the program's output goes to {os.path.relpath(OUTPUT)} and {os.path.relpath(ERRORS)}")
        wiring = [*serial_log(), "-serial", f"file:{qemu.escape(OUTPUT)}",
                  "-serial", f"file:{qemu.escape(ERRORS)}"]
        return session(opts, [*PROGRAM_STEPS, *extra], wiring,
                       {"TOKOS_SYMBOLS": os.pathsep.join(symbols)})


def debug(opts, extra):
    """Do what `tokos gdb` is asked to do; return gdb's exit status."""
    if opts.prog:
        return _debug_program(opts, extra)
    options.settle(opts)
    return session(opts, extra, serial_log())
