/* System calls, processes and threads. */
#define _GNU_SOURCE
#include "tests/bench/user/bench.h"
#include <pthread.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static uintptr_t fast_call;

static void find_fast_call(void)
{
    fast_call = getauxval(AT_SYSINFO);
    expect(fast_call, "the way in by sysenter");
}

static void by_sysenter(uint32_t sample)
{
    (void)sample;
    for (int i = 0; i < 10; i++) {
        long result = SYS_getppid;

        __asm__ volatile("call *%1" : "+a"(result) : "r"(fast_call) : "memory");
    }
}

static void by_interrupt(uint32_t sample)
{
    (void)sample;
    for (int i = 0; i < 10; i++) {
        long result = SYS_getppid;

        __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    }
}

static void run_minimal(uint32_t sample)
{
    static char *const arguments[] = {"/minimal", NULL}, *const environment[] = {NULL};
    pid_t child = vfork();
    int status;

    (void)sample;
    if (!child) {
        execve(arguments[0], arguments, environment);
        _exit(1);
    }
    expect(waitpid(child, &status, 0) == child && !status, "minimal");
}

static void *thread(void *parameter)
{
    return parameter;
}

static void run_thread(uint32_t sample)
{
    pthread_t id;

    (void)sample;
    expect(!pthread_create(&id, NULL, thread, NULL) && !pthread_join(id, NULL), "thread");
}

const struct bench call_benches[] = {
    {"null_call.sysenter", 1, 200, 10, 0, find_fast_call, by_sysenter, NULL},
    {"null_call.int_2e", 1, 200, 10, 0, NULL, by_interrupt, NULL},
    {0},
};

const struct bench create_benches[] = {
    {"process.minimal", 1, 21, 1, 0, NULL, run_minimal, NULL},
    {"thread", 1, 51, 1, 0, NULL, run_thread, NULL},
    {0},
};
