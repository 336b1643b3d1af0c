/* The kernel's pool and push locks for host tests. */
#include "tests/host/pool_stub.h"
#include <stdlib.h>
#include "kernel/ex/push_lock.h"
#include "mm/low_resources.h"
#include "mm/pool.h"

uint32_t pool_blocks, pool_fail_after = UINT32_MAX;
int push_lock_shares, push_lock_owners;
bool mm_low_resources_on; /* never */

void *ex_allocate_pool_with_tag(enum pool_type type, uint32_t bytes, uint32_t tag)
{
    (void)type, (void)tag;
    if (!pool_fail_after)
        return NULL;
    if (pool_fail_after != UINT32_MAX)
        pool_fail_after--;
    pool_blocks++;
    return malloc(bytes);
}

void ex_free_pool_with_tag(void *p, uint32_t tag)
{
    (void)tag;
    pool_blocks--;
    free(p);
}

void ex_initialize_push_lock(struct ex_push_lock *lock, const char *name)
{
    lock->name = name;
}

void ex_delete_push_lock(struct ex_push_lock *lock)
{
    if (push_lock_shares || push_lock_owners)
        abort();
    lock->name = NULL;
}

void ex_acquire_push_lock_exclusive(struct ex_push_lock *lock)
{
    (void)lock;
    if (push_lock_shares || push_lock_owners++)
        abort();
}

void ex_release_push_lock_exclusive(struct ex_push_lock *lock)
{
    (void)lock;
    push_lock_owners--;
}

void ex_acquire_push_lock_shared(struct ex_push_lock *lock)
{
    (void)lock;
    if (push_lock_owners)
        abort();
    push_lock_shares++;
}

void ex_release_push_lock_shared(struct ex_push_lock *lock)
{
    (void)lock;
    if (!push_lock_shares--)
        abort();
}

bool mi_inject_resource_failure(enum mm_resource which)
{
    (void)which;
    return false;
}
