/*
 * Programs that take all there is of something (tests/user/bomb.c), each run twice: once it gives
 * back what it has, once it leaves that to its end. Each says by its exit code whether Windows
 * refused as documented; then everything must be there again, and the next one runs in the same
 * system.
 */
#include "tests/kernel/files.h"
#include "tests/kernel/programs.h"

static void explode(struct ktest *test, const uint16_t *const commands[], uint32_t count)
{
    struct ktest_resources before = {0};

    if (!ktest_has_volume(test))
        return;
    ktest_assert_eq(test, ktest_run_command(u"bomb leaf"), STATUS_SUCCESS);
    ktest_begin_leak_check(test); /* with the DLLs that the kernel keeps */
    ktest_take_down(&before);
    for (uint32_t i = 0; i < count; i++) {
        ktest_assert_eq(test, ktest_run_command(commands[i]), STATUS_SUCCESS);
        ktest_assert(test, ktest_left_nothing(&before));
    }
}

#define BOMB(name)                                                                           \
    KTEST_LONG(bombs, name)                                                                  \
    {                                                                                        \
        static const uint16_t *const commands[] = {u"bomb " #name, u"bomb " #name " leave"}; \
        explode(test, commands, ARRAY_SIZE(commands));                                       \
    }

BOMB(event)
BOMB(named)
BOMB(mutex)
BOMB(semaphore)
BOMB(timer)
BOMB(handle)
BOMB(file)
BOMB(section)
BOMB(view)
BOMB(region)
BOMB(memory)
BOMB(block)
BOMB(heap)
BOMB(thread)
BOMB(large_thread)
BOMB(process)
BOMB(clone)
BOMB(apc)
BOMB(stack)
BOMB(fork)
