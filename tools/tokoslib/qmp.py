"""A small client of QEMU's monitor (QMP): it learns why QEMU ends, and sends a serial BREAK."""
import contextlib
import json


class Monitor:
    """Speaks QMP over a connected socket; the caller reads from the socket and feeds it in."""

    def __init__(self, connection):
        self._connection = connection
        self._rest = b""
        self.shutdown_reason = ""
        self._send({"execute": "qmp_capabilities"})

    def _send(self, message):
        # A QEMU that has ended already hears nothing; whoever waits for it sees its end.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._connection.sendall(json.dumps(message).encode() + b"\r\n")

    def feed(self, data):
        """Take the next bytes from the monitor."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            event = json.loads(line)
            if event.get("event") == "SHUTDOWN":
                self.shutdown_reason = event["data"]["reason"]

    def send_break(self):
        """Put a BREAK condition on the guest's serial line."""
        self._send({"execute": "chardev-send-break", "arguments": {"id": "serial"}})
