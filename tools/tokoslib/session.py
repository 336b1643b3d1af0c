"""One run of QEMU: moves bytes between the serial line and the user until the run is over."""
import contextlib
import fcntl
import os
import selectors
import socket
import time

from . import keyboard
from .process import Qemu
from .qmp import Monitor
from .serialwatch import SerialWatch
from .traplog import TrapLog
from .verdict import Evidence

CHUNK = 1 << 16
PIPE_SIZE = 1 << 20


class Session:
    """Everything one run is made of: QEMU's process, its serial line, its monitor, its trap log.

    The FIFOs and sockets exist before QEMU starts, so nothing it says can be missed. The serial line
    is a pair of FIFOs: QEMU hands over one byte at a time, and a socket is full after about 280 of
    them. It would then try again later, at a moment that depends on this process, and neither a run
    with --icount nor a recording would be repeatable. A FIFO takes PIPE_SIZE bytes.
    """

    def __init__(self, workspace, keys, log_file=None, trap_log="int,cpu_reset"):
        """`keys` is a source of input from keyboard.py; `log_file` an open binary file or None;
        `trap_log` are the items for QEMU's -d option."""
        self._workspace = workspace
        self._keys = keys
        self._log_file = log_file
        self._trap_items = trap_log
        self._selector = selectors.SelectSelector()
        self._serial_in = None
        self._serial_out = None
        self._monitor = None
        self._trap_fifo = None
        self._waiting_for_key = False
        self.watch = SerialWatch()
        self.traps = TrapLog()

    def wiring(self):
        """Open this side of the connections; return QEMU's arguments for the other side."""
        self._listen("qmp", self._monitor_connected)
        self._serial_in = self._fifo("serial.in")
        self._serial_out = self._fifo("serial.out", self._print)
        self._trap_fifo = self._fifo("traps", self._read_traps)
        where = self._workspace.path
        return ["-chardev", f"pipe,id=serial,path={where}/serial", "-serial", "chardev:serial",
                "-chardev", f"socket,id=qmp,path={where}/qmp", "-mon", "chardev=qmp,mode=control",
                "-d", self._trap_items, "-D", f"{where}/traps"]

    def run(self, command, timeout=None):
        """Run `command` until QEMU ends or `timeout` seconds are over; return the Evidence."""
        with Qemu(command, self._workspace) as qemu:
            self._selector.register(qemu.pidfd, selectors.EVENT_READ, None)
            seen = Evidence()
            self._pump(qemu, timeout, seen)
            seen.status = qemu.kill()
            self._drain()
            seen.stderr = qemu.stderr()
        seen.stop = self.watch.stop
        seen.last_line = self.watch.last_line
        seen.triple_fault = self.traps.triple_fault
        seen.shutdown_reason = self._monitor.shutdown_reason if self._monitor else ""
        return seen

    def close(self):
        """Give back every descriptor."""
        for key in list(self._selector.get_map().values()):
            if not isinstance(key.fileobj, int):
                key.fileobj.close()
        for fifo in (self._serial_in, self._serial_out, self._trap_fifo):
            if fifo is not None:
                os.close(fifo)
        self._selector.close()

    def _pump(self, qemu, timeout, seen):
        deadline = time.monotonic() + timeout if timeout else None
        while qemu.child.poll() is None:
            left = deadline - time.monotonic() if deadline else None
            if left is not None and left <= 0:
                seen.timed_out = timeout
                return
            self._wait_for_keys_if_wanted()
            self._dispatch(left)
            if self._stuck():
                seen.stuck_at_prompt = True
                return
            self._answer_prompt()

    def _dispatch(self, seconds):
        """Handle what is ready within `seconds`; return whether there was anything."""
        handlers = [key.data for key, _ in self._selector.select(seconds) if key.data]
        for handler in handlers:
            handler()
        return bool(handlers)

    def _drain(self):
        """Take what QEMU left behind in the sockets and in the log."""
        self._set_waiting_for_key(None)
        while self._dispatch(0):
            pass

    def _fifo(self, name, read=None):
        """Make a FIFO and open it, for reading by `read` or, without it, for writing."""
        path = self._workspace.path / name
        os.mkfifo(path)
        # Opened in both directions: the end of QEMU is not the end of this file.
        fifo = os.open(path, os.O_RDWR | (os.O_NONBLOCK if read else 0))
        if read:
            with contextlib.suppress(PermissionError):    # the user has too many: it stays small
                fcntl.fcntl(fifo, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
            self._selector.register(fifo, selectors.EVENT_READ, read)
        return fifo

    def _listen(self, name, connected):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._workspace.path / name))
        listener.listen(1)
        self._selector.register(listener, selectors.EVENT_READ,
                                lambda: self._accept(listener, connected))

    def _accept(self, listener, connected):
        connection, _ = listener.accept()
        self._selector.unregister(listener)
        listener.close()
        read = connected(connection)
        self._selector.register(connection, selectors.EVENT_READ,
                                lambda: self._receive(connection, read))

    def _receive(self, connection, read):
        try:
            data = connection.recv(CHUNK)
        except ConnectionResetError:
            data = b""
        if data:
            read(data)
        else:
            self._selector.unregister(connection)
            connection.close()

    def _monitor_connected(self, connection):
        self._monitor = Monitor(connection)
        return self._monitor.feed

    def _print(self):
        data = os.read(self._serial_out, CHUNK)
        self.watch.feed(data)
        if self._log_file:
            self._log_file.write(data)
            self._log_file.flush()
        while data:
            data = data[os.write(1, data):]

    def _read_traps(self):
        self.traps.feed(os.read(self._trap_fifo, PIPE_SIZE))

    def _wait_for_keys_if_wanted(self):
        self._set_waiting_for_key(self._keys.wanted(self.watch))

    def _set_waiting_for_key(self, fd):
        if (fd is not None) == self._waiting_for_key:
            return
        self._waiting_for_key = not self._waiting_for_key
        if self._waiting_for_key:
            self._selector.register(fd, selectors.EVENT_READ, self._read_keys)
        else:
            self._selector.unregister(0)

    def _read_keys(self):
        typed = self._keys.read()
        for number, part in enumerate(typed.split(keyboard.BREAK_KEY)):
            if number and self._monitor:
                self._monitor.send_break()
            self._type(part)

    def _type(self, data):
        while data:
            data = data[os.write(self._serial_in, data):]

    def _stuck(self):
        return not self._keys.interactive and self._keys.exhausted and self.watch.at_prompt

    def _answer_prompt(self):
        line = self._keys.next_command(self.watch)
        if line is not None:
            self.watch.answered()
            self._type(line)
