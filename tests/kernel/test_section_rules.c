/* Sections: addresses that are everybody's (SEC_BASED), growing, and writing back. */
#include "mm/layout.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"

#define KB64 0x10000u
#define MB   0x100000u

#define SMALL_MACHINE (32 * MB >> PAGE_SHIFT) /* frames */

static ntstatus make_based(struct mm_section *section, uint64_t bytes)
{
    return mm_create_section(section, NULL, bytes, PAGE_READWRITE, SEC_COMMIT | SEC_BASED);
}

static ntstatus map_at(struct ktest_space *s, struct mm_section *section, uint32_t offset,
                       uintptr_t *base)
{
    struct mm_view_request request = {
        .base = *base, .offset = offset, .inherit = VIEW_UNMAP, .protect = PAGE_READWRITE};
    ntstatus status = mm_map_view_of_section(s->vm, section, &request);

    *base = request.base;
    return status;
}

/* A view may have what its section has; to write to copies is to read. By the base's bit. */
KTEST(section, a_view_may_have_what_its_section_has)
{
    enum {
        R = 1,
        W = 2,
        X = 4
    };
    static const uint8_t has[8] = {0, R, R | W, R, X, R | X, R | W | X, R | X};
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    for (uint32_t i = 1; i < ARRAY_SIZE(has); i++) {
        struct mm_section section;
        ntstatus status = mm_create_section(&section, NULL, PAGE_SIZE, 1u << i, SEC_COMMIT);
        ktest_assert_eq(test, status, STATUS_SUCCESS);
        for (uint32_t j = 1; j < ARRAY_SIZE(has); j++) {
            struct mm_view_request request = {.inherit = VIEW_UNMAP, .protect = 1u << j};
            status = mm_map_view_of_section(s.vm, &section, &request);
            ktest_assert_eq(test, status,
                            has[j] & ~has[i] ? STATUS_SECTION_PROTECTION : STATUS_SUCCESS);
        }
        mm_delete_section(&section);
    }
    ktest_leave_space(&s);
}

KTEST(based, a_section_has_one_address_in_all_processes)
{
    struct mm_section section;
    struct ktest_space a, b;
    uintptr_t in_a = 0, in_b = 0, tail = 0;

    ktest_assert_eq(test, make_based(&section, 3 * KB64), STATUS_SUCCESS);
    ktest_assert(test,
                 section.base && section.base % KB64 == 0 && section.base + 3 * KB64 < MM_PEB - MB);
    if (!ktest_enter_space(test, &a))
        return;
    ktest_assert_eq(test, map_at(&a, &section, 0, &in_a), STATUS_SUCCESS);
    ktest_assert_eq(test, in_a, section.base);
    ktest_write((void *)(in_a + 2 * KB64), 7);
    if (!ktest_enter_space(test, &b))
        return;
    ktest_allocate(&b, 0, KB64, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE);
    ktest_assert_eq(test, map_at(&b, &section, 2 * KB64, &tail), STATUS_SUCCESS);
    ktest_assert_eq(test, tail, section.base + 2 * KB64); /* where it is in the whole */
    ktest_assert_eq(test, ktest_read((void *)tail), 7);
    ktest_assert_eq(test, map_at(&b, &section, 0, &in_b), STATUS_CONFLICTING_ADDRESSES);
    ktest_leave_space(&b);
    ktest_leave_space(&a);
    mm_delete_section(&section);
}

KTEST(based, an_address_that_is_taken_is_a_conflict)
{
    struct mm_section section;
    struct ktest_space s;
    uintptr_t base = 0;

    ktest_assert_eq(test, make_based(&section, KB64), STATUS_SUCCESS);
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert(test, ktest_allocate(&s, section.base, PAGE_SIZE, MEM_RESERVE, PAGE_READWRITE));
    ktest_assert_eq(test, map_at(&s, &section, 0, &base), STATUS_CONFLICTING_ADDRESSES);
    ktest_assert_eq(test, ktest_free(&s, section.base, 0, MEM_RELEASE), STATUS_SUCCESS);
    ktest_assert_eq(test, map_at(&s, &section, 0, &base), STATUS_SUCCESS);
    ktest_assert_eq(test, base, section.base);
    ktest_leave_space(&s);
    mm_delete_section(&section);
}

