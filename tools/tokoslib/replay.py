"""`tokos gdb-replay`: records a run, then replays it under gdb, which can then go back in time.

QEMU's record/replay needs the same machine both times, its snapshots in a qcow2 image, block
devices that take part (blkreplay), and no VAPIC: with it the replay deadlocks.
"""
from . import gdbrun, keyboard, options, qcow2
from .errors import EXIT_CUT_SHORT, TokosError
from .process import Workspace
from .run import Interrupted, end_on_signals, observe, say
from .verdict import judge

RECORD_SECONDS = 10
SNAPSHOT_SPACE = 64 << 20
SNAPSHOT = "init"


def _machine(folder, mode):
    """QEMU's arguments for `mode`, record or replay, with the recording in `folder`."""
    return ["-icount", f"shift=3,rr={mode},rrfile={folder}/events,rrsnapshot={SNAPSHOT}",
            "-rtc", "base=2000-01-01,clock=vm", "-net", "none", "-global", "apic.vapic=off",
            "-drive", f"file={folder}/snapshots,if=none,id=snapshots"]


def _record(opts, folder):
    """Run the kernel once, up to its verdict, the debugger's prompt or the time limit."""
    qcow2.create(folder / "snapshots", SNAPSHOT_SPACE)
    say("recording; the run under gdb comes after it")
    seen = observe(opts, keyboard.nothing(), None, _machine(folder, "record"))
    if seen.stuck_at_prompt:
        say("recorded up to the debugger's prompt")
        return
    judgement = judge(seen)
    if judgement.code == EXIT_CUT_SHORT and seen.stderr:
        raise TokosError("\n".join((judgement.words, *judgement.details)), EXIT_CUT_SHORT)
    say(f"recorded: {judgement.words}")


def debug(opts, extra):
    """Do what `tokos gdb-replay` is asked to do; return gdb's exit status."""
    if opts.iso or opts.disk or opts.icount:
        raise TokosError("gdb-replay takes no --iso, --disk or --icount: it records --kernel "
                         "without disks, and counts instructions always")
    options.settle(opts, default="kernel")
    opts.timeout = opts.timeout or RECORD_SECONDS
    end_on_signals()
    with Workspace() as workspace:
        try:
            _record(opts, workspace.path)
        except Interrupted:
            say("interrupted; replaying what was recorded")
        return gdbrun.session(opts, extra, gdbrun.serial_log() + _machine(workspace.path,
                                                                          "replay"))
