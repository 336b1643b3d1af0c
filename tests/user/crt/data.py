"""Make the files that the C library's tests read, in the folder DATA of the command line.

TokOS's volume is read-only, so what a test reads was there before; tests/user/crt/data.h names the
folder.
"""
import os
import pathlib
import sys

WRITTEN = 1000000000            # seconds since 1970, even as FAT's times are

FILES = {
    "text.txt": b"a\r\nb\nc\rd\r\r\ne\x1Aignored",
    "return.txt": b"x\r",
    "binary.bin": b"a\r\n\x1A\0z",
    "digits.txt": b"0123456789",
    "lines.txt": b"abc\r\ndefgh",
    "empty.txt": b"",
    "scanf.txt": b"10 20\r\nname 0x30rest",
    "wide.bin": "w\u20acde\nline 5".encode("utf-16-le"),
    # More than the buffers of streams hold: any bytes; lines by their numbers; lines of a letter.
    "large.bin": bytes(i * 13 // 7 & 0xFF for i in range(20000)),
    "numbers.txt": b"".join(b"%d %s\r\n" % (i, b"." * (i % 11)) for i in range(2000)),
    "letters.txt": b"".join(bytes([ord("a") + i % 8]) * 50 + b"\r\n" for i in range(2400)),
    "find-0.tmp": b"0",
    "find-1.tmp": b"01",
    "find-2.tmp": b"012",
    "wild-B.tmp": b"b",
    "wild-a.tmp": b"a",
    "wild-cc.tmp": b"cc",
    "folder/inside.txt": b"inside",
}


def main():
    """Write them all."""
    folder = pathlib.Path(sys.argv[1])
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (WRITTEN, WRITTEN))


if __name__ == "__main__":
    main()
