/*
 * Names for what the window shows.
 */
#include "user/nt/nt.h"
#include "user/tokos/tokos.h"

static const char *const pte_kinds[] = {
    [TOKOS_PTE_ZERO] = "zero",
    [TOKOS_PTE_VALID] = "valid",
    [TOKOS_PTE_DEMAND_ZERO] = "demand-zero",
    [TOKOS_PTE_TRANSITION] = "transition",
    [TOKOS_PTE_PROTOTYPE] = "prototype",
    [TOKOS_PTE_PAGE_FILE] = "page-file",
    [TOKOS_PTE_DECOMMITTED] = "decommitted",
    [TOKOS_PTE_FREE] = "free",
};

static const char *const lists[] = {
    [TOKOS_LIST_ZEROED] = "zeroed",
    [TOKOS_LIST_FREE] = "free",
    [TOKOS_LIST_STANDBY] = "standby",
    [TOKOS_LIST_MODIFIED] = "modified",
    [TOKOS_LIST_MODIFIED_NO_WRITE] = "no-write",
    [TOKOS_LIST_BAD] = "bad",
    [TOKOS_LIST_ACTIVE] = "active",
    [TOKOS_LIST_TRANSITION] = "transition",
};

static const char *const vad_types[] = {
    [TOKOS_VAD_NONE] = "none",         [TOKOS_VAD_PRIVATE] = "private",
    [TOKOS_VAD_MAPPED] = "mapped",     [TOKOS_VAD_IMAGE] = "image",
    [TOKOS_VAD_PHYSICAL] = "physical", [TOKOS_VAD_WRITE_WATCH] = "write-watch",
};

const char *tokos_pte_kind_name(uint32_t kind)
{
    return kind < COUNT_OF(pte_kinds) ? pte_kinds[kind] : "?";
}

const char *tokos_list_name(uint32_t list)
{
    return list < COUNT_OF(lists) ? lists[list] : "?";
}

const char *tokos_vad_type_name(uint32_t type)
{
    return type < COUNT_OF(vad_types) ? vad_types[type] : "?";
}
