/*
 * The calls of the fuzzer, as user/ntdll/system_call.S has them, but with any number, and arguments
 * that may be anywhere.
 */
    .text
    .set    ARGUMENT_BYTES, 64

/* What an exception in the worker comes back to, with the result in eax. */
    .globl _fuzz_resume
_fuzz_resume:
    cld
    movl    _fuzz_resume_esp, %esp
    popl    %ebp
    popl    %edi
    popl    %esi
    popl    %ebx
    ret

    .macro  begin_call
    pushl   %ebx
    pushl   %esi
    pushl   %edi
    pushl   %ebp
    .endm

    .macro  end_call
    popl    %ebp
    popl    %edi
    popl    %esi
    popl    %ebx
    ret
    .endm

/* For everybody: no exception comes back here. */
    .globl _fuzz_interrupt
_fuzz_interrupt:
    begin_call
    movl    20(%esp), %eax
    movl    24(%esp), %edx
    int     $0x2E
    end_call

/* For the worker. */
    .globl _fuzz_worker_interrupt, _fuzz_worker_sysenter
_fuzz_worker_interrupt:
    begin_call
    movl    %esp, _fuzz_resume_esp
    movl    20(%esp), %eax
    movl    24(%esp), %edx
    int     $0x2E
    end_call

    .globl _fuzz_worker_sysenter
_fuzz_worker_sysenter:
    begin_call
    movl    %esp, _fuzz_resume_esp
    movl    20(%esp), %eax
    movl    24(%esp), %esi
    subl    $ARGUMENT_BYTES, %esp
    movl    %esp, %edi
    movl    $ARGUMENT_BYTES / 4, %ecx
    rep movsl
    call    1f                              /* two return addresses below the arguments */
    addl    $ARGUMENT_BYTES, %esp
    end_call
1:  call    2f
    ret
2:  movl    %esp, %edx
    sysenter

    .globl _fuzz_copy, _fuzz_copy_end
_fuzz_copy:
    pushl   %esi
    pushl   %edi
    movl    12(%esp), %edi
    movl    16(%esp), %esi
    movl    20(%esp), %ecx
    rep movsb
    xorl    %eax, %eax
_fuzz_copy_end:                             /* a fault goes on here, its code in eax */
    popl    %edi
    popl    %esi
    ret

    .bss
    .globl _fuzz_resume_esp
_fuzz_resume_esp:
    .long   0
