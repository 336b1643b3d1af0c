/* Processes and threads by their handles, the pseudo-handles included. */
#pragma once

#include "kernel/nt/nt.h"
#include "kernel/ps/ps.h"

/* => the process or thread, referenced, if HANDLE grants ACCESS to the caller of the service. */
ntstatus nt_reference_process(handle_t handle, uint32_t access, struct eprocess **process);
ntstatus nt_reference_thread(handle_t handle, uint32_t access, struct ethread **thread);
