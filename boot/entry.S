/*
 * The kernel's first instructions, and the two headers by which loaders know it. GRUB starts it by
 * multiboot2, QEMU's -kernel by multiboot1; both arrive here in 32-bit protected mode with flat
 * segments, paging off, a magic number in eax and the address of the boot information in ebx
 * (Multiboot Specification 0.6.96, section 3.2; Multiboot2 2.0, section 3.3).
 */
#include "boot/magic.h"

    .section .multiboot, "a"
    .balign 8
multiboot2_header:
    .long MULTIBOOT2_HEADER_MAGIC
    .long 0                                 /* i386 */
    .long multiboot2_end - multiboot2_header
    .long -(MULTIBOOT2_HEADER_MAGIC + (multiboot2_end - multiboot2_header))
    .balign 8
    .word 6, 0                              /* modules page-aligned: each is mapped by pages */
    .long 8
    .word 0, 0                              /* end tag */
    .long 8
multiboot2_end:

    .balign 4
    .long MULTIBOOT1_HEADER_MAGIC
    .long MULTIBOOT1_HEADER_FLAGS
    .long -(MULTIBOOT1_HEADER_MAGIC + MULTIBOOT1_HEADER_FLAGS)

    .text
    .globl _start
_start:
    cli
    cld
    movl    $boot_stack_top, %esp
    xorl    %ebp, %ebp                      /* stack traces end here */
    pushl   %ebx
    pushl   %eax
    call    boot_main                       /* does not return */
1:  hlt
    jmp     1b

/*
 * boot_enter_kernel(page_directory, stack, entry): turn paging on and go to the higher half. The
 * instructions here run from the identity mapping, which the kernel removes once it is up.
 */
    .globl boot_enter_kernel
boot_enter_kernel:
    movl    4(%esp), %eax
    movl    8(%esp), %ecx
    movl    12(%esp), %edx
    movl    %eax, %cr3
    movl    %cr0, %eax
    orl     $0x80000000, %eax               /* PG */
    movl    %eax, %cr0
    movl    %ecx, %esp
    xorl    %ebp, %ebp
    pushl   $0                              /* no return address */
    jmp     *%edx

    .bss
    .balign 16
    .skip   8192
boot_stack_top:

    .section .note.GNU-stack, "", @progbits
