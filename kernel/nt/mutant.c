/* Mutants, the mutexes of programs. */
#include "kernel/ex/objects.h"
#include "kernel/nt/common.h"

ntstatus nt_create_mutant(handle_t *handle, uint32_t access,
                          const struct nt_object_attributes *attributes, uint8_t owned)
{
    struct nt_creation creation;
    ntstatus status = nt_begin_creation(&creation, handle, attributes);

    if (!NT_SUCCESS(status))
        return status;
    status = ex_create_mutant(creation.attributes, access, ke_get_previous_mode(), owned != 0,
                              &creation.handle);
    return nt_end_creation(&creation, status);
}

ntstatus nt_open_mutant(handle_t *handle, uint32_t access,
                        const struct nt_object_attributes *attributes)
{
    return nt_open_object(handle, access, attributes, ex_mutant_type);
}

/* Its owner may, whatever the handle grants. */
ntstatus nt_release_mutant(handle_t handle, int32_t *previous_at)
{
    void *mutant;
    int32_t previous;
    ntstatus status = nt_probe_result(previous_at, sizeof(*previous_at));

    if (NT_SUCCESS(status))
        status = nt_reference_object(handle, 0, ex_mutant_type, &mutant, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = ke_release_mutant(mutant, MUTANT_INCREMENT, &previous);
    ob_dereference_object(mutant);
    if (NT_SUCCESS(status))
        nt_write_result(previous_at, &previous, sizeof(previous));
    return status;
}

static void fill(const void *object, void *information)
{
    const struct kmutant *mutant = object;

    *(struct mutant_basic_information *)information = (struct mutant_basic_information){
        .count = ke_read_state_mutant(mutant),
        .owned_by_caller = mutant->owner_thread == ke_get_current_thread(),
        .abandoned = mutant->abandoned,
    };
}

ntstatus nt_query_mutant(handle_t handle, uint32_t information_class, void *buffer, uint32_t length,
                         uint32_t *returned)
{
    static const struct nt_query query = {&ex_mutant_type, MUTANT_QUERY_STATE,
                                          sizeof(struct mutant_basic_information), fill};

    return nt_query(&query, handle, information_class, buffer, length, returned);
}