KTEST(based, sections_do_not_overlap_and_gaps_are_used_again)
{
    struct mm_section sections[4], again, large, exact;

    for (uint32_t i = 0; i < ARRAY_SIZE(sections); i++)
        ktest_assert_eq(test, make_based(&sections[i], (i + 1) * KB64 - 5), STATUS_SUCCESS);
    for (uint32_t i = 1; i < ARRAY_SIZE(sections); i++)
        ktest_assert_eq(test, sections[i].base + (i + 1) * KB64, sections[i - 1].base);
    uintptr_t gap = sections[2].base;
    mm_delete_section(&sections[2]);
    ktest_assert_eq(test, make_based(&large, 3 * KB64 + 1), STATUS_SUCCESS); /* too large for it */
    ktest_assert_eq(test, large.base, sections[3].base - 4 * KB64);
    ktest_assert_eq(test, make_based(&again, 2 * KB64), STATUS_SUCCESS);
    ktest_assert_eq(test, again.base, gap + KB64);
    ktest_assert_eq(test, make_based(&exact, KB64), STATUS_SUCCESS); /* what is left of it */
    ktest_assert_eq(test, exact.base, gap);
    mm_delete_section(&exact);
    mm_delete_section(&again);
    mm_delete_section(&large);
    mm_delete_section(&sections[0]);
    mm_delete_section(&sections[1]);
    mm_delete_section(&sections[3]);
    ktest_assert_eq(test, make_based(&again, KB64), STATUS_SUCCESS);
    ktest_assert_eq(test, again.base, gap + 5 * KB64); /* the highest place again */
    mm_delete_section(&again);
}

/* A section of a file may be extended as far as the file reaches, and has room for that. */
KTEST(based, an_extended_section_overlaps_none)
{
    struct ktest_file file;
    struct mm_section high, low, next;
    uint64_t bytes = 4 * KB64;

    ktest_make_file(&file, NULL, 4 * KB64);
    ktest_assert_eq(test, make_based(&high, KB64), STATUS_SUCCESS);
    ktest_assert_eq(
        test,
        mm_create_section(&low, &file.source, PAGE_SIZE, PAGE_READONLY, SEC_COMMIT | SEC_BASED),
        STATUS_SUCCESS);
    ktest_assert_eq(test, low.base, high.base - 4 * KB64);
    ktest_assert_eq(test, mm_extend_section(&low, &bytes), STATUS_SUCCESS);
    ktest_assert_eq(test, make_based(&next, KB64), STATUS_SUCCESS);
    ktest_assert_eq(test, next.base, low.base - KB64);
    mm_delete_section(&next);
    mm_delete_section(&low);
    mm_delete_section(&high);
}

KTEST(based, there_may_be_no_room)
{
    struct mm_section sections[3];
    uint32_t made = 0, count;
    ntstatus status = STATUS_SUCCESS;

    while (made < ARRAY_SIZE(sections) && NT_SUCCESS(status)) {
        status = mm_create_section(&sections[made], NULL, 700ull * MB, PAGE_READWRITE,
                                   SEC_RESERVE | SEC_BASED);
        made += NT_SUCCESS(status);
    }
    count = made;
    while (made--)
        mm_delete_section(&sections[made]);
    if (status == STATUS_INSUFFICIENT_RESOURCES) { /* no pool for prototype PTEs of 1.4 GB */
        ktest_assert(test, mm_highest_physical_page < SMALL_MACHINE);
        return;
    }
    ktest_assert_eq(test, count, 2);
    ktest_assert_eq(test, status, STATUS_NO_MEMORY);
}

/* ---- growing ----------------------------------------------------------------------------------
 */

KTEST(extend, a_section_grows_as_far_as_its_file)
{
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    uintptr_t base = 0;
    uint64_t bytes = 2 * KB64;

    ktest_make_file(&file, NULL, 5 * KB64 / 2);
    ktest_assert_eq(
        test, mm_create_section(&section, &file.source, 100, PAGE_EXECUTE_READWRITE, SEC_COMMIT),
        STATUS_SUCCESS);
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, map_at(&s, &section, KB64, &base), STATUS_INVALID_VIEW_SIZE);
    ktest_assert_eq(test, mm_extend_section(&section, &bytes), STATUS_SUCCESS);
    ktest_assert_eq(test, (uint32_t)bytes, 2 * KB64);
    base = 0;
    ktest_assert_eq(test, map_at(&s, &section, KB64, &base), STATUS_SUCCESS);
    ktest_assert_eq(test, (uint8_t)ktest_read((void *)base), 17);
    bytes = 50;
    ktest_assert_eq(test, mm_extend_section(&section, &bytes), STATUS_SUCCESS);
    ktest_assert_eq(test, (uint32_t)bytes, 2 * KB64); /* it does not shrink */
    bytes = 5 * KB64 / 2 + 1;
    ktest_assert_eq(test, mm_extend_section(&section, &bytes), STATUS_MEDIA_WRITE_PROTECTED);
    ktest_assert_eq(test, (uint32_t)section.bytes, 2 * KB64);
    ktest_leave_space(&s);
    mm_delete_section(&section);
}

