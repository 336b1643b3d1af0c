"""How a run ended, in words and as an exit code, decided from what was observed."""
from dataclasses import dataclass, field

from .errors import EXIT_CUT_SHORT

PASSED = 0
FAILED = 1
BUGCHECK = 121
TRIPLE_FAULT = 122
TIMEOUT = 124
CUT_SHORT = EXIT_CUT_SHORT
INTERRUPTED = 130

# isa-debug-exit ends QEMU with status (value << 1) | 1.
STATUS_PASSED = (0x10 << 1) | 1
STATUS_FAILED = (0x11 << 1) | 1
STATUS_BUGCHECK = (0x12 << 1) | 1

# QEMU's reasons for a shutdown (the SHUTDOWN event of its monitor), in words.
SHUTDOWN_WORDS = {
    "guest-reset": "the guest rebooted",
    "guest-shutdown": "the guest switched the machine off without a verdict",
    "guest-panic": "the guest reported a panic without a verdict",
    "host-ui": "the window was closed before the guest gave a verdict",
}


@dataclass
class Evidence:
    """What was observed of a run. `status` is QEMU's exit status (negative: died by a signal)."""

    status: int = 0
    timed_out: float = 0            # the time limit that struck, in seconds; 0 if none did
    stuck_at_prompt: bool = False   # the debugger did not end the run when told to quit
    stop: tuple = None              # serialwatch.Stop, or None
    last_line: str = ""             # the last line on the serial line
    triple_fault: bool = False
    exceptions: list = field(default_factory=list)  # lines about the last exceptions
    shutdown_reason: str = ""       # QEMU's word for why it went away, if it said one
    stderr: str = ""                # what QEMU complained about


@dataclass
class Verdict:
    """An exit code of the launcher, the words for it, and further lines that support it."""

    code: int
    words: str
    details: list = field(default_factory=list)


def _bugcheck(seen):
    if not seen.stop:
        return Verdict(BUGCHECK, "bugcheck, before it could be printed on the serial line")
    return Verdict(BUGCHECK, f"bugcheck {seen.stop.code} {seen.stop.name}".rstrip())


def _stopped_by_us(seen):
    if seen.stop:
        return _bugcheck(seen)
    last = f"; the last line was: {seen.last_line}" if seen.last_line else "; it printed nothing"
    if seen.stuck_at_prompt:
        return Verdict(CUT_SHORT, "cut short: the debugger waits for a command, but the input "
                       "has ended")
    return Verdict(TIMEOUT, f"timeout: no verdict within {seen.timed_out:g} seconds{last}")


def _cut_short(seen):
    reason = SHUTDOWN_WORDS.get(seen.shutdown_reason)
    if not reason and seen.status:
        reason = f"QEMU ended with status {seen.status} and without a verdict"
    elif not reason:
        reason = "QEMU went away without a verdict"
    return Verdict(CUT_SHORT, f"cut short: {reason}", seen.stderr.strip().splitlines())


def rebooted(seen):
    """Whether the run ended because the guest asked for a reset, as opposed to crashing."""
    return (seen.shutdown_reason == "guest-reset" and not seen.triple_fault
            and not seen.timed_out and not seen.stuck_at_prompt)


def judge(seen):
    """The Verdict on the Evidence `seen`."""
    if seen.timed_out or seen.stuck_at_prompt:
        return _stopped_by_us(seen)
    if seen.status == STATUS_PASSED:
        return Verdict(PASSED, "passed")
    if seen.status == STATUS_FAILED:
        return Verdict(FAILED, "failed")
    if seen.status == STATUS_BUGCHECK:
        return _bugcheck(seen)
    if seen.triple_fault:
        details = seen.exceptions or ["no exception was logged"]
        return Verdict(TRIPLE_FAULT, "triple fault; the last exceptions, the oldest first:",
                       details)
    return _cut_short(seen)
