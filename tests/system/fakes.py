"""Tiny kernels that end in each way a run can end, to try the launcher on.

Each is a multiboot1 program of a few instructions, assembled by the cross compiler. What a fake
does is written in the macros of PRELUDE.
"""
import subprocess

PRELUDE = r"""
.macro say text                 # print a string on the first serial port
    mov $\@f, %esi
    call puts
    .pushsection .rodata
\@: .asciz "\text"
    .popsection
.endm
.macro say_on port text         # ... on another one
    mov $\port, %edi
    say "\text"
    mov $0x3f8, %edi
.endm
.macro verdict value            # end the run through isa-debug-exit
    mov $0xf4, %edx
    mov $\value, %al
    out %al, %dx
.endm
.macro hang
9:  hlt
    jmp 9b
.endm

.section .text
.align 4
.long 0x1BADB002, 3, -(0x1BADB002 + 3)      # multiboot1: page-align modules, give a memory map
.global _start
_start:
    mov $stack_top, %esp
    mov $0x3f8, %edi
    movl $enable_fifo, %eax
    mov $0x3fa, %edx
    out %al, %dx
    jmp fake

enable_fifo = 1

puts:                           # esi: a string that ends with 0
    mov %edi, %edx
1:  lodsb
    test %al, %al
    jz 2f
    out %al, %dx
    jmp 1b
2:  ret

getc:                           # wait for a byte; line status comes with it in ah
    mov $0x3fd, %edx
1:  in %dx, %al
    test $0x11, %al             # a byte, or a BREAK
    jz 1b
    mov %al, %ah
    mov %edi, %edx
    in %dx, %al
    ret

.bss
    .skip 4096
stack_top:
.section .text
fake:
"""

STOP_LINES = (r'say "*** STOP: 0x0000000A (0x1,0x2,0x3,0x4)\r\n"' "\n"
              r'say "IRQL_NOT_LESS_OR_EQUAL\r\n"' "\n")

# A debugger that echoes commands, reports a BREAK, and reads until `q`, which ends the run with
# the verdict that is put in its place.
DEBUGGER = r"""
prompt:
    say "kd> "
next:
    call getc
    test $0x10, %ah
    jnz on_break
    cmp $'q', %al
    je quit
    mov %edi, %edx
    out %al, %dx
    cmp $'\n', %al
    jne next
    jmp prompt
on_break:
    say "BREAK\n"
    jmp prompt
quit:
"""

PRINT_COMMAND_LINE = r"""
    mov 16(%ebx), %esi          # multiboot1: the command line; then the modules
    call puts
    say "\n"
    mov 20(%ebx), %ecx
    mov 24(%ebx), %ebp
each:
    jecxz end
    mov 8(%ebp), %esi
    call puts
    say "\n"
    add $16, %ebp
    dec %ecx
    jmp each
end:
"""

# Kernels that run a program, as `tokos run` sees it: what it writes on COM2 and COM3, and how it ends.
BEGIN = r'say "PROGRAM BEGIN\r\n"' "\n"
WRITES = BEGIN + r'say_on 0x2f8 "output\n"' "\n" r'say_on 0x3e8 "error\n"' "\n"


def _exits(code):
    return WRITES + rf'say "PROGRAM EXIT 0x{code}\r\n"' "\nverdict 0x10"


# The module number N, byte by byte, on COM2.
DUMP_MODULE = BEGIN + r"""
    mov 24(%%ebx), %%ebp
    mov %d(%%ebp), %%esi
    mov %d(%%ebp), %%ecx
    sub %%esi, %%ecx
    mov $0x2f8, %%edx
    rep outsb
    say "PROGRAM EXIT 0x00000000\r\n"
    verdict 0x10
"""

FAKES = {
    "exits_42": _exits("0000002a"),
    "exits_with_status": _exits("c0000005"),
    "exits_without_name": _exits("12345678"),
    "exits_mid_line": WRITES + r'say_on 0x3e8 "no newline"' "\n"
                      r'say "PROGRAM EXIT 0xffffffff\r\n"' "\nverdict 0x10",
    "program_bugcheck": WRITES + STOP_LINES + "verdict 0x12",
    "program_hangs": WRITES + "hang",
    "no_program": 'say "nothing to run\\n"\nverdict 0x10',
    "dump_image": DUMP_MODULE % (0, 4),
    "dump_command": DUMP_MODULE % (16, 20),
    "passed": 'say "hello\\n"\nverdict 0x10',
    "failed": "verdict 0x11",
    "bugcheck": STOP_LINES + "verdict 0x12",
    "silent_bugcheck": "verdict 0x12",
    "bugcheck_in_debugger": STOP_LINES + DEBUGGER + "verdict 0x12",
    "bugcheck_hangs": STOP_LINES + "hang",
    "triple_fault": "lidt no_idt\ncrash_here: ud2\nno_idt: .word 0\n.long 0",
    "hang": 'say "going to hang\\n"\nhang',
    "reset": "mov $0xfe, %al\nout %al, $0x64\nhang",
    "power_off": "mov $0x2000, %eax\nmov $0x604, %edx\nout %ax, %dx\nhang",
    "other_status": "verdict 0x20",
    "words": PRINT_COMMAND_LINE + "verdict 0x10",
    "debugger": DEBUGGER + "verdict 0x10",
    "deaf_debugger": 'say "kd> "\n1: call getc\ncmp $10, %al\njne 1b\nsay "what?\\nkd> "\njmp 1b',
}


def build(name, folder):
    """Assemble the fake kernel `name` in `folder`; return its path."""
    source = folder / f"{name}.S"
    kernel = folder / f"{name}.elf"
    source.write_text(PRELUDE + FAKES[name] + "\nhang\n")
    subprocess.run(["i686-linux-gnu-gcc", "-nostdlib", "-static", "-Wl,--build-id=none",
                    "-Wl,-Ttext=0x100000", str(source), "-o", str(kernel)], check=True)
    return kernel
