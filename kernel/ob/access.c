/* Access masks: generic rights become what they mean for the type; what it does not know is denied.
 */
#include "kernel/ob/ob_internal.h"

static uint32_t map_generic(const struct generic_mapping *mapping, uint32_t access)
{
    const struct {
        uint32_t generic, specific;
    } rights[] = {{GENERIC_READ, mapping->read},
                  {GENERIC_WRITE, mapping->write},
                  {GENERIC_EXECUTE, mapping->execute},
                  {GENERIC_ALL, mapping->all}};

    for (uint32_t i = 0; i < ARRAY_SIZE(rights); i++)
        if (access & rights[i].generic)
            access = (access & ~rights[i].generic) | rights[i].specific;
    return access;
}

ntstatus ob_grant_access(const struct object_type *type, uint32_t access, enum kprocessor_mode mode,
                         uint32_t *granted)
{
    access = map_generic(&type->info.mapping, access);
    if (access & MAXIMUM_ALLOWED)
        access = (access & ~MAXIMUM_ALLOWED) | type->info.valid_access;
    if ((access & ~type->info.valid_access) && mode != KERNEL_MODE)
        return STATUS_ACCESS_DENIED;
    *granted = access & type->info.valid_access;
    return STATUS_SUCCESS;
}
