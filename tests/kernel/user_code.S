/*
 * Programs of a few instructions for user mode: each is copied to USER_CODE and begins there, with
 * esp at the end of a stack, ebx leading to a writable page and edi holding a number that the test
 * chose. A program ends by `exit`, whose operand is its exit code.
 *
 * Services are called by INT 2Eh; the numbers are those of kernel/nt/services.h, which
 * tests/kernel/test_user_mode.c checks.
 */
#include "tests/kernel/user_code.h"
#include "tests/kernel/user_macros.inc"

program exit_with_edi
    exit    %edi
end_program exit_with_edi

program call_number_edi
    movl    %edi, %eax
    movl    %esp, %edx
    int     $0x2E
    exit    %eax
end_program call_number_edi

/* By SYSENTER; the test has ki_fast_call_return lead to the label of that name. With STEP in the
 * number it is one step of the program. */
    .set    STEP, 0x10000
program fast_call
    call    2f                              /* two return addresses, as behind ntdll's stub */
    cmpl    $0x11111111, %esi
    jne     3f
    cmpl    $0x22222222, %ebp
    jne     3f
    exit    %eax
3:  exit    $0xBAD
2:  pushl   $0
    movl    $0x11111111, %esi
    movl    $0x22222222, %ebp
    movl    %edi, %eax
    movl    %esp, %edx
    testl   $STEP, %edi
    jz      4f
    andl    $~STEP, %eax
    pushfl
    orl     $0x100, (%esp)
    popfl
4:  sysenter
    .balign 16
    .globl user_fast_call_return
user_fast_call_return:
    addl    $4, %esp
    ret
end_program fast_call

/* All registers survive a fault. */
program registers
    movl    $1, %eax
    movl    $2, %ecx
    movl    $3, %edx
    movl    $5, %esi
    movl    $6, %edi
    movl    $7, %ebp
    std
    movl    %esp, (%ebx)                    /* the fault */
    pushfl
    testl   $0x400, (%esp)
    jz      1f
    cld
    cmpl    $1, %eax
    jne     1f
    cmpl    $2, %ecx
    jne     1f
    cmpl    $3, %edx
    jne     1f
    cmpl    $5, %esi
    jne     1f
    cmpl    $6, %edi
    jne     1f
    cmpl    $7, %ebp
    jne     1f
    addl    $4, %esp
    cmpl    (%ebx), %esp
    jne     1f
    exit    $0x600D
1:  exit    $0xBAD
end_program registers

/* Null selectors and an odd stack are the program's own business; fs leads to the TEB. */
program segments
    movl    %fs:0x18, %esi
    xorl    %eax, %eax
    movl    %eax, %gs
    movl    %eax, %es
    movl    $SERVICE_NULL, %eax
    int     $0x2E
    movl    %es, %ecx
    cmpl    $0, %ecx
    jne     1f
    movl    %fs:0x18, %eax
    cmpl    %eax, %esi
    jne     1f
    exit    %esi
1:  exit    $0xBAD
end_program segments

program read_at_edi
    movl    (%edi), %eax
    exit    %eax
end_program read_at_edi

program write_at_edi
    movl    $7, (%edi)
    exit    $0x600D
end_program write_at_edi

program jump_to_edi
    jmp     *%edi
end_program jump_to_edi

program divide_by_zero
    xorl    %ecx, %ecx
    divl    %ecx
end_program divide_by_zero

program breakpoint
    int3
end_program breakpoint

program undefined
    ud2
end_program undefined

program halt
    hlt
end_program halt

program load_cr3
    movl    %eax, %cr3
end_program load_cr3

program port
    inb     $0x60, %al
end_program port

program general_protection
    int     $0x30
end_program general_protection

program single_step
    pushfl
    orl     $0x100, (%esp)
    popfl
    nop
    exit    $0xBAD
end_program single_step

program step_to_edi
    pushfl
    orl     $0x100, (%esp)
    popfl
    jmp     *%edi
end_program step_to_edi

program load_bad_selector
    movl    $0x10, %eax
    movl    %eax, %ds
    exit    $0xBAD
end_program load_bad_selector

/* Begins at its exception dispatcher with esp -> record, context. Counts in the page at ebx, which
 * the context has; goes on behind the instruction of two bytes that faulted. */
