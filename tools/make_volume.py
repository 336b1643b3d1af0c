#!/usr/bin/env python3
"""Makes TokOS's own volume, the boot module tokos.img: the programs and DLLs that were built, and in
the folder `test` the files that the in-kernel tests know.

    tools/make_volume.py IMAGE [FILE...]
"""
import os
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

from tokoslib import fatimage  # noqa: E402
from tokoslib.errors import TokosError  # noqa: E402

NUMBERS = 5001                  # words of numbers.bin, so that its last page is not full
MANY = 40                       # files of the folder `many`
EPOCH = int(fatimage.EPOCH)


def _test_files():
    """Name and contents of each file in `test`; tests/kernel/test_file.c has the same in mind."""
    yield "hello.txt", b"Hello from the volume.\n"
    yield "empty.txt", b""
    yield "numbers.bin", b"".join(i.to_bytes(4, "little") for i in range(NUMBERS))
    yield "A long name, with a comma.text", b"long\n"
    yield "inner/deep/file.txt", b"deep\n"
    for number in range(MANY):
        yield f"many/file number {number}.txt", b"%d\n" % number


def _write(folder, name, contents):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents)
    os.utime(path, (EPOCH, EPOCH))
    return path, f"test/{name}"


def main(image, *programs):
    """Write `image`; `programs` go to its root."""
    with tempfile.TemporaryDirectory() as folder:
        files = [_write(Path(folder), *one) for one in _test_files()]
        fatimage.create(Path(image), [(path, Path(path).name) for path in programs] + files)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except TokosError as error:
        sys.exit(str(error))
