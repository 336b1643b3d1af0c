/*
 * The two ways into the kernel. The shared user data page holds the address of the one that this
 * processor knows (7FFE0300h); a stub comes here with the service's number in eax, and on the stack
 * its own return address above its caller's, then the arguments.
 */
    .text
    .globl _KiFastSystemCall, _KiFastSystemCallRet, _KiIntSystemCall
_KiFastSystemCall:
    movl    %esp, %edx
    sysenter
_KiFastSystemCallRet:                   /* where SYSEXIT always comes back to */
    ret

_KiIntSystemCall:
    leal    8(%esp), %edx
    int     $0x2E
    ret
