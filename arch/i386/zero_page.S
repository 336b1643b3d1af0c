/*
 * Filling and copying pages. ki_zero_page is a pointer, set once to the quickest routine that the
 * processor has.
 */
    .text

/* void ki_zero_page_rep(void *page): 4 KB of zeros with rep stos. */
    .globl ki_zero_page_rep
ki_zero_page_rep:
    pushl   %edi
    movl    8(%esp), %edi
    xorl    %eax, %eax
    movl    $1024, %ecx
    rep stosl
    popl    %edi
    ret

/* void ki_zero_page_sse(void *page): the same in 16-byte stores. The register belongs to whoever
 * was interrupted, so it is given back. */
    .globl ki_zero_page_sse
ki_zero_page_sse:
    movl    4(%esp), %eax
    leal    4096(%eax), %ecx
    subl    $16, %esp
    movups  %xmm0, (%esp)
    xorps   %xmm0, %xmm0
1:  movaps  %xmm0, (%eax)
    movaps  %xmm0, 16(%eax)
    movaps  %xmm0, 32(%eax)
    movaps  %xmm0, 48(%eax)
    movaps  %xmm0, 64(%eax)
    movaps  %xmm0, 80(%eax)
    movaps  %xmm0, 96(%eax)
    movaps  %xmm0, 112(%eax)
    addl    $128, %eax
    cmpl    %ecx, %eax
    jne     1b
    movups  (%esp), %xmm0
    addl    $16, %esp
    ret

/* void ki_zero_bytes(void *start, uint32_t bytes): a multiple of 4, for long runs. */
    .globl ki_zero_bytes
ki_zero_bytes:
    pushl   %edi
    movl    8(%esp), %edi
    movl    12(%esp), %ecx
    shrl    $2, %ecx
    xorl    %eax, %eax
    rep stosl
    popl    %edi
    ret

/* void ki_copy_page(void *to, const void *from) */
    .globl ki_copy_page
ki_copy_page:
    pushl   %edi
    pushl   %esi
    movl    12(%esp), %edi
    movl    16(%esp), %esi
    movl    $1024, %ecx
    rep movsl
    popl    %esi
    popl    %edi
    ret

    .section .note.GNU-stack, "", @progbits
