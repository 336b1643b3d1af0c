/* What the kernel's handlers find in the processor when the kernel itself takes a trap. */
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
