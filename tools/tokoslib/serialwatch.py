"""Reads the serial line over the user's shoulder: bugchecks, and the debugger's prompt."""
import re
from collections import namedtuple

PROMPT = b"kd> "
STOP = re.compile(rb"\*\*\* STOP: (0x[0-9A-Fa-f]{8})")
LONGEST_LINE = 4096

Stop = namedtuple("Stop", "code name")


class SerialWatch:
    """What the guest has said so far.

    `stop` is the first bugcheck as Stop(code, name), or None; its name arrives on the line after
    its code. `last_line` is the last complete line that was not empty.
    """

    def __init__(self):
        self._line = b""
        self._name_is_next = False
        self.stop = None
        self.last_line = ""

    @property
    def at_prompt(self):
        """Whether the debugger waits for a command: its prompt is the last thing it said."""
        return self._line.endswith(PROMPT)

    @property
    def mid_line(self):
        """Whether the output stands in the middle of a line."""
        return bool(self._line)

    def answered(self):
        """A command was sent: the prompt on this line has been used up."""
        self._line = b"\r"

    def feed(self, data):
        """Take the next bytes of the serial line."""
        *lines, rest = (self._line + data).split(b"\n")
        self._line = rest[-LONGEST_LINE:]
        for line in lines:
            self._complete(line.strip())

    def _complete(self, line):
        if not line:
            return
        self.last_line = line.decode(errors="replace")
        if self._name_is_next:
            self.stop = Stop(self.stop.code, self.last_line)
            self._name_is_next = False
        match = STOP.search(line)
        if match and not self.stop:
            self.stop = Stop(match[1].decode(), "")
            self._name_is_next = True
