"""The command line: which subcommands there are, and what their help says."""
import argparse
import os

from . import doctor, gdbrun, options, programrun, replay, run
from .errors import EXIT_CUT_SHORT, TokosError

BOOT_DETAILS = """\
The serial line is printed as it comes. At the end one line on standard error, `tokos: ...`, tells
how the run ended, and so does the exit code:
  0    passed              the kernel's verdict
  1    failed              the kernel's verdict
  2    wrong usage         a bad option or a missing file
  121  bugcheck            with its code and name
  122  triple fault        with the last exceptions and their symbols
  124  timeout             no verdict within --timeout
  125  cut short           QEMU went away without a verdict, or could not start
  130  interrupted         by Ctrl-C

Standard input goes to the serial line. A terminal is passed on key by key: Ctrl-C ends the run,
Ctrl-] sends a BREAK, which calls the kernel debugger. Anything else is a script for the debugger:
each `kd> ` prompt is answered with one line of it, and with `q` (quit) after the last, as in
  printf '!pte c0300000\\n!vm\\n' | tools/tokos boot --append break
"""

RUN_DETAILS = """\
Everything behind PROG is the program's own. Its standard input, output and error are this command's,
byte by byte, and so is its exit code, or the low byte of it; one that does not fit is also printed
whole, as the last line on standard error, with its name if it is an NTSTATUS:
  exit code 0xC0000005 STATUS_ACCESS_VIOLATION
When it is the kernel that failed, its log is shown on standard error, with the verdict behind it,
and the exit code is 121 to 125 or 130 as `tools/tokos boot --help` has them. What is wrong with
the command itself is exit code 2.
"""

GDB_DETAILS = """\
QEMU runs in the background and stands at its first instruction; gdb runs here with the kernel's
symbols and the commands of tools/gdb (docs/gdb.md), and without your ~/.gdbinit. The serial line goes
to build/gdb-serial.log. What follows `--` goes to gdb; with nothing there gdb goes to the first page
fault. As in
  tools/tokos gdb -- -batch -ex 'break ke_init' -ex continue -ex backtrace

With --program, gdb first goes to the entry point of that program and loads the symbols of it and its
DLLs. It has no standard input; what it prints goes to build/gdb-output.log and build/gdb-errors.log.
As in
  tools/tokos gdb --program hello.exe --arguments 'one two' -- -ex 'break main' -ex continue
"""

REPLAY_DETAILS = """\
The kernel (build/tokos.elf if not given) runs once while QEMU records it: to its verdict, to the
debugger's prompt, or for --timeout seconds (10 if not given). Then the recording is replayed under
gdb, where reverse-stepi, reverse-continue and watchpoints go back in time. What follows `--` goes
to gdb, as in
  tools/tokos gdb-replay -- -batch -ex 'break mm_access_fault' -ex continue -ex reverse-stepi
"""

DOCTOR_DETAILS = """\
Names each tool, its version and what it is for; then what is missing, and the one command that
installs it. The exit code is 1 when something is missing.
"""


def _parser():
    parser = argparse.ArgumentParser(
        prog="tools/tokos", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Boots TokOS in QEMU, debugs it, and checks the tools it needs. It never "
                    "builds anything.",
        epilog="tools/tokos COMMAND --help explains each option. Those of boot:")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name, action, summary, details):
        sub = commands.add_parser(name, help=summary, description=summary, epilog=details,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
        sub.set_defaults(action=action)
        return sub

    boot = command("boot", lambda opts, _: run.boot(options.settle(opts)),
                   "Boot the ISO or the kernel and tell how it ended.", BOOT_DETAILS)
    options.add(boot, options.MACHINE_OPTIONS, options.CONSOLE_OPTIONS)
    parser.epilog += "\n\n" + boot.format_help()
    program = command("run", lambda opts, _: programrun.run(opts),
                      "Run a Win32 console program, and end as it ends.", RUN_DETAILS)
    programrun.add_arguments(program)
    gdb = command("gdb", gdbrun.debug, "Boot under gdb, from the first instruction.", GDB_DETAILS)
    options.add(gdb, options.MACHINE_OPTIONS, gdbrun.OPTIONS)
    again = command("gdb-replay", replay.debug, "Record a run, then step through it in both "
                    "directions under gdb.", REPLAY_DETAILS)
    options.add(again, options.MACHINE_OPTIONS)
    check = command("doctor", lambda opts, _: doctor.run(opts.install, opts.quiet),
                    "Check the tools that building and running needs.", DOCTOR_DETAILS)
    check.add_argument("--install", action="store_true",
                       help="install what is missing, as root, with apt-get")
    check.add_argument("--quiet", action="store_true", help="print only what is missing")
    return parser


def _split(arguments):
    """The launcher's own arguments, and those after `--`, which are for gdb; a program's are its
    own."""
    if "--" in arguments and arguments[0] != "run":
        place = arguments.index("--")
        return arguments[:place], arguments[place + 1:]
    return arguments, []


def _have_standard_streams():
    """Where one of them is closed, no file opened later may take its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)    # the lowest number that is free


def main(arguments):
    """Do what the command line asks for; return the exit code."""
    _have_standard_streams()
    own, for_gdb = _split(arguments)
    opts = _parser().parse_args(own)
    try:
        if for_gdb and not opts.command.startswith("gdb"):
            raise TokosError(f"`{opts.command}` takes nothing after `--`")
        return opts.action(opts, for_gdb)
    except TokosError as error:
        run.say(str(error))
        return error.code
    except OSError as error:    # of a file, or of this machine: nothing that the kernel has said
        run.say(f"cut short: {error}")
        return EXIT_CUT_SHORT
