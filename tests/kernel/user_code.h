/* The programs of user_code.S, and where they run. */
#pragma once

#define SERVICE_NULL              0
#define SERVICE_ALLOCATE          1
#define SERVICE_FREE              2
#define SERVICE_CONTINUE          13
#define SERVICE_TERMINATE_PROCESS 16
#define SERVICE_YIELD             17

#define USER_CODE  0x00400000
#define USER_DATA  0x00500000
#define USER_STACK 0x00600000 /* its end */

#ifndef __ASSEMBLER__
#include "kernel/nt/services.h"
#include "kernel/ps/ps.h"
#include "tests/kernel/ktest.h"

#define USER_PROGRAM(name) extern const char user_##name[], user_##name##_end[]

/* A process that will run the program CODE..END in user mode with NUMBER in edi; its thread does
 * not run yet. => false with the test failed. */
struct ktest_program {
    struct eprocess *process;
    struct ethread *thread;
};
bool ktest_load_program(struct ktest *test, struct ktest_program *program, const char *code,
                        const char *end, uint32_t number);
/* Run it to its end. => its exit code. */
ntstatus ktest_run_program(struct ktest_program *program);
/* Copy BYTES to ADDRESS in its memory, before it runs. => whether it worked. */
bool ktest_fill_program(struct ktest_program *program, uintptr_t address, const void *from,
                        uint32_t bytes);
/* NUMBER_NtClose and so on. */
enum service_numbers {
#define NUMBER(name, function, words) NUMBER_##name,
    SYSTEM_SERVICES(NUMBER)
#undef NUMBER
    SERVICE_COUNT
};
/* A service called by a program, with as many arguments as it has; the list ends with number -1. */
struct ktest_call {
    uint32_t number, result, arguments[12];
};
#define KTEST_NO_MORE_CALLS ((struct ktest_call){.number = UINT32_MAX})

/* Load and run. */
ntstatus ktest_user(struct ktest *test, const char *code, const char *end, uint32_t number);
#define KTEST_USER(test, name, number) ktest_user(test, user_##name, user_##name##_end, number)
#endif