KTEST(extend, memory_and_images_do_not_grow)
{
    static uint8_t image[KTEST_IMAGE_BYTES];
    struct ktest_file file;
    struct mm_section section;
    uint64_t bytes = 1;

    mm_create_section(&section, NULL, KB64, PAGE_READWRITE, SEC_COMMIT);
    ktest_assert_eq(test, mm_extend_section(&section, &bytes), STATUS_SECTION_NOT_EXTENDED);
    mm_delete_section(&section);
    ktest_build_image(image, 0x400000);
    ktest_make_file(&file, image, sizeof(image));
    ktest_assert_eq(test,
                    mm_create_section(&section, &file.source, 0, PAGE_EXECUTE_READ, SEC_IMAGE),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, mm_extend_section(&section, &bytes), STATUS_SECTION_NOT_EXTENDED);
    mm_delete_section(&section);
}

/* ---- writing back -----------------------------------------------------------------------------
 */

static ntstatus flush(struct ktest_space *s, uintptr_t *base, uint32_t *size)
{
    return mm_flush_virtual_memory(s->vm, base, size);
}

KTEST(flush, ranges_of_views_are_rounded)
{
    struct mm_section section;
    struct ktest_space s;
    uintptr_t view = 0;

    mm_create_section(&section, NULL, 5 * PAGE_SIZE, PAGE_READWRITE, SEC_COMMIT);
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, map_at(&s, &section, 0, &view), STATUS_SUCCESS);
    struct {
        uint32_t offset, size;
        ntstatus status;
        uint32_t start, bytes;
    } cases[] = {
        {0, 1, STATUS_SUCCESS, 0, PAGE_SIZE},
        {PAGE_SIZE - 1, 2, STATUS_SUCCESS, 0, 2 * PAGE_SIZE},
        {PAGE_SIZE + 5, 0, STATUS_SUCCESS, PAGE_SIZE, 4 * PAGE_SIZE}, /* to the end */
        {0, 5 * PAGE_SIZE, STATUS_SUCCESS, 0, 5 * PAGE_SIZE},
        {1, 5 * PAGE_SIZE, STATUS_NOT_MAPPED_VIEW, 1, 5 * PAGE_SIZE},
        {5 * PAGE_SIZE, 1, STATUS_NOT_MAPPED_VIEW, 5 * PAGE_SIZE, 1},
        {0, 0x80000000, STATUS_INVALID_PARAMETER_2, 0, 0x80000000},
    };

    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uintptr_t base = view + cases[i].offset;
        uint32_t size = cases[i].size;
        ktest_assert_eq(test, flush(&s, &base, &size), cases[i].status);
        ktest_assert_eq(test, base - view, cases[i].start);
        ktest_assert_eq(test, size, cases[i].bytes);
    }
    ktest_leave_space(&s);
    mm_delete_section(&section);
}

KTEST(flush, what_is_no_data_view_is_refused)
{
    static uint8_t image[KTEST_IMAGE_BYTES];
    struct mm_view_request request = {.inherit = VIEW_UNMAP, .protect = PAGE_EXECUTE_READ};
    struct ktest_file file;
    struct mm_section section;
    struct ktest_space s;
    uint32_t size = 1;

    ktest_build_image(image, 0x400000);
    ktest_make_file(&file, image, sizeof(image));
    mm_create_section(&section, &file.source, 0, PAGE_EXECUTE_READ, SEC_IMAGE);
    if (!ktest_enter_space(test, &s))
        return;
    uintptr_t base = ktest_allocate(&s, 0, PAGE_SIZE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_assert_eq(test, flush(&s, &base, &size), STATUS_NOT_MAPPED_DATA);
    ktest_assert_eq(test, mm_map_view_of_section(s.vm, &section, &request), STATUS_SUCCESS);
    base = request.base;
    ktest_assert_eq(test, flush(&s, &base, &size), STATUS_NOT_MAPPED_DATA);
    base = KERNEL_BASE;
    ktest_assert_eq(test, flush(&s, &base, &size), STATUS_INVALID_PARAMETER_2);
    ktest_leave_space(&s);
    mm_delete_section(&section);
}
