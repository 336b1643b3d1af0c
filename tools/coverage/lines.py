"""From counters to lines: gcov says how often each line of the source was reached.

gcov reads the counters of an object from a .gcda file beside the .gcno file that the compiler wrote:
numbers of four bytes, lengths in bytes, counters of eight (gcc 12's gcov-io.h).
"""
import json
import struct
import subprocess
from collections import defaultdict

from tokoslib.errors import TokosError

GCOV = "i686-linux-gnu-gcov"
DATA_MAGIC = 0x67636461                 # "gcda"
TAG_FUNCTION, TAG_ARCS = 0x01000000, 0x01A10000
FUNCTION_BYTES = 12


def _write_data(one, parts):
    """The .gcda file of the object `one`; `parts` are its functions' counters."""
    data = struct.pack("<4I", DATA_MAGIC, one.version, one.stamp, one.checksum)
    for function, values in zip(one.functions, parts):
        data += struct.pack("<5I", TAG_FUNCTION, FUNCTION_BYTES, function.ident, function.line_checksum,
                            function.graph_checksum)
        data += struct.pack("<2I", TAG_ARCS, len(values) * values.itemsize) + values.tobytes()
    one.data.write_bytes(data + bytes(4))


def _gcov(files):
    """gcov's answers about .gcda files."""
    done = subprocess.run([GCOV, "--json-format", "--stdout", *map(str, files)], capture_output=True,
                          check=False, text=True)
    if done.returncode or done.stderr:
        raise TokosError(f"{GCOV}: {done.stderr.strip()}")
    return map(json.loads, done.stdout.splitlines())


def reached(kernel, values):
    """{file: {line: how often}} of all lines that made code. A line of a header, or of a file that is
    compiled twice, has been reached as often as all its copies together."""
    for one, parts in kernel.each(values):
        _write_data(one, parts)
    files = defaultdict(lambda: defaultdict(int))
    for answer in _gcov([one.data for one in kernel.objects]):
        for file in answer["files"]:
            for line in file["lines"]:
                files[file["file"]][line["line_number"]] += line["count"]
    return files
