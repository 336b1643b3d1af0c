/* What the kernel's handlers find in the processor when the kernel itself takes a trap. */
#include "arch/i386/descriptors.h"
#include "arch/i386/registers.h"
#include "arch/i386/trap.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"
#include "tests/kernel/threads.h"

#define TEST_VECTOR 0xC5

static uint32_t flags_in_handler;

static void note_flags(struct ktrap_frame *frame)
{
    (void)frame;
    flags_in_handler = read_eflags();
}

/* SMAP or not, the flag is what the processor would look at. */
KTEST(trap, handlers_run_with_user_space_closed)
{
    ki_trap_handler before = ki_set_trap_handler(TEST_VECTOR, note_flags);
    uint32_t flags = read_eflags();

    write_eflags(flags | EFLAGS_AC);
    __asm__ volatile("int %0" : : "i"(TEST_VECTOR) : "memory");
    uint32_t behind = read_eflags();
    write_eflags(flags);
    ki_set_trap_handler(TEST_VECTOR, before);
    ktest_assert_eq(test, flags_in_handler & EFLAGS_AC, 0);
    ktest_assert_eq(test, behind & EFLAGS_AC, EFLAGS_AC); /* the interrupted code has it again */
}

struct slow_file {
    struct ktest_file file;
    struct kevent reading, looked;
    uint32_t flags_of_reader, flags_of_other;
};

static struct slow_file slow;
static ntstatus (*read_fast)(const struct mm_page_source *, uint32_t, uint32_t, pfn_t);

