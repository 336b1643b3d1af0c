/* Semaphores for programs. */
#include "kernel/ex/objects.h"
#include "kernel/nt/common.h"

ntstatus nt_create_semaphore(handle_t *handle, uint32_t access,
                             const struct nt_object_attributes *attributes, int32_t count,
                             int32_t limit)
{
    struct nt_creation creation;
    ntstatus status = nt_begin_creation(&creation, handle, attributes);

    if (!NT_SUCCESS(status))
        return status;
    status = ex_create_semaphore(creation.attributes, access, ke_get_previous_mode(), count, limit,
                                 &creation.handle);
    return nt_end_creation(&creation, status);
}

ntstatus nt_open_semaphore(handle_t *handle, uint32_t access,
                           const struct nt_object_attributes *attributes)
{
    return nt_open_object(handle, access, attributes, ex_semaphore_type);
}

ntstatus nt_release_semaphore(handle_t handle, int32_t count, int32_t *previous_at)
{
    void *semaphore;
    int32_t previous;
    ntstatus status = nt_probe_result(previous_at, sizeof(*previous_at));

    if (NT_SUCCESS(status) && count <= 0)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = nt_reference_object(handle, SEMAPHORE_MODIFY_STATE, ex_semaphore_type, &semaphore,
                                     NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ke_release_semaphore(semaphore, SEMAPHORE_INCREMENT, count, &previous);
    ob_dereference_object(semaphore);
    if (NT_SUCCESS(status))
        nt_write_result(previous_at, &previous, sizeof(previous));
    return status;
}

static void fill(const void *object, void *information)
{
    const struct ksemaphore *semaphore = object;

    *(struct semaphore_basic_information *)information = (struct semaphore_basic_information){
        .count = ke_read_state_semaphore(semaphore),
        .limit = semaphore->limit,
    };
}

ntstatus nt_query_semaphore(handle_t handle, uint32_t information_class, void *buffer,
                            uint32_t length, uint32_t *returned)
{
    static const struct nt_query query = {&ex_semaphore_type, SEMAPHORE_QUERY_STATE,
                                          sizeof(struct semaphore_basic_information), fill};

    return nt_query(&query, handle, information_class, buffer, length, returned);
}
