/*
 * What programs set of processes and threads: tables of classes, each with a function that does it.
 */
#include "kernel/ke/scheduler.h"
#include "kernel/ke/teb.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"

/* One word of the caller's, in a class that has one. */
static ntstatus read_word(const void *buffer, uint32_t length, uint32_t *word)
{
    return length == sizeof(*word) ? rtl_copy_from_user(word, buffer, sizeof(*word))
                                   : STATUS_INFO_LENGTH_MISMATCH;
}

/* There is one processor: that is the only one to run on. */
static ntstatus check_affinity(uint32_t mask)
{
    return mask == 1 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* ---- processes ----------------------------------------------------------------------------------
 */

static ntstatus set_class(struct eprocess *process, const void *buffer, uint32_t length)
{
    uint8_t class[2]; /* foreground, and the class */

    if (length != sizeof(class))
        return STATUS_INFO_LENGTH_MISMATCH;
    ntstatus status = rtl_copy_from_user(class, buffer, sizeof(class));
    return NT_SUCCESS(status) ? ps_set_priority_class(process, class[1]) : status;
}

static ntstatus set_base(struct eprocess *process, const void *buffer, uint32_t length)
{
    uint32_t base;
    ntstatus status = read_word(buffer, length, &base);

    if (!NT_SUCCESS(status))
        return status;
    if (base < 1 || base > HIGH_PRIORITY)
        return STATUS_INVALID_PARAMETER;
    ps_set_process_base(process, (int8_t)base);
    return STATUS_SUCCESS;
}

static ntstatus set_process_affinity(struct eprocess *process, const void *buffer, uint32_t length)
{
    uint32_t mask;
    ntstatus status = read_word(buffer, length, &mask);

    (void)process;
    return NT_SUCCESS(status) ? check_affinity(mask) : status;
}

static const struct {
    uint32_t class;
    ntstatus (*set)(struct eprocess *process, const void *buffer, uint32_t length);
} process_classes[] = {
    {5, set_base},
    {18, set_class},
    {21, set_process_affinity},
};

ntstatus nt_set_information_process(handle_t handle, uint32_t class, const void *buffer,
                                    uint32_t length)
{
    struct eprocess *process;
    uint32_t i = 0;

    while (i < ARRAY_SIZE(process_classes) && process_classes[i].class != class)
        i++;
    if (i == ARRAY_SIZE(process_classes))
        return STATUS_INVALID_INFO_CLASS;
    ntstatus status = nt_reference_process(handle, PROCESS_SET_INFORMATION, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = process_classes[i].set(process, buffer, length);
    ob_dereference_object(process);
    return status;
}

/* ---- threads: one word each ---------------------------------------------------------------------
 */

static ntstatus set_priority(struct ethread *thread, uint32_t word)
{
    if (word < 1 || word > HIGH_PRIORITY)
        return STATUS_INVALID_PARAMETER;
    ke_set_base_priority_thread(&thread->tcb, (int8_t)word);
    return STATUS_SUCCESS;
}

static ntstatus set_increment(struct ethread *thread, uint32_t word)
{
    ps_set_thread_increment(thread, (int32_t)word);
    return STATUS_SUCCESS;
}

static ntstatus set_thread_affinity(struct ethread *thread, uint32_t word)
{
    (void)thread;
    return check_affinity(word);
}

static ntstatus zero_tls_cell(struct ethread *thread, uint32_t word)
{
    return ps_zero_tls_cell(thread->process, word);
}

static const struct {
    uint32_t class;
    ntstatus (*set)(struct ethread *thread, uint32_t word);
} thread_classes[] = {
    {2, set_priority},
    {3, set_increment},
    {4, set_thread_affinity},
    {10, zero_tls_cell},
};

ntstatus nt_set_information_thread(handle_t handle, uint32_t class, const void *buffer,
                                   uint32_t length)
{
    struct ethread *thread;
    uint32_t word, i = 0;

    while (i < ARRAY_SIZE(thread_classes) && thread_classes[i].class != class)
        i++;
    if (i == ARRAY_SIZE(thread_classes))
        return STATUS_INVALID_INFO_CLASS;
    ntstatus status = read_word(buffer, length, &word);
    if (NT_SUCCESS(status))
        status = nt_reference_thread(handle, THREAD_SET_INFORMATION, &thread);
    if (!NT_SUCCESS(status))
        return status;
    status = thread_classes[i].set(thread, word);
    ob_dereference_object(thread);
    return status;
}
