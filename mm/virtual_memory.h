/*
 * The memory services: what a process may do with its address space. Each works on SPACE, which the
 * current thread uses (it is attached to its process); addresses and sizes were captured by the
 * caller. All at APC_LEVEL or below; they may wait. The rules are those of NT 5.2.
 */
#pragma once

#include "lib/status.h"
#include "lib/types.h"
#include "mm/address_space.h"

/* Allocation types, page protections and states: winnt.h's values. */
#define MEM_COMMIT      0x00001000u
#define MEM_RESERVE     0x00002000u
#define MEM_DECOMMIT    0x00004000u
#define MEM_RELEASE     0x00008000u
#define MEM_FREE        0x00010000u
#define MEM_PRIVATE     0x00020000u
#define MEM_MAPPED      0x00040000u
#define MEM_RESET       0x00080000u
#define MEM_TOP_DOWN    0x00100000u
#define MEM_WRITE_WATCH 0x00200000u
#define MEM_PHYSICAL    0x00400000u
#define MEM_IMAGE       0x01000000u
#define MEM_LARGE_PAGES 0x20000000u

#define PAGE_NOACCESS          0x001u
#define PAGE_READONLY          0x002u
#define PAGE_READWRITE         0x004u
#define PAGE_WRITECOPY         0x008u
#define PAGE_EXECUTE           0x010u
#define PAGE_EXECUTE_READ      0x020u
#define PAGE_EXECUTE_READWRITE 0x040u
#define PAGE_EXECUTE_WRITECOPY 0x080u
#define PAGE_GUARD             0x100u
#define PAGE_NOCACHE           0x200u
#define PAGE_WRITECOMBINE      0x400u

/* What mm_query_virtual_memory says (MEMORY_BASIC_INFORMATION, 28 bytes). */
struct memory_basic_information {
    uint32_t base_address;
    uint32_t allocation_base;
    uint32_t allocation_protect; /* PAGE_, as it was reserved or mapped */
    uint32_t region_size;        /* bytes */
    uint32_t state;              /* MEM_COMMIT, MEM_RESERVE or MEM_FREE */
    uint32_t protect;            /* PAGE_ */
    uint32_t type;               /* MEM_PRIVATE, MEM_MAPPED or MEM_IMAGE */
};
_Static_assert(sizeof(struct memory_basic_information) == 28, "as winnt.h has it");

/* Reserve or commit *SIZE bytes at *BASE (0: anywhere), or both; *BASE and *SIZE become what was
 * done, in whole pages. (NtAllocateVirtualMemory) */
ntstatus mm_allocate_virtual_memory(struct mm_address_space *space, uintptr_t *base,
                                    uint32_t zero_bits, uint32_t *size, uint32_t type,
                                    uint32_t protect);
/* Decommit or release. (NtFreeVirtualMemory) */
ntstatus mm_free_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                                uint32_t type);
/* Give committed pages another protection, PAGE_ bits; *OLD_PROTECT is what the first had.
 * (NtProtectVirtualMemory) */
ntstatus mm_protect_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                                   uint32_t protect, uint32_t *old_protect);
/* The same with an MM_ code. (MiProtectVirtualMemory) */
ntstatus mi_protect_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size,
                                   uint32_t protection, uint32_t *old_protect);
/* What is at ADDRESS, and how far it is all the same. (NtQueryVirtualMemory,
 * MemoryBasicInformation) */
ntstatus mm_query_virtual_memory(struct mm_address_space *space, uintptr_t address,
                                 struct memory_basic_information *out);

/* Bring the pages in and keep them in memory, until they are unlocked as often as they are locked:
 * that is, once. => STATUS_WORKING_SET_QUOTA when so much cannot be kept for it.
 * (NtLockVirtualMemory, NtUnlockVirtualMemory; a lock for the process) */
ntstatus mm_lock_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size);
ntstatus mm_unlock_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size);

/* Write what was changed of a view back to its file; *SIZE 0: from *BASE to the view's end. They
 * become what was looked at, in whole pages. => STATUS_NOT_MAPPED_VIEW (it is not in one view),
 * STATUS_NOT_MAPPED_DATA (private memory, or an image's). (NtFlushVirtualMemory) */
ntstatus mm_flush_virtual_memory(struct mm_address_space *space, uintptr_t *base, uint32_t *size);

/* The pages of BASE .. BASE + SIZE - 1, in memory that is watched, that were written since it was
 * made or since the last reset; their addresses, *COUNT at most, go to ADDRESSES, and *COUNT
 * becomes their number. RESET begins anew for those. (NtGetWriteWatch, NtResetWriteWatch) */
ntstatus mm_get_write_watch(struct mm_address_space *space, uintptr_t base, uint32_t size,
                            bool reset, uint32_t *addresses, uint32_t *count);
ntstatus mm_reset_write_watch(struct mm_address_space *space, uintptr_t base, uint32_t size);

/* A page for the process's own use at HIGHEST or the next free page below, committed, which the
 * services above will not change or free; and its end. (MiCreatePebOrTeb, MmDeleteTeb) */
ntstatus mm_create_block(struct mm_address_space *space, uintptr_t highest, uintptr_t *base);
void mm_delete_block(struct mm_address_space *space, uintptr_t base);

/* ---- inside the memory manager; the address creation lock is held ------------------------------
 */

#define MI_INVALID_PROTECTION 0xFFu

/* PAGE_ bits to an MM_ code, or MI_INVALID_PROTECTION; and back. (MiMakeProtectionMask,
 * MI_CONVERT_FROM_PTE_PROTECTION) */
uint32_t mi_make_protection_mask(uint32_t protect);
uint32_t mi_convert_from_protection(uint32_t protection);

