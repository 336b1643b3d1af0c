"""A run of QEMU with a program's three streams: bytes pass between them and this process's own.

COM1 is the kernel's log, which is kept; COM2 is the program's standard input and output, COM3 its
standard error. What goes to COM2 is escaped (kernel/io/console_input.h), as the end of the input has
to be told too.
"""
import os
import re
import select
import selectors

from . import keyboard
from .serialwatch import SerialWatch
from .session import CHUNK, Session

ESCAPE = b"\x10"
END = ESCAPE + b"\x04"

BEGIN = re.compile(rb"PROGRAM BEGIN")
EXIT = re.compile(rb"PROGRAM EXIT 0x([0-9a-f]{8})")


def write_all(fd, data):
    """Write `data` to `fd`, however long that takes."""
    while data:
        try:
            data = data[os.write(fd, data):]
        except BlockingIOError:
            select.select([], [fd], [])


class ProgramWatch(SerialWatch):
    """Reads the kernel's log. `begun`: the program's streams are there; `exit_code`: its own, or
    None."""

    def __init__(self):
        super().__init__()
        self.begun = False
        self.exit_code = None

    def _complete(self, line):
        super()._complete(line)
        self.begun = self.begun or bool(BEGIN.fullmatch(line))
        match = EXIT.fullmatch(line)
        if match:
            self.exit_code = int(match[1], 16)


class Input:
    """Standard input on its way to the guest: read when there is room, and no further."""

    def __init__(self, selector, fifo):
        self._selector = selector
        self._fifo = fifo
        self._pending = b""
        self._waits_for = None          # the descriptor that the selector watches
        self._ended = False

    def start(self):
        """Begin to read."""
        self._wait_for(0, selectors.EVENT_READ, self._read)

    def stop(self):
        """The run is over."""
        self._ended = True
        self._wait_for(None)

    def _wait_for(self, fd, event=0, handler=None):
        if self._waits_for is not None:
            self._selector.unregister(self._waits_for)
        self._waits_for = fd
        if fd is not None:
            self._selector.register(fd, event, handler)

    def _read(self):
        try:
            data = os.read(0, CHUNK)
        except BlockingIOError:
            return
        except OSError:                 # a terminal that is gone, or a directory
            data = b""
        self._ended = not data
        self._pending = data.replace(ESCAPE, ESCAPE + ESCAPE) or END
        self._write()

    def _write(self):
        try:
            self._pending = self._pending[os.write(self._fifo, self._pending):]
        except BlockingIOError:
            pass
        if self._pending:
            if self._waits_for != self._fifo:
                self._wait_for(self._fifo, selectors.EVENT_WRITE, self._write)
        elif self._ended:
            self._wait_for(None)
        elif self._waits_for != 0:
            self.start()


class ProgramSession(Session):
    """`log` is all that the kernel said."""

    def __init__(self, workspace, trace=None, trap_log="cpu_reset"):
        """`trace` is an open binary file for the kernel's log, or None."""
        super().__init__(workspace, keyboard.Script(None, quit_at_end=True), trap_log=trap_log)
        self._trace = trace
        self._fifos = []
        self._input = None
        self.watch = ProgramWatch()
        self.log = bytearray()
        self.error_mid_line = False     # what the program wrote to standard error ends so

    def wiring(self):
        """As Session's, with the two ports of the program."""
        wiring = super().wiring()
        for name, reader in (("com2", self._pass_output), ("com3", self._pass_error)):
            self._fifos += [self._fifo(f"{name}.in"), self._fifo(f"{name}.out", reader)]
            wiring += ["-chardev", f"pipe,id={name},path={self._workspace.path}/{name}",
                       "-serial", f"chardev:{name}"]
        os.set_blocking(self._fifos[0], False)
        return wiring

    def close(self):
        super().close()
        for fifo in self._fifos:
            os.close(fifo)

    def _print(self):
        data = os.read(self._serial_out, CHUNK)
        self.log += data
        if self._trace:
            self._trace.write(data)
        self.watch.feed(data)
        if self.watch.begun and not self._input:
            self._input = Input(self._selector, self._fifos[0])
            self._input.start()

    def _pass_output(self):
        write_all(1, os.read(self._fifos[1], CHUNK))

    def _pass_error(self):
        data = os.read(self._fifos[3], CHUNK)
        self.error_mid_line = not data.endswith(b"\n")
        write_all(2, data)

    def _drain(self):
        if self._input:
            self._input.stop()
        super()._drain()
