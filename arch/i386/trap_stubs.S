/*
 * A stub for each of the 256 vectors. The processor pushes an error code for some exceptions only
 * (Intel SDM volume 3, table 6-1); the stub pushes a zero for the others, so that every frame has
 * the shape of struct ktrap_frame.
 *
 * The .cfi lines tell debuggers where the interrupted registers are (DWARF 4, section 6.4). For a trap
 * from kernel mode the frame ends where the interrupted stack pointer was; from user mode that was
 * pushed too, behind eflags. They make no code.
 */

#include "arch/i386/descriptors.h"
#include "arch/i386/user_return.inc"

#define DWARF_EIP 8                         /* .cfi_offset takes no symbol from clang */

    .cfi_sections .debug_frame
    .set    PUSHED_BY_PROCESSOR, 12         /* eip, cs, eflags */
    .set    VECTOR_DEBUG, 1                 /* arch/i386/trap.h */
    .set    VECTOR_NMI, 2
    .set    VECTOR_PAGE_FAULT, 14
    .set    VECTOR_IRQ, 48
    .set    FRAME_VECTOR, 32                /* struct ktrap_frame */
    .set    FRAME_CS, 44
    .set    FRAME_EFLAGS, 48
    .set    FRAME_SS, 56
    .set    VIRTUAL_BIT, 0x02               /* of the third byte of eflags: virtual-8086 mode */
    .set    ACCESS_BIT, 0x04                /* the same: AC, by which SMAP lets user space be touched */
    .set    EFLAGS_RESULTS, 0xCD5           /* carry to overflow: what any mode may set */
    .set    EFLAGS_ALWAYS, 0x202

    /* A trap's frame, when SIZE bytes of it have been pushed. */
    .macro trap_frame_starts size
    .cfi_startproc simple
    .cfi_signal_frame
    .cfi_def_cfa %esp, \size
    .cfi_offset DWARF_EIP, -PUSHED_BY_PROCESSOR
    /* esp is, as a DW_CFA_val_expression of the frame's end: if the two low bits of cs, 8 bytes before
     * it, are set, then what is stored there, else it. dup, lit8, minus, deref, lit3, and, bra +3,
     * skip +1, deref. */
    .cfi_escape 0x16, 4, 13, 0x12, 0x38, 0x1c, 0x06, 0x33, 0x1a, 0x28, 3, 0, 0x2f, 1, 0, 0x06
    .endm

    .text
    .macro trap_stub vector
    .align 8
ki_trap_stub_\vector:
    .if \vector == VECTOR_DEBUG
    cmpl    $ki_fast_call_entry, (%esp)     /* SYSENTER does not clear TF */
    je      ki_debug_at_fast_call
ki_debug_elsewhere:
    .endif
    .if (\vector == 8) || ((\vector >= 10) && (\vector <= 14)) || (\vector == 17) || (\vector == 21)
    trap_frame_starts PUSHED_BY_PROCESSOR + 4
    .else
    trap_frame_starts PUSHED_BY_PROCESSOR
    pushl   $0
    .cfi_adjust_cfa_offset 4
    .endif
    pushl   $\vector
    .cfi_adjust_cfa_offset 4
    .if (\vector == VECTOR_DEBUG) || (\vector == VECTOR_NMI)
    jmp     ki_trap_anywhere
    .else
    jmp     ki_trap_common
    .endif
    .cfi_endproc
    .endm

    .altmacro
    .macro trap_stub_value value
    .if \value != VECTOR_PAGE_FAULT         /* it has its own, below */
    trap_stub \value
    .endif
    .endm
    .set    vector, 0
    .rept   256
    trap_stub_value %vector
    .set    vector, vector + 1
    .endr

    /* pusha, with the vector and the error code pushed; its registers as debuggers see them. */
    .macro registers_are_pushed
    .cfi_offset %edi, -52                   /* struct ktrap_frame, seen from its end */
    .cfi_offset %esi, -48
    .cfi_offset %ebp, -44
    .cfi_offset %ebx, -36
    .cfi_offset %edx, -32
    .cfi_offset %ecx, -28
    .cfi_offset %eax, -24
    .endm

    .macro push_registers
    pusha
    .cfi_adjust_cfa_offset 32
    registers_are_pushed
    .endm

    .macro return_from_trap
    popa
    .cfi_adjust_cfa_offset -32
    .irp    register, edi, esi, ebp, ebx, edx, ecx, eax
    .cfi_same_value %\register
    .endr
    addl    $8, %esp                        /* vector and error code */
    .cfi_adjust_cfa_offset -8
    iret
    .endm

