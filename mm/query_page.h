/* What programs may see of the memory manager. */
#pragma once

#include "lib/status.h"
#include "mm/address_space.h"
#include "user/tokos/tokos.h"

/* What is at VA of SPACE, which is in use. => STATUS_INVALID_PARAMETER beyond its end. Up to
 * APC_LEVEL. */
ntstatus mm_query_page(struct mm_address_space *space, uintptr_t va, struct tokos_page *out);

/* The counters, with SPACE's own, if it is not NULL. */
void mm_query_tokos_counters(const struct mm_address_space *space, struct tokos_counters *out);
