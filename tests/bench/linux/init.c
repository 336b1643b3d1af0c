/*
 * The first program of Linux, there only to run the benchmarks: it mounts what they need, lets a
 * child run them, since the kernel logs every fault of the first process, and switches the machine
 * off. The kernel's command line says with how many regions: regions=10, or all.
 */
#define _GNU_SOURCE
#include "tests/bench/user/bench.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void expect(bool holds, const char *what)
{
    if (holds)
        return;
    printf("# failed %s, %m, %u regions\n", what, region_count);
    exit(1);
}

uint64_t nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool set(const char *file, const char *value)
{
    int descriptor = open(file, O_WRONLY);
    bool done =
        descriptor >= 0 && write(descriptor, value, strlen(value)) == (ssize_t)strlen(value);

    close(descriptor);
    return done;
}

/* Pages of 4 KB, a fault for each, and as many mappings as are wanted. */
static void settle(void)
{
    static const char *const folders[] = {"/proc", "/sys", "/dev"};
    static const char *const types[] = {"proc", "sysfs", "devtmpfs"};

    for (int i = 0; i < 3; i++) {
        mkdir(folders[i], 0755);
        mount(types[i], folders[i], types[i], 0, "");
    }
    mount("debugfs", "/sys/kernel/debug", "debugfs", 0, "");
    set("/sys/kernel/mm/transparent_hugepage/enabled", "never"); /* a kernel may have none */
    expect(set("/sys/kernel/debug/fault_around_bytes", "4096"), "fault_around_bytes");
    expect(set("/proc/sys/vm/max_map_count", "262144"), "max_map_count");
}

/* What QEMU has for the guest's memory is zeroed by the host when it is first used, which is not to
 * be measured. TokOS has zeroed all its pages by now. */
static void use_all_memory(void)
{
    enum {
        MOST_OF_IT = 100000
    }; /* pages, of 131,072 */
    char *memory = commit(MOST_OF_IT);

    touch(memory, MOST_OF_IT);
    release(memory, MOST_OF_IT);
}

static uint32_t wanted_regions(void)
{
    char words[1024] = "";
    int file = open("/proc/cmdline", O_RDONLY);

    expect(read(file, words, sizeof(words) - 1) > 0, "command line");
    close(file);
    const char *found = strstr(words, "regions=");
    return found ? (uint32_t)atoi(found + strlen("regions=")) : 0;
}

static void run_benches(void)
{
    settle();
    use_all_memory();
    measure_begin();
    for_all(measure, wanted_regions(), 0, NULL);
    printf("# note done=1\n");
    exit(0);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("\n");
    pid_t child = fork();
    if (!child)
        run_benches();
    waitpid(child, NULL, 0);
    reboot(RB_POWER_OFF); /* or a panic, where the machine cannot be switched off: QEMU ends too */
    return 0;
}
