/* Address spaces for tests: processes without threads, which the test's thread attaches to. */
#pragma once

#include "kernel/ps/ps.h"
#include "mm/mi.h"
#include "mm/virtual_memory.h"
#include "tests/kernel/ktest.h"

struct ktest_space {
    struct eprocess *process;
    struct mm_address_space *vm;
    struct kprocess *saved;
};

/* Make a process and attach to it. => false, with the test failed, when there is none. */
bool ktest_enter_space(struct ktest *test, struct ktest_space *space);
/* Detach, and let the process go with all that is in it. */
void ktest_leave_space(struct ktest_space *space);

/* Allocate BYTES at BASE (0: anywhere) in SPACE. => the address, or 0. */
uintptr_t ktest_allocate(struct ktest_space *space, uintptr_t base, uint32_t bytes, uint32_t type,
                         uint32_t protect);
ntstatus ktest_free(struct ktest_space *space, uintptr_t base, uint32_t bytes, uint32_t type);
ntstatus ktest_protect(struct ktest_space *space, uintptr_t base, uint32_t bytes, uint32_t protect,
                       uint32_t *old);
/* What a fault at VA would come to: the handler is called as if user mode had touched it. */
ntstatus ktest_fault(uintptr_t va, bool write);

static inline struct mmpte ktest_pte(uintptr_t va)
{
    return mi_has_page_table(va) ? mi_read_pte(mi_get_pte_address(va)) : (struct mmpte){.value = 0};
}
