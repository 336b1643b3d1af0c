/*
 * A stub for each of the 256 vectors. The processor pushes an error code for some exceptions only
 * (Intel SDM volume 3, table 6-1); the stub pushes a zero for the others, so that every frame has
 * the shape of struct ktrap_frame.
 *
 * The .cfi lines tell debuggers where the interrupted registers are (DWARF 4, section 6.4), for a trap
 * from kernel mode: the frame ends where the interrupted stack pointer was. They make no code.
 */

    .cfi_sections .debug_frame
    .set    DWARF_EIP, 8
    .set    PUSHED_BY_PROCESSOR, 12         /* eip, cs, eflags */
    .set    VECTOR_IRQ, 48                  /* arch/i386/trap.h */

    /* A trap's frame, when SIZE bytes of it have been pushed. */
    .macro trap_frame_starts size
    .cfi_startproc simple
    .cfi_signal_frame
    .cfi_def_cfa %esp, \size
    .cfi_offset DWARF_EIP, -PUSHED_BY_PROCESSOR
    .endm

    .text
    .macro trap_stub vector
    .align 8
ki_trap_stub_\vector:
    .if (\vector == 8) || ((\vector >= 10) && (\vector <= 14)) || (\vector == 17) || (\vector == 21)
    trap_frame_starts PUSHED_BY_PROCESSOR + 4
    .else
    trap_frame_starts PUSHED_BY_PROCESSOR
    pushl   $0
    .cfi_adjust_cfa_offset 4
    .endif
    pushl   $\vector
    .cfi_adjust_cfa_offset 4
    jmp     ki_trap_common
    .cfi_endproc
    .endm

    .altmacro
    .macro trap_stub_value value
    trap_stub \value
    .endm
    .set    vector, 0
    .rept   256
    trap_stub_value %vector
    .set    vector, vector + 1
    .endr

    .align 16
    .globl ki_trap_common
ki_trap_common:
    trap_frame_starts PUSHED_BY_PROCESSOR + 8
    pusha
    .cfi_adjust_cfa_offset 32
    .cfi_offset %edi, -52                   /* struct ktrap_frame, seen from its end */
    .cfi_offset %esi, -48
    .cfi_offset %ebp, -44
    .cfi_offset %ebx, -36
    .cfi_offset %edx, -32
    .cfi_offset %ecx, -28
    .cfi_offset %eax, -24
    cld
    movl    32(%esp), %eax                  /* the vector */
    pushl   %esp                            /* the handler's argument */
    .cfi_adjust_cfa_offset 4
    call    *ki_trap_handlers(,%eax,4)
    addl    $4, %esp
    .cfi_adjust_cfa_offset -4
    .globl ki_trap_return
ki_trap_return:
    popa
    .cfi_adjust_cfa_offset -32
    .irp    register, edi, esi, ebp, ebx, edx, ecx, eax
    .cfi_same_value %\register
    .endr
    addl    $8, %esp                        /* vector and error code */
    .cfi_adjust_cfa_offset -8
    iret
    .cfi_endproc

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
