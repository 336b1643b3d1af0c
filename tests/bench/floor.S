/*
 * The least code for the same work: see floor.h. The variables are set up by floor.c.
 */
#include "arch/i386/pte_bits.h"
#include "mm/layout.h"

#define PAGE_BITS    (HW_VALID | HW_WRITE | HW_ACCESSED | HW_DIRTY)
#define DEMAND_ZERO  0x80       /* MM_READWRITE in the software form, and nothing else */
#define ACTIVE       0x06010001 /* active, modified, one reference: struct mmpfn's fourth word */
#define FREE         0x01000000 /* on the free list, no reference */
#define PFN_SIZE     24

    .text

    .globl floor_return
floor_return:
    iret

    .globl floor_skip
floor_skip:
    addl    $4, %esp
    addl    $3, (%esp)                      /* the length of movb $1, (%eax) */
    iret

    .globl floor_map
floor_map:
    pushl   %eax
    pushl   %ecx
    movl    %cr2, %eax
    shrl    $12, %eax
    movl    floor_prepared, %ecx
    movl    %ecx, PTE_BASE(,%eax,4)
    popl    %ecx
    popl    %eax
    addl    $4, %esp
    iret

/*
 * What every demand fault has to do. Afterwards eax, ecx, edx and ebx are saved, and ecx is the PTE.
 */
    .macro map_fresh_frame
    testb   $PF_PRESENT, (%esp)
    jnz     wrong_fault
    pushl   %eax
    pushl   %ecx
    pushl   %edx
    pushl   %ebx
    movl    %cr2, %eax
    movl    %eax, %ecx
    shrl    $22, %ecx
    testb   $HW_VALID, PDE_BASE(,%ecx,4)
    jz      wrong_fault
    shrl    $12, %eax
    leal    PTE_BASE(,%eax,4), %ebx
    cmpl    $DEMAND_ZERO, (%ebx)
    jne     wrong_fault
    movl    floor_head, %ecx                /* take the list's first frame */
    cmpl    $-1, %ecx
    je      wrong_fault
    leal    (%ecx,%ecx,2), %edx
    movl    floor_entries, %eax
    leal    (%eax,%edx,8), %edx
    movl    (%edx), %eax
    movl    %eax, floor_head
    decl    floor_free
    movl    %ebx, 4(%edx)                   /* enter it in the database */
    movl    $1, 8(%edx)
    movl    $ACTIVE, 12(%edx)
    movl    $DEMAND_ZERO, 16(%edx)
    movl    floor_table, %eax
    movl    %eax, 20(%edx)
    incl    floor_table_shares
    incl    floor_faults
    shll    $12, %ecx
    orl     $PAGE_BITS, %ecx
    movl    %ecx, (%ebx)                    /* map it */
    .endm

    .macro leave_fault
    popl    %ebx
    popl    %edx
    popl    %ecx
    popl    %eax
    addl    $4, %esp
    iret
    .endm

wrong_fault:
    ud2

    .globl floor_demand_zero
floor_demand_zero:
    map_fresh_frame
    leave_fault

    .globl floor_demand_zero_rep
floor_demand_zero_rep:
    map_fresh_frame
    movl    %edi, %ebx
    movl    %cr2, %edi
    andl    $-4096, %edi
    xorl    %eax, %eax
    movl    $1024, %ecx
    rep stosl
    movl    %ebx, %edi
    leave_fault

    .globl floor_demand_zero_sse
floor_demand_zero_sse:
    map_fresh_frame
    movl    %cr2, %eax
    andl    $-4096, %eax
    leal    4096(%eax), %ecx
    xorps   %xmm0, %xmm0
1:  .set    offset, 0
    .rept   8
    movaps  %xmm0, offset(%eax)
    .set    offset, offset + 16
    .endr
    addl    $128, %eax
    cmpl    %ecx, %eax
    jne     1b
    leave_fault

    .globl floor_demand_page
floor_demand_page:
    map_fresh_frame
    movl    %edi, %ebx
    movl    %esi, %edx
    movl    %cr2, %edi
    andl    $-4096, %edi
    movl    floor_source, %esi
    movl    $1024, %ecx
    rep movsl
    movl    %edx, %esi
    movl    %ebx, %edi
    leave_fault

/* void floor_list_frames(struct mmpfn *pfn, uint32_t count, pfn_t first) */
    .globl floor_list_frames
floor_list_frames:
    movl    4(%esp), %eax
    movl    8(%esp), %ecx
    movl    12(%esp), %edx
    pushl   %ebx
    leal    -1(%edx), %ebx                  /* the neighbours' numbers */
    incl    %edx
1:  movl    %edx, (%eax)
    movl    $0, 4(%eax)
    movl    %ebx, 8(%eax)
    movl    $FREE, 12(%eax)
    movl    $0, 16(%eax)
    movl    $0, 20(%eax)
    incl    %edx
    incl    %ebx
    addl    $PFN_SIZE, %eax
    decl    %ecx
    jnz     1b
    popl    %ebx
    ret

/* Operations: eax is the struct floor_large. */
    .globl floor_map_large
floor_map_large:
    pushl   %edi
    movl    (%eax), %edx
    movl    4(%eax), %ecx
    movl    %ecx, (%edx)
    movl    8(%eax), %edi
    xorl    %eax, %eax
    movl    $0x100000, %ecx
    rep stosl
    popl    %edi
    ret

    .globl floor_unmap_large
floor_unmap_large:
    movl    (%eax), %edx
    movl    $0, (%edx)
    movl    8(%eax), %ecx
    invlpg  (%ecx)
    movl    12(%eax), %edx
    pushl   4(%eax)
    shrl    $12, (%esp)
    pushl   $1024
    pushl   %edx
    call    floor_list_frames
    addl    $12, %esp
    ret

    .section .note.GNU-stack, "", @progbits
