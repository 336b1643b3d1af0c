/* Objects by their handles, the pseudo-handles of processes and threads included. */
#pragma once

#include "kernel/nt/nt.h"
#include "kernel/ps/ps.h"

/* => the object of TYPE (NULL: any), referenced, if HANDLE grants ACCESS to the caller of the
 * service. *INFO (unless NULL) gets the entry; a pseudo-handle grants everything. */
ntstatus nt_reference_object(handle_t handle, uint32_t access, const struct object_type *type,
                             void **object, struct handle_entry *info);
ntstatus nt_reference_process(handle_t handle, uint32_t access, struct eprocess **process);
/* Has PROCESS an address space to work on? Not if it is the system's, or another one that ends. */
bool nt_has_address_space(const struct eprocess *process);
ntstatus nt_reference_thread(handle_t handle, uint32_t access, struct ethread **thread);
