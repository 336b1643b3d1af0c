/* What programs set of processes and threads. */
#include "kernel/ke/scheduler.h"
#include "kernel/ke/teb.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/reference.h"
#include "kernel/nt/user_memory.h"

#define PROCESS_BASE_PRIORITY  5u
#define PROCESS_PRIORITY_CLASS 18u
#define THREAD_PRIORITY        2u
#define THREAD_BASE_PRIORITY   3u
#define THREAD_ZERO_TLS_CELL   10u

/* One word of the caller's, in a class that has one. */
static ntstatus read_word(const void *buffer, uint32_t length, uint32_t *word)
{
    return length == sizeof(*word) ? rtl_copy_from_user(word, buffer, sizeof(*word))
                                   : STATUS_INFO_LENGTH_MISMATCH;
}

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

ntstatus nt_set_information_process(handle_t handle, uint32_t class, const void *buffer,
                                    uint32_t length)
{
    struct eprocess *process;

    if (class != PROCESS_BASE_PRIORITY && class != PROCESS_PRIORITY_CLASS)
        return STATUS_INVALID_INFO_CLASS;
    ntstatus status = nt_reference_process(handle, PROCESS_SET_INFORMATION, &process);
    if (!NT_SUCCESS(status))
        return status;
    status = class == PROCESS_BASE_PRIORITY ? set_base(process, buffer, length)
                                            : set_class(process, buffer, length);
    ob_dereference_object(process);
    return status;
}

static ntstatus set_thread(struct ethread *thread, uint32_t class, uint32_t word)
{
    if (class == THREAD_BASE_PRIORITY) {
        ps_set_thread_increment(thread, (int32_t)word);
        return STATUS_SUCCESS;
    }
    if (word < 1 || word > HIGH_PRIORITY)
        return STATUS_INVALID_PARAMETER;
    ke_set_base_priority_thread(&thread->tcb, (int8_t)word);
    return STATUS_SUCCESS;
}

ntstatus nt_set_information_thread(handle_t handle, uint32_t class, const void *buffer,
                                   uint32_t length)
{
    struct ethread *thread;
    uint32_t word;

    if (class != THREAD_PRIORITY && class != THREAD_BASE_PRIORITY && class != THREAD_ZERO_TLS_CELL)
        return STATUS_INVALID_INFO_CLASS;
    ntstatus status = read_word(buffer, length, &word);
    if (NT_SUCCESS(status))
        status = nt_reference_thread(handle, THREAD_SET_INFORMATION, &thread);
    if (!NT_SUCCESS(status))
        return status;
    status = class == THREAD_ZERO_TLS_CELL ? ps_zero_tls_cell(thread->process, word)
                                           : set_thread(thread, class, word);
    ob_dereference_object(thread);
    return status;
}
