"""A QEMU started directly, without the launcher, and looked at through its monitor."""
import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from launcher import BUILD, PATIENCE

SECONDS = 60 * PATIENCE
COLUMNS, ROWS = 80, 25


class Machine:
    """QEMU with TokOS: `serial()` is what it said, `monitor()` asks QEMU, `screen()` is its text."""

    def __init__(self, *arguments, append="", debug_exit=True):
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        self._serial = folder / "serial"
        self._qmp_path = folder / "qmp"
        command = ["qemu-system-i386", "-m", "64M", "-display", "none", "-no-reboot",
                   "-chardev", f"file,id=log,path={self._serial}", "-serial", "chardev:log",
                   "-qmp", f"unix:{self._qmp_path},server=on,wait=off",
                   "-kernel", str(BUILD / "tokos.elf"), "-append", append, *arguments]
        if debug_exit:
            command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self._qmp = None

    def __enter__(self):
        self._qmp = socket.socket(socket.AF_UNIX)
        self._until(self._connected, "QEMU's monitor")
        self._stream = self._qmp.makefile("rw")
        self._stream.readline()
        self._execute("qmp_capabilities")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self._qmp.close()
        self._folder.cleanup()

    def _connected(self):
        try:
            self._qmp.connect(str(self._qmp_path))
        except OSError:
            return False
        return True

    @staticmethod
    def _until(condition, what):
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"waited {SECONDS} s for {what}"
            time.sleep(0.05)

    def _execute(self, name, **arguments):
        self._stream.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self._stream.flush()
        while True:
            answer = json.loads(self._stream.readline())
            if "return" in answer:
                return answer["return"]
            assert "error" not in answer, answer

    def monitor(self, line):
        """What QEMU's own monitor says to `line`."""
        return self._execute("human-monitor-command", **{"command-line": line})

    def send_break(self):
        """Hold the serial line in the break state for a moment."""
        self._execute("chardev-send-break", id="log")

    def type(self, *keys):
        """Press keys on the PS/2 keyboard, by QEMU's names for them."""
        for key in keys:
            self.monitor(f"sendkey {key}")
            time.sleep(0.15)    # sendkey holds a key for 100 ms, and keeps no order without a pause

    def serial(self):
        """All that came over the serial line so far."""
        return self._serial.read_text(errors="replace").replace("\r", "") \
            if self._serial.exists() else ""

    def wait_for(self, text, after=0):
        """Wait until the serial line has said `text` behind position `after`."""
        self._until(lambda: text in self.serial()[after:], repr(text))

    def screen(self):
        """The text screen, a line a row."""
        dump = self.monitor(f"xp /{COLUMNS * ROWS}hx 0xb8000")
        cells = [int(word, 16) for line in dump.splitlines() for word in line.split(":")[1].split()]
        text = "".join(chr(cell & 0xFF) for cell in cells)
        return [text[row:row + COLUMNS].rstrip() for row in range(0, len(text), COLUMNS)]

    def halted(self):
        """Does the processor stand in a hlt?"""
        return "HLT=1" in self.monitor("info registers")

    def wait_until_halted(self):
        """Wait for that."""
        self._until(self.halted, "hlt")
