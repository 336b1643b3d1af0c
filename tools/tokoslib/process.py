"""QEMU as a child process that never outlives the launcher."""
import ctypes
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from .errors import EXIT_CUT_SHORT, TokosError

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 2
LIBC = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Workspace:
    """A temporary directory for a run's sockets and logs; short names, gone after the run."""

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="tokos-")
        self.path = Path(self._directory.name)
        self._links = 0
        return self

    def __exit__(self, *_):
        self._directory.cleanup()

    def plain(self, path):
        """A name for the file `path` that has no space in it."""
        if " " not in str(path):
            return str(path)
        self._links += 1
        link = self.path / str(self._links) / Path(path).name.replace(" ", "_")
        link.parent.mkdir()
        link.symlink_to(Path(path).absolute())
        return str(link)


class Qemu:
    """A running QEMU. Leaving the `with` block ends it."""

    def __init__(self, command, workspace):
        """Start `command`; a TokosError if it cannot be started at all."""
        self._errors = workspace.path / "stderr"
        with open(self._errors, "wb") as errors:
            try:
                # A session of its own keeps the terminal's Ctrl-C away from QEMU.
                self.child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                    start_new_session=True, preexec_fn=_die_with_parent)
            except FileNotFoundError:
                raise TokosError(f"cut short: {command[0]} is not installed; see `make doctor`",
                                 EXIT_CUT_SHORT) from None
        self.pidfd = os.pidfd_open(self.child.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        os.close(self.pidfd)

    def kill(self):
        """End QEMU now, if it still runs; return its exit status. It is asked first, since a
        recording is finished only by a QEMU that ends by itself."""
        if self.child.poll() is None:
            self.child.terminate()
            try:
                return self.child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self.child.wait()

    def stderr(self):
        """What QEMU has complained about so far."""
        return self._errors.read_text(errors="replace")
