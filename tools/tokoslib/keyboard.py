"""Where the bytes for the guest's serial line come from: a terminal, or a script of commands."""
import os
import termios

BREAK_KEY = b"\x1d"             # Ctrl-]
CHUNK = 4096


class Terminal:
    """Standard input is a terminal: every key goes to the guest as it is typed."""

    interactive = True

    def __init__(self, fd, raw):
        """With `raw`, Ctrl-C goes to the guest as well, and only Ctrl-\\ ends the run."""
        self._fd = fd
        self._raw = raw
        self._hung_up = False

    def __enter__(self):
        self._before = termios.tcgetattr(self._fd)
        mode = termios.tcgetattr(self._fd)
        mode[3] &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)
        for key in (termios.VSUSP, *([termios.VINTR] if self._raw else [])):
            mode[6][key] = b"\0"
        termios.tcsetattr(self._fd, termios.TCSANOW, mode)
        return self

    def __exit__(self, *_):
        termios.tcsetattr(self._fd, termios.TCSANOW, self._before)

    def wanted(self, _watch):
        """The descriptor to wait on for input, or None."""
        return None if self._hung_up else self._fd

    def read(self):
        """Take what was typed."""
        data = os.read(self._fd, CHUNK)
        self._hung_up = not data
        return data

    def next_command(self, _watch):
        """A terminal has no commands to hold back."""
        return None


class Script:
    """Standard input is a file or a pipe: one line of it answers each `kd> ` prompt.

    When it has ended and the debugger prompts once more, `q` is sent, so that the run ends with
    its verdict. A script without a line that meets an ordinary prompt leaves it unanswered when
    there is a time limit: whoever set one and says nothing wants to see the machine wait.
    """

    interactive = False

    def __init__(self, fd, quit_at_end, may_wait=False):
        """`fd` is None for an empty script; without `quit_at_end` the prompt is left alone, and
        with `may_wait` it is where the script had no line and no bugcheck led there."""
        self._fd = fd
        self._pending = b""
        self._quit_at_end = quit_at_end
        self._may_wait = may_wait
        self.exhausted = False      # nothing is left to say, `q` included

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def wanted(self, watch):
        """The descriptor to wait on for input, or None: a script is read when it is needed."""
        return self._fd if watch.at_prompt and b"\n" not in self._pending else None

    def read(self):
        """Take more of the script. Nothing goes to the guest from here."""
        data = os.read(self._fd, CHUNK)
        self._pending += data
        if not data:
            self._fd = None
            if self._pending and not self._pending.endswith(b"\n"):
                self._pending += b"\n"
        return b""

    def next_command(self, watch):
        """The line to send now that `watch` has seen a prompt, or None."""
        if not watch.at_prompt:
            return None
        if b"\n" in self._pending:
            line, self._pending = self._pending.split(b"\n", 1)
            self._may_wait = False
            return line + b"\n"
        waiting = self._may_wait and not watch.stop
        if self._fd is None and self._quit_at_end and not waiting and not self.exhausted:
            self.exhausted = True
            return b"q\n"
        return None


def nothing():
    """A source that leaves the debugger's first prompt unanswered, which ends the run there."""
    keys = Script(None, quit_at_end=False)
    keys.exhausted = True
    return keys


def _is_foreground(fd):
    return os.isatty(fd) and os.tcgetpgrp(fd) == os.getpgrp()


def source(raw, quit_at_end, may_wait=False):
    """The source of input that fits this process's standard input (descriptor 0)."""
    try:
        if _is_foreground(0):
            return Terminal(0, raw)
        return Script(None if os.isatty(0) else 0, quit_at_end, may_wait)
    except OSError:
        return Script(None, quit_at_end, may_wait)