/* A range of pages, gone through a page table at a time. */
struct mi_run {
    uintptr_t next, end; /* what is left: up to END, the last byte */
    uintptr_t va;        /* this run's first page */
    uint32_t pages;
    struct mmpte *pte; /* its first entry; NULL: there is no page table */
};

static inline struct mi_run mi_run_over(uintptr_t start, uintptr_t end)
{
    return (struct mi_run){.next = start, .end = end};
}

/* => whether there is a next run. */
static inline bool mi_next_run(struct mi_run *run)
{
    if (run->next > run->end)
        return false;
    uintptr_t last = run->next | (LARGE_PAGE_SIZE - 1);

    if (last > run->end)
        last = run->end;
    run->va = run->next;
    run->pages = (uint32_t)((last - run->va) >> PAGE_SHIFT) + 1;
    run->pte = mi_has_page_table(run->va) ? mi_get_pte_address(run->va) : NULL;
    run->next = last + 1;
    return true;
}

/* Is the page of VAD at VA, whose entry is PTE (NULL: there is no table), committed? */
bool mi_is_committed(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va);
/* Its five-bit protection, if it is. */
uint32_t mi_page_protection(const struct mmvad *vad, const struct mmpte *pte, uintptr_t va);
/* How many pages of RUN, all of VAD, are committed. */
uint32_t mi_committed_in_run(const struct mmvad *vad, const struct mi_run *run);

/* How many pages of RUN VAD is charged for: those that are committed; of a view, those that are the
 * process's own, or would become so when they are written to. Faults do not change that. */
uint32_t mi_charge_of_run(const struct mmvad *vad, const struct mi_run *run);

/* PTE, invalid, gets the value PTE_VALUE; its page, if there is one, will come back with that
 * protection. PFN lock held. */
void mi_set_invalid_protection(struct mmpte *pte, struct mmpte value);
/* The entry at PTE, of user space, becomes zero, and its page is freed. PFN lock held. */
void mi_delete_user_pte(struct mm_address_space *space, struct mmpte *pte);

/* VAD, filled in, goes into SPACE. => STATUS_COMMITMENT_LIMIT when its page tables cannot be
 * promised. */
ntstatus mi_insert_vad(struct mm_address_space *space, struct mmvad *vad);
/* VAD goes, with all its pages. */
void mi_delete_vad(struct mm_address_space *space, struct mmvad *vad);
/* VAD, private, is to end before START and go on behind END: the pages between are freed. Either
 * part may be empty, but not both. */
ntstatus mi_cut_vad(struct mm_address_space *space, struct mmvad *vad, uint32_t start,
                    uint32_t end);
/* The pages START .. END (addresses of bytes) are freed, and their entries zero. */
void mi_delete_virtual_addresses(struct mm_address_space *space, uintptr_t start, uintptr_t end);
/* Charge private pages, or give the charge back. */
bool mi_charge_pages(struct mm_address_space *space, uint32_t pages);
void mi_return_pages(struct mm_address_space *space, uint32_t pages);

/* Give the pages START .. END, all committed, another protection; those that nobody may touch with
 * it are unlocked. => STATUS_NO_MEMORY, or STATUS_COMMITMENT_LIMIT when the copies that it allows
 * cannot be promised */
ntstatus mi_set_protection_on_pages(struct mm_address_space *space, struct mmvad *vad,
                                    uintptr_t start, uintptr_t end, uint32_t protection);

/* Bring the page at VA in, for reading or writing. => STATUS_ACCESS_VIOLATION when that is not
 * allowed. */
ntstatus mi_touch_user_page(uintptr_t va, bool write);
/* The locked pages of START .. END are unlocked, because they go. That cannot fail: when there is
 * no memory to note that pages behind END stay locked, as far as they lie together they are
 * unlocked too. */
void mi_unlock_range(struct mm_address_space *space, uintptr_t start, uintptr_t end);
uint32_t mi_locked_pages(const struct mm_address_space *space);
/* Is PTE's page, if it is locked, charged for that? Valid, the PFN lock held or the page locked. */
bool mi_is_lock_charged(const struct mmpte *pte);
/* How many pages of START .. END are charged for being locked / PAGES less are, from now on. The
 * address creation lock is held. */
uint32_t mi_lock_charge_of(const struct mm_address_space *space, uintptr_t start, uintptr_t end);
void mi_return_lock_charge(struct mm_address_space *space, uint32_t pages);
bool mi_any_locked(const struct mm_address_space *space, uintptr_t start, uintptr_t end);

/* Note in VAD's map which pages of START .. END are dirty, before that is forgotten. */
void mi_capture_writes(struct mmvad *vad, const struct mmpte *pte, uintptr_t va);

/* ---- for the fault path; the PFN lock is held --------------------------------------------------
 */

/* => the protection of VA, whose entry is zero; MM_ZERO_ACCESS: nothing is committed there. *VIEW
 * becomes the view that it lies in, or NULL. (MiCheckVirtualAddress) */
uint32_t mi_check_virtual_address(struct mm_address_space *space, uintptr_t va,
                                  struct mmvad **view);
struct mi_fault;
/* FAULT is at an address of user space: what its entry and its VAD come to. Gives the lock back
 * with IRQL. */
ntstatus mi_resolve_user_entry(struct mi_fault *fault, struct mm_address_space *space, kirql irql);
/* FAULT is the first on a guard page. Gives the lock back with IRQL. => the status that the thread
 * gets. NEW_ENTRY: the entry is zero. */
ntstatus mi_guard_page_violation(struct mi_fault *fault, struct mm_address_space *space,
                                 bool new_entry, kirql irql);