/*
 * From user mode it was a jump to this address, which will fault. From the kernel it was SYSENTER:
 * the frame lies in struct ki_task's room.
 */
ki_debug_at_fast_call:
    testb   $3, 4(%esp)                     /* cs */
    jnz     ki_debug_elsewhere
    leal    PUSHED_BY_PROCESSOR(%esp), %esp
    jmp     ki_stepped_fast_call_entry

/*
 * From the kernel nothing has to be saved but the registers: the segments are right (where they may
 * not be, see ki_trap_anywhere), and the direction flag is clear, as the calling convention has it
 * (nothing here runs with it set). AC is set where user space is being touched (arch/i386/guarded.h).
 * That is for those instructions, not for the handler, nor for the threads that run while it waits;
 * iret gives it back to them.
 */
    .align 16
    .globl ki_trap_common
ki_trap_common:
    trap_frame_starts PUSHED_BY_PROCESSOR + 8
    push_registers
    testb   $3, FRAME_CS(%esp)
    jnz     ki_trap_from_user
    testb   $VIRTUAL_BIT | ACCESS_BIT, FRAME_EFLAGS + 2(%esp)
    jnz     ki_trap_with_flags
ki_trap_from_kernel:
    movl    FRAME_VECTOR(%esp), %eax
    pushl   %esp                            /* the handler's argument */
    .cfi_adjust_cfa_offset 4
    call    *ki_trap_handlers(,%eax,4)
    addl    $4, %esp
    .cfi_adjust_cfa_offset -4
    .globl ki_trap_return
ki_trap_return:
    return_from_trap
    .cfi_endproc

/* Page faults, which are what this kernel is about, by the shortest way. */
    .align 16
ki_trap_stub_14:
    trap_frame_starts PUSHED_BY_PROCESSOR + 4
    pushl   $VECTOR_PAGE_FAULT
    .cfi_adjust_cfa_offset 4
    push_registers
    testb   $3, FRAME_CS(%esp)
    jnz     ki_trap_from_user
    testb   $VIRTUAL_BIT | ACCESS_BIT, FRAME_EFLAGS + 2(%esp)
    jnz     ki_trap_with_flags
    pushl   %esp
    .cfi_adjust_cfa_offset 4
    call    *ki_trap_handlers + 4 * VECTOR_PAGE_FAULT
    addl    $4, %esp
    .cfi_adjust_cfa_offset -4
    return_from_trap
    .cfi_endproc

    /* The flags that no handler of the kernel is to run with. */
    .macro clear_flags
    pushl   $2
    .cfi_adjust_cfa_offset 4
    popfl                                   /* DF, AC, NT, TF and IF clear */
    .cfi_adjust_cfa_offset -4
    .endm

ki_trap_with_flags:
    trap_frame_starts PUSHED_BY_PROCESSOR + 8 + 32
    registers_are_pushed
    testb   $VIRTUAL_BIT, FRAME_EFLAGS + 2(%esp)
    jnz     ki_trap_from_virtual
    clear_flags
    jmp     ki_trap_from_kernel
    .cfi_endproc

    /* User mode may have left anything in the segment registers and the flags. */
    .macro enter_kernel_segments
    clear_flags
    movl    $KGDT_R3_DATA, %ecx
    movl    %ecx, %ds
    movl    %ecx, %es
    movl    $KGDT_R0_PCR, %ecx
    movl    %ecx, %fs
    .endm

/*
 * What may come at any instruction of the kernel, also where it has the program's segments: before it
 * has loaded its own, or behind the loading of the program's on the way back. That is a non-maskable
 * interrupt; and a debug exception, as `mov` to ss holds a program's breakpoint back for one
 * instruction, and when that is INT it comes at the first one here (Intel SDM volume 3, 6.8.3).
 */
    .align 16