/* Meanwhile the other thread runs. */
static ntstatus read_and_wait(const struct mm_page_source *source, uint32_t offset, uint32_t bytes,
                              pfn_t frame)
{
    slow.flags_of_reader = read_eflags();
    ke_set_event(&slow.reading, 0);
    ke_wait_for_single_object(&slow.looked, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    return read_fast(source, offset, bytes, frame);
}

static void look_while_it_reads(void *context)
{
    (void)context;
    ke_wait_for_single_object(&slow.reading, WR_EXECUTIVE, KERNEL_MODE, false, NULL);
    slow.flags_of_other = read_eflags();
    ke_set_event(&slow.looked, 0);
}

static void make_slow_file(void)
{
    ktest_make_file(&slow.file, NULL, PAGE_SIZE);
    read_fast = slow.file.source.read_page;
    slow.file.source.read_page = read_and_wait;
    ke_initialize_event(&slow.reading, EVENT_NOTIFICATION_OBJECT, false);
    ke_initialize_event(&slow.looked, EVENT_NOTIFICATION_OBJECT, false);
    slow.flags_of_reader = slow.flags_of_other = EFLAGS_AC;
}

/* Only the copying itself touches the page: not the handler of its fault, nor who runs while the
 * page is read. */
KTEST(trap, user_space_is_closed_while_a_copy_waits_for_its_page)
{
    struct mm_view_request request = {.inherit = VIEW_UNMAP, .protect = PAGE_READONLY};
    struct mm_section section;
    struct ktest_space s;
    uint8_t byte = 0;

    make_slow_file();
    mm_create_section(&section, &slow.file.source, 0, PAGE_READONLY, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, mm_map_view_of_section(s.vm, &section, &request), STATUS_SUCCESS);
    struct ethread *other = ktest_thread(test, TEST_PRIORITY, look_while_it_reads, NULL);
    ktest_assert(test, other);
    ktest_assert_eq(test, ki_copy_guarded(&byte, (void *)request.base, 1), STATUS_SUCCESS);
    ktest_join(other);
    ktest_assert_eq(test, byte, 1);
    ktest_assert_eq(test, slow.flags_of_reader & EFLAGS_AC, 0);
    ktest_assert_eq(test, slow.flags_of_other & EFLAGS_AC, 0);
    ktest_assert_eq(test, read_eflags() & EFLAGS_AC, 0);
    mm_delete_section(&section);
    ktest_leave_space(&s);
}

/* ---- segments
 * ------------------------------------------------------------------------------------------- */

struct segments {
    uint32_t ds, es, fs;
};

static struct segments read_segments(void)
{
    struct segments s;

    __asm__ volatile("mov %%ds, %0\n\tmov %%es, %1\n\tmov %%fs, %2"
                     : "=r"(s.ds), "=r"(s.es), "=r"(s.fs));
    return (struct segments){s.ds & 0xFFFF, s.es & 0xFFFF, s.fs & 0xFFFF};
}

static uint32_t watched;

/* INSTRUCTION where DATA is in ds and es, and fs is the program's; %[word] has the address of
 * `watched`. => what is there afterwards. Interrupts are off: their handlers need the kernel's. */
#define IN_SEGMENTS(data, instruction)                                                  \
    ({                                                                                  \
        struct segments s_ = {(data), (data), KGDT_R3_TEB};                             \
        __asm__ volatile("pushl %%ds\n\tpushl %%es\n\tpushl %%fs\n\t"                   \
                         "mov %0, %%ds\n\tmov %1, %%es\n\tmov %2, %%fs\n\t" instruction \
                         "\n\tmov %%ds, %0\n\tmov %%es, %1\n\tmov %%fs, %2\n\t"         \
                         "popl %%fs\n\tpopl %%es\n\tpopl %%ds"                          \
                         : "+r"(s_.ds), "+r"(s_.es), "+r"(s_.fs)                        \
                         : [word] "r"(&watched)                                         \
                         : "memory", "cc");                                             \
        (struct segments){s_.ds & 0xFFFF, s_.es & 0xFFFF, s_.fs & 0xFFFF};              \
    })

static struct segments in_handler;
static uint32_t handled;

static void note_segments(struct ktrap_frame *frame)
{
    (void)frame;
    in_handler = read_segments();
    handled++;
}

static void expect_segments(struct ktest *test, struct segments s, uint32_t data, uint32_t fs)
{
    ktest_assert_eq(test, s.ds, data);
    ktest_assert_eq(test, s.es, data);
    ktest_assert_eq(test, s.fs, fs);
}

/* They come before the kernel has loaded its own as well. */
KTEST(trap, debug_exceptions_and_nmis_bring_the_kernels_segments)
{
    ki_trap_handler debug = ki_set_trap_handler(VECTOR_DEBUG, note_segments);
    ki_trap_handler nmi = ki_set_trap_handler(VECTOR_NMI, note_segments);
    uint32_t flags = save_and_disable_interrupts();

    handled = 0;
    struct segments behind_debug = IN_SEGMENTS(KGDT_R0_DATA, "int $1"), in_debug = in_handler;
    struct segments behind_nmi = IN_SEGMENTS(KGDT_R0_DATA, "int $2"), in_nmi = in_handler;
    restore_interrupts(flags);
    ki_set_trap_handler(VECTOR_NMI, nmi);
    ki_set_trap_handler(VECTOR_DEBUG, debug);
    ktest_assert_eq(test, handled, 2);
    expect_segments(test, in_debug, KGDT_R3_DATA, KGDT_R0_PCR);
    expect_segments(test, in_nmi, KGDT_R3_DATA, KGDT_R0_PCR);
    expect_segments(test, behind_debug, KGDT_R0_DATA, KGDT_R3_TEB);
    expect_segments(test, behind_nmi, KGDT_R0_DATA, KGDT_R3_TEB);
}

#define WATCH_WRITES_TO_WORD_0 0x000D0001u /* DR7 */
#define DR6_BREAKPOINTS        0x0000000Fu

static ki_trap_handler usual;

static void count_and_handle(struct ktrap_frame *frame)
{
    handled++;
    usual(frame);
}

/* As near as one comes to a program's `mov m, %ss; int $0x2E` with a breakpoint on m, which QEMU
 * does not deliver behind the INT: a breakpoint of the thread where its segments are still there.
 */
KTEST(trap, a_breakpoint_held_back_into_the_kernel_is_dismissed)
{
    struct kthread *thread = ke_get_current_thread();
    uint32_t flags = save_and_disable_interrupts();

    usual = ki_set_trap_handler(VECTOR_DEBUG, count_and_handle);
    handled = watched = 0;
    thread->debug_active = true;
    write_dr6(0);
    write_dr0((uint32_t)&watched);
    write_dr7(WATCH_WRITES_TO_WORD_0);
    struct segments behind = IN_SEGMENTS(0, "movl $5, %%ss:(%[word])\n\tnop");
    write_dr7(0);
    uint32_t causes = read_dr6();
    thread->debug_active = false;
    ki_set_trap_handler(VECTOR_DEBUG, usual);
    restore_interrupts(flags);
    ktest_assert_eq(test, handled, 1);
    ktest_assert_eq(test, watched, 5);
    ktest_assert_eq(test, causes & DR6_BREAKPOINTS, 0);
    expect_segments(test, behind, 0, KGDT_R3_TEB);
}
