/*
 * One call of a benchmark's work for tools/bench_profile.py, which stops the machine at the first
 * mark, has every instruction logged from there to the last, and counts those between the others. A
 * mark is a `ret` at a fixed address.
 */
#include "tests/bench/user/win32.h"
#include <string.h>

#define MARKS      0x66660000u
#define MARK_SPACE 16u /* bytes */
#define MARK_COUNT 4u
#define WARM       3u
#define RET        0xC3

static void mark(uint32_t number)
{
    ((void (*)(void))(MARKS + number * MARK_SPACE))();
}

/* What the stop leaves behind, an interrupt that was due, is to be over. */
static void spin(void)
{
    for (volatile uint32_t i = 0; i < 20000; i++)
        ;
}

void profile(const struct bench *bench)
{
    void *marks =
        VirtualAlloc((void *)MARKS, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);

    expect(marks != NULL, "marks");
    memset(marks, RET, MARK_COUNT * MARK_SPACE);
    if (bench->prepare)
        bench->prepare();
    for (uint32_t i = 0; i < WARM; i++)
        bench->work(i);
    mark(0);
    spin();
    mark(1);
    bench->work(WARM);
    mark(2);
    mark(3);
}