ki_trap_anywhere:
    trap_frame_starts PUSHED_BY_PROCESSOR + 8
    push_registers
    testb   $3, FRAME_CS(%esp)
    jnz     ki_trap_from_user
    testb   $VIRTUAL_BIT, FRAME_EFLAGS + 2(%esp)
    jnz     ki_trap_from_virtual
    pushl   %ds
    pushl   %es
    pushl   %fs
    .cfi_adjust_cfa_offset 12
    enter_kernel_segments
    movl    12 + FRAME_VECTOR(%esp), %eax
    leal    12(%esp), %ebx                  /* the frame */
    pushl   %ebx
    .cfi_adjust_cfa_offset 4
    call    *ki_trap_handlers(,%eax,4)
    addl    $4, %esp
    .cfi_adjust_cfa_offset -4
    popl    %fs
    popl    %es
    popl    %ds
    .cfi_adjust_cfa_offset -12
    return_from_trap
    .cfi_endproc

/* The frame is complete: struct kuser_frame, with esp and ss. */
    .align 16
ki_trap_from_user:
    trap_frame_starts PUSHED_BY_PROCESSOR + 8 + 32
    registers_are_pushed
    testb   $VIRTUAL_BIT, FRAME_EFLAGS + 2(%esp)
    jnz     ki_trap_from_virtual
ki_trap_from_ring_3:
    pushl   %ds
    pushl   %es
    pushl   %fs
    pushl   %gs
    .cfi_adjust_cfa_offset 16
    enter_kernel_segments
    movl    16 + FRAME_VECTOR(%esp), %eax
    leal    16(%esp), %ebx                  /* the frame */
    pushl   %ebx
    .cfi_adjust_cfa_offset 4
    call    *ki_trap_handlers(,%eax,4)
    before_user_mode
    addl    $4, %esp
    .cfi_adjust_cfa_offset -4
    .globl ki_return_to_user_mode
ki_return_to_user_mode:
    popl    %gs
    popl    %fs
    .cfi_adjust_cfa_offset -8
    .globl ki_return_with_gs_and_fs
ki_return_with_gs_and_fs:                   /* these two have been popped (system_call.S) */
    popl    %es
    popl    %ds
    .cfi_adjust_cfa_offset -8
    return_from_trap
    .cfi_endproc

/*
 * Nobody is to be in virtual-8086 mode, and ring 3 cannot enter it: its IRET leaves the flag alone.
 * QEMU 7.2 does not look at the ring there. What comes then has its segment registers pushed behind
 * the frame, which would lie elsewhere than all others, and anything in the low bits of cs. So the
 * frame moves to its place, and becomes one of ring 3 with the same eip; the rest is the program's
 * affair.
 */
ki_trap_from_virtual:
    movl    $KGDT_R3_DATA, %ecx
    movl    %ecx, %ds
    movl    %ecx, %es
    movl    $KGDT_R3_TEB, %ecx
    movl    %ecx, %fs
    leal    FRAME_SS(%esp), %esi
    leal    16(%esi), %edi
    movl    $FRAME_SS / 4 + 1, %ecx
    std
    rep movsl
    cld
    addl    $16, %esp
    movl    $KGDT_R3_CODE, FRAME_CS(%esp)
    movl    $KGDT_R3_DATA, FRAME_SS(%esp)
    andl    $EFLAGS_RESULTS, FRAME_EFLAGS(%esp)
    orl     $EFLAGS_ALWAYS, FRAME_EFLAGS(%esp)
    jmp     ki_trap_from_ring_3

/* void ki_exit_to_user_mode(struct kuser_frame *frame) */
    .globl ki_exit_to_user_mode
ki_exit_to_user_mode:
    movl    4(%esp), %esp
    jmp     ki_return_to_user_mode

/* void ki_call_with_frame(ki_trap_handler routine, void (*call)(struct ktrap_frame *, ki_trap_handler)) */
    .globl ki_call_with_frame
ki_call_with_frame:
    movl    4(%esp), %eax
    movl    8(%esp), %edx
    pushfl
    pushl   %cs
    pushl   8(%esp)                         /* eip: where this function returns to */
    pushl   $0
    pushl   $VECTOR_IRQ
    pusha
    movl    %esp, %ecx
    pushl   %eax
    pushl   %ecx
    call    *%edx
    addl    $8 + 32 + 8 + 12, %esp
    ret

    .section .rodata
    .balign 4
    .globl ki_trap_stubs
ki_trap_stubs:
    .macro trap_stub_address value
    .long   ki_trap_stub_\value
    .endm
    .set    vector, 0
    .rept   256
    trap_stub_address %vector
    .set    vector, vector + 1
    .endr

    .section .note.GNU-stack, "", @progbits