program dispatcher
    movl    $0x1234, %esi
    movl    (%edi), %eax                    /* two bytes: faults */
    cmpl    $0x1234, %esi
    jne     1f
    exit    (%ebx)
1:  exit    $0xBAD
    .balign 16
    .globl user_dispatcher_entry
user_dispatcher_entry:
    movl    (%esp), %eax                    /* EXCEPTION_RECORD */
    movl    4(%esp), %ecx                   /* CONTEXT */
    movl    0xA4(%ecx), %ebx                /* Ebx */
    movl    (%eax), %edx
    movl    %edx, (%ebx)                    /* the code */
    movl    0x18(%eax), %edx
    movl    %edx, 4(%ebx)                   /* ExceptionInformation[1] */
    movl    0x10(%eax), %edx
    movl    %edx, 8(%ebx)                   /* NumberParameters */
    movl    0xC(%eax), %edx
    movl    %edx, 12(%ebx)                  /* ExceptionAddress */
    addl    $2, 0xB8(%ecx)                  /* Eip */
    xorl    %esi, %esi
    pushl   $0
    pushl   %ecx
    service SERVICE_CONTINUE
    exit    $0xBAD2
end_program dispatcher

/* Allocates a page by the service, writes it, frees it. The block at ebx: base, size. */
program allocate
    movl    $0, (%ebx)
    movl    $100, 4(%ebx)
    leal    4(%ebx), %ecx
    pushl   $4                              /* PAGE_READWRITE */
    pushl   $0x3000                         /* MEM_RESERVE | MEM_COMMIT */
    pushl   %ecx
    pushl   $0
    pushl   %ebx
    pushl   $-1
    service SERVICE_ALLOCATE
    testl   %eax, %eax
    jnz     1f
    cmpl    $4096, 4(%ebx)
    jne     2f
    movl    (%ebx), %esi
    movl    $5, (%esi)
    movl    $0, 4(%ebx)
    leal    4(%ebx), %ecx
    pushl   $0x8000                         /* MEM_RELEASE */
    pushl   %ecx
    pushl   %ebx
    pushl   $-1
    service SERVICE_FREE
    testl   %eax, %eax
    jnz     1f
    exit    %esi
1:  exit    %eax
2:  exit    $0xBAD
end_program allocate

/* The same with pointers that are not the program's to give: edi. */
program allocate_at_edi
    pushl   $4
    pushl   $0x3000
    pushl   %edi
    pushl   $0
    pushl   %edi
    pushl   $-1
    service SERVICE_ALLOCATE
    exit    %eax
end_program allocate_at_edi

/* Arguments where edi says. */
program arguments_at_edi
    movl    $SERVICE_ALLOCATE, %eax
    movl    %edi, %edx
    int     $0x2E
    exit    %eax
end_program arguments_at_edi

/* x87 state is each thread's own: load edi, yield often, and it is still there. */
program floating_point
    movl    %edi, (%ebx)
    fildl   (%ebx)
    movl    $50, %esi
1:  service SERVICE_YIELD
    fistl   4(%ebx)
    cmpl    %edi, 4(%ebx)
    jne     2f
    decl    %esi
    jnz     1b
    fnstcw  8(%ebx)
    movzwl  8(%ebx), %eax
    exit    %eax
2:  exit    $0xBAD
end_program floating_point

/* Down the stack, a page at a time, edi pages. */
program descend
1:  subl    $4096, %esp
    movl    %edi, (%esp)
    decl    %edi
    jnz     1b
    exit    $0x600D
end_program descend

program loop_for_ever
    movl    $1, (%ebx)
1:  jmp     1b
end_program loop_for_ever

/* Calls what the list at ebx says: number, result, 12 words of arguments; -1 ends it. The last result
 * is the exit code. */
program calls
    movl    %ebx, %esi
    xorl    %edi, %edi
1:  movl    (%esi), %eax
    cmpl    $-1, %eax
    je      2f
    leal    8(%esi), %edx
    int     $0x2E
    movl    %eax, 4(%esi)
    movl    %eax, %edi
    addl    $56, %esi
    jmp     1b
2:  exit    %edi
end_program calls

    .section .note.GNU-stack, "", @progbits
