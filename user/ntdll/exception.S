/*
 * Where the kernel enters user mode, and the parts of exception handling that C cannot say: taking
 * all registers, and calling a handler with a frame on the chain that guards the call.
 */
    .set    CONTEXT_FULL, 0x10007           /* winnt.h's CONTEXT of the x86 */
    .set    CONTEXT_SEGGS, 0x8C
    .set    CONTEXT_SEGFS, 0x90
    .set    CONTEXT_SEGES, 0x94
    .set    CONTEXT_SEGDS, 0x98
    .set    CONTEXT_EDI, 0x9C
    .set    CONTEXT_ESI, 0xA0
    .set    CONTEXT_EBX, 0xA4
    .set    CONTEXT_EDX, 0xA8
    .set    CONTEXT_ECX, 0xAC
    .set    CONTEXT_EAX, 0xB0
    .set    CONTEXT_EBP, 0xB4
    .set    CONTEXT_EIP, 0xB8
    .set    CONTEXT_SEGCS, 0xBC
    .set    CONTEXT_EFLAGS, 0xC0
    .set    CONTEXT_ESP, 0xC4
    .set    CONTEXT_SEGSS, 0xC8
    .set    CONTEXT_BYTES, 0x2CC

    .text

/* A new thread's first context, after LdrInitializeThunk: eax(ebx). */
    .globl _RtlUserThreadStart@0
_RtlUserThreadStart@0:
    xorl    %ebp, %ebp
    pushl   %ebx
    pushl   %eax
    pushl   $0
    jmp     _rtlp_user_thread_start@8

/* esp -> record's address, context's address */
    .globl _KiUserExceptionDispatcher
_KiUserExceptionDispatcher:
    cld
    call    _rtlp_user_exception@8

/* esp -> routine, its three arguments, CONTEXT to go back to */
    .globl _KiUserApcDispatcher
_KiUserApcDispatcher:
    leal    16(%esp), %edi
    popl    %eax
    call    *%eax
    pushl   $1
    pushl   %edi
    call    _NtContinue@8
    pushl   %eax
    call    _RtlRaiseStatus@4

/*
 * void RtlCaptureContext(CONTEXT *): the caller's registers, as they are when it goes on behind the
 * call; only ecx holds the argument. All registers are kept.
 */
    .globl _RtlCaptureContext@4
_RtlCaptureContext@4:
    pushfl
    pushl   %ecx
    movl    12(%esp), %ecx
    movl    $CONTEXT_FULL, (%ecx)
    movl    %eax, CONTEXT_EAX(%ecx)
    movl    %edx, CONTEXT_EDX(%ecx)
    movl    %ebx, CONTEXT_EBX(%ecx)
    movl    %esi, CONTEXT_ESI(%ecx)
    movl    %edi, CONTEXT_EDI(%ecx)
    movl    %ebp, CONTEXT_EBP(%ecx)
    movl    (%esp), %edx
    movl    %edx, CONTEXT_ECX(%ecx)
    movl    4(%esp), %edx
    movl    %edx, CONTEXT_EFLAGS(%ecx)
    movl    8(%esp), %edx
    movl    %edx, CONTEXT_EIP(%ecx)
    leal    16(%esp), %edx
    movl    %edx, CONTEXT_ESP(%ecx)
    xorl    %edx, %edx
    movw    %gs, %dx
    movl    %edx, CONTEXT_SEGGS(%ecx)
    movw    %fs, %dx
    movl    %edx, CONTEXT_SEGFS(%ecx)
    movw    %es, %dx
    movl    %edx, CONTEXT_SEGES(%ecx)
    movw    %ds, %dx
    movl    %edx, CONTEXT_SEGDS(%ecx)
    movw    %cs, %dx
    movl    %edx, CONTEXT_SEGCS(%ecx)
    movw    %ss, %dx
    movl    %edx, CONTEXT_SEGSS(%ecx)
    movl    CONTEXT_EDX(%ecx), %edx
    popl    %ecx
    popfl
    ret     $4

/* Makes room at ebp for a CONTEXT, and fills it with that of this function's caller, which goes on
 * behind the call of a function with \words words of arguments. Its address is left in eax. */
    .macro  capture_caller words
    pushl   %ebp
    movl    %esp, %ebp
    leal    -CONTEXT_BYTES(%esp), %esp
    pushl   %esp
    call    _RtlCaptureContext@4
    movl    %esp, %eax
    movl    (%ebp), %edx
    movl    %edx, CONTEXT_EBP(%eax)
    movl    4(%ebp), %edx
    movl    %edx, CONTEXT_EIP(%eax)
    leal    8 + 4 * \words(%ebp), %edx
    movl    %edx, CONTEXT_ESP(%eax)
    .endm

/* void RtlRaiseException(EXCEPTION_RECORD *) */
    .globl _RtlRaiseException@4
_RtlRaiseException@4:
    capture_caller 1
    pushl   %eax
    pushl   8(%ebp)
    call    _rtlp_raise_exception@8         /* does not return */

/*
 * void RtlUnwind(target frame, target address, EXCEPTION_RECORD *, value): on the x86 it just
 * returns to its caller, with VALUE in eax. Handlers leave the registers to C's rules.
 */
    .globl _RtlUnwind@16
_RtlUnwind@16:
    capture_caller 4
    movl    20(%ebp), %edx
    movl    %edx, CONTEXT_EAX(%eax)
    pushl   %eax
    pushl   16(%ebp)
    pushl   8(%ebp)
    call    _rtlp_unwind@12
    movl    20(%ebp), %eax
    leave
    ret     $16

/*
 * EXCEPTION_DISPOSITION rtlp_execute_handler(record, frame, context, dispatcher context, handler,
 * guard): call HANDLER with the first four. GUARD is the handler of a frame that is on the chain
 * meanwhile; behind its two words, that frame has FRAME. (RtlpExecuteHandler)
 */
    .globl _rtlp_execute_handler
_rtlp_execute_handler:
    pushl   %ebp
    movl    %esp, %ebp
    pushl   %ebx
    pushl   %esi
    pushl   %edi
    pushl   12(%ebp)
    pushl   28(%ebp)
    pushl   %fs:0
    movl    %esp, %fs:0
    pushl   20(%ebp)
    pushl   16(%ebp)
    pushl   12(%ebp)
    pushl   8(%ebp)
    xorl    %ebx, %ebx
    xorl    %esi, %esi
    xorl    %edi, %edi
    call    *24(%ebp)
    leal    -24(%ebp), %esp                 /* whoever pops the arguments */
    popl    %fs:0
    addl    $8, %esp
    popl    %edi
    popl    %esi
    popl    %ebx
    popl    %ebp
    ret
