/*
 * From the number to the service (KiSystemService). The arguments are copied from the program's
 * stack before anything is done with them, so that it cannot change them meanwhile.
 */
#include "arch/i386/registers.h"
#include "arch/i386/trap.h"
#include "kernel/ke/user_mode.h"
#include "kernel/nt/debug.h"
#include "kernel/nt/nt.h"
#include "kernel/nt/section.h"
#include "kernel/nt/services.h"
#include "kernel/nt/user_memory.h"

#define WORDS_AT_MOST 16 /* of any service's arguments */

struct service {
    const void *routine;
    uint32_t words;
};

#define ENTRY(name, function, word_count) {(const void *)(function), word_count},
static const struct service services[] = {SYSTEM_SERVICES(ENTRY)};
#undef ENTRY
#define FITS(name, function, word_count) &&(word_count) <= WORDS_AT_MOST
_Static_assert(true SYSTEM_SERVICES(FITS), "a service has too many arguments");
#undef FITS

/* arch/i386/system_call.S */
uint32_t ki_call_service(const void *service, const void *arguments, uint32_t words);

/* Almost all arguments lie so far below the end of user space that no service's could reach it. */
static inline bool arguments_are_users(uintptr_t arguments, uint32_t words)
{
    return likely(arguments < ki_highest_user_address - WORDS_AT_MOST * 4) ||
           nt_probe(arguments, words * 4);
}

static ntstatus call(uint32_t number, uintptr_t arguments)
{
    if (unlikely(number >= ARRAY_SIZE(services)))
        return STATUS_INVALID_SYSTEM_SERVICE;
    const struct service *service = &services[number];
    if (unlikely(!arguments_are_users(arguments, service->words)))
        return STATUS_ACCESS_VIOLATION;
    return ki_call_service(service->routine, (const void *)arguments, service->words);
}

void ki_system_service(struct ktrap_frame *frame)
{
    enable_interrupts();
    ntstatus status = call(frame->eax, frame->edx);
    disable_interrupts();
    if (likely(frame->vector)) /* else the service has set all registers */
        frame->eax = status;
}

void nt_init(void)
{
    nt_init_sections();
    ki_set_trap_handler(VECTOR_SYSTEM_SERVICE, ki_system_service);
}
