/*
 * The first experiment, solved: what user/programs/lab1.c can become.
 */
#include "user/programs/lab1/lab1.h"

#define PAGE 4096u

/* Commits the page. => whether that worked. */
static int commit(const struct tokos_fault *fault, char *page, DWORD protection)
{
    return VirtualAllocEx(fault->process, page, PAGE, MEM_COMMIT, protection) == page;
}

/* The fault is in code if the address is: the instruction that is wanted, or the rest of it. */
static int is_in_code(const struct tokos_fault *fault)
{
    return fault->address >= fault->code && fault->address < fault->code + fault->code_bytes;
}

static int bring_code(const struct tokos_fault *fault, char *page)
{
    const char *contents = fault->code_contents + (page - fault->code);

    return commit(fault, page, PAGE_EXECUTE_READWRITE) &&
           WriteProcessMemory(fault->process, page, contents, PAGE, NULL) &&
           FlushInstructionCache(fault->process, page, PAGE);
}

int lab1_handle_fault(struct tokos_fault *fault, void *parameter)
{
    char *page = (char *)((DWORD_PTR)fault->address & ~(DWORD_PTR)(PAGE - 1));

    (void)parameter;
    return is_in_code(fault) ? bring_code(fault, page) : commit(fault, page, PAGE_READWRITE);
}
