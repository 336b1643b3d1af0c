"""The sums of the counters of many runs: a file that grows with each run, however many end at once."""
import array
import contextlib
import fcntl
import mmap
import os


def read(path, size):
    """The sums, all 0 if nothing has run."""
    sums = array.array("Q")
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
        sums.frombytes(file.read())
    return sums if len(sums) == size else array.array("Q", bytes(size * sums.itemsize))


def add(path, values):
    """Add `values` to the sums at `path`."""
    with open(f"{path}.lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sums = read(path, len(values))
        with open(f"{path}.new", "wb") as file:
            array.array("Q", map(int.__add__, sums, values)).tofile(file)
        os.replace(f"{path}.new", path)


def add_memory(path, kernel, memory_path):
    """Add what `kernel` has counted in the machine whose memory the file `memory_path` is. Others'
    kernels count nothing."""
    with contextlib.suppress(FileNotFoundError, ValueError), open(memory_path, "rb") as file, \
            mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as memory:
        if kernel.runs_in(memory):
            add(path, kernel.values_in(memory))
