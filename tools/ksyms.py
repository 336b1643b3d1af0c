"""Turn `nm -n` output into the kernel's own symbol table, as assembler source.

Stack traces and the debugger name addresses with it. Two arrays, sorted by address: ki_symbols
holds (address, offset of the name), ki_symbol_names the names. Boot-only code, absolute symbols and
the linker's section marks are left out.
"""
import re
import sys

LINE = re.compile(r"^([0-9a-f]{8}) ([TtDdBbRr]) ([A-Za-z_][\w.]*)$")


def kept(address, name):
    return address >= 0xE0000000 and not name.startswith(("__", "ki_symbol", ".L", "ktest_entry"))


def main():
    symbols = []
    for line in sys.stdin:
        match = LINE.match(line.strip())
        if match and kept(int(match[1], 16), match[3]):
            symbols.append((int(match[1], 16), match[3]))
    print('.section .ksyms, "a"\n.globl ki_symbols, ki_symbol_count, ki_symbol_names')
    print(f".balign 4\nki_symbol_count: .long {len(symbols)}\nki_symbols:")
    offset = 0
    for address, name in symbols:
        print(f".long {address:#010x}, {offset}")
        offset += len(name) + 1
    print("ki_symbol_names:")
    for _, name in symbols:
        print(f'.asciz "{name}"')
    print(".balign 4096")


main()
