/* Images: where their pages come from, what they may be used for, and that code is in memory once.
 */
#include "lib/string.h"
#include "mm/page_read.h"
#include "mm/pool.h"
#include "tests/kernel/sources.h"
#include "tests/kernel/spaces.h"

#define PREFERRED 0x00400000u

struct loaded {
    struct ktest_file file;
    struct mm_section section;
    uint8_t bytes[KTEST_IMAGE_BYTES];
};

/* The image as IMAGE->bytes have it. */
static bool load_built(struct ktest *test, struct loaded *image)
{
    ktest_make_file(&image->file, image->bytes, KTEST_IMAGE_BYTES);
    ntstatus status =
        mm_create_section(&image->section, &image->file.source, 0, PAGE_EXECUTE_READ, SEC_IMAGE);
    if (NT_SUCCESS(status))
        return true;
    ktest_fail_eq(test, __FILE__, __LINE__, "SEC_IMAGE", status, STATUS_SUCCESS);
    return false;
}

static bool load(struct ktest *test, struct loaded *image)
{
    ktest_build_image(image->bytes, PREFERRED);
    return load_built(test, image);
}

static ntstatus map(struct ktest_space *s, struct loaded *image, uintptr_t *base)
{
    struct mm_view_request request = {
        .base = *base, .inherit = VIEW_UNMAP, .protect = PAGE_EXECUTE_READ};
    ntstatus status = mm_map_view_of_section(s->vm, &image->section, &request);

    *base = request.base;
    return status;
}

static struct mmpfn *pfn_at(uintptr_t va)
{
    return mi_pfn(ktest_pte(va).hard.page_frame_number);
}

KTEST(image, pages_are_what_the_file_says)
{
    static struct loaded image;
    struct ktest_space s;
    uintptr_t base = 0;

    if (!load(test, &image))
        return;
    ktest_assert_eq(test, image.section.bytes, KTEST_IMAGE_PAGES << PAGE_SHIFT);
    if (!ktest_enter_space(test, &s))
        return;
    ktest_assert_eq(test, map(&s, &image, &base), STATUS_SUCCESS);
    ktest_assert_eq(test, base, PREFERRED);
    ktest_assert_eq(test, s.vm->commit_charge, 3); /* .data, which it may write */
    ktest_assert_eq(test, ktest_read((void *)base), 'M');
    ktest_assert_eq(test, ktest_read((void *)(base + 0x11FF)), 'T');
    ktest_assert_eq(test, ktest_read((void *)(base + 0x1200)), 0); /* the tail is zeros */
    ktest_assert_eq(test, ktest_read((void *)(base + 0x21FF)), 'D');
    ktest_assert_eq(test, ktest_read((void *)(base + 0x2200)), 0);
    uint32_t zero = mm_fault_counts[MM_FAULT_DEMAND_ZERO];
    ktest_assert_eq(test, ktest_read((void *)(base + 0x4000)), 0); /* no bytes in the file */
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_DEMAND_ZERO] - zero, 1);
    ktest_assert_eq(test, ktest_read((void *)(base + 0x5000)), 'S');
    ktest_assert_eq(test, ktest_fault(base, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_fault(base + 0x1000, true), STATUS_ACCESS_VIOLATION);
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

KTEST(image, zeros_begin_where_the_files_bytes_end)
{
    struct control_area *area = mi_allocate_control_area(NULL, 3, 1);
    ktest_assert(test, area);
    mi_set_subsection(area, 0, 0, 3, 0, PAGE_SIZE, MM_WRITECOPY); /* a page exactly */
    enum mi_pte_kind first = mi_pte_kind(area->prototypes[0]);
    enum mi_pte_kind second = mi_pte_kind(area->prototypes[1]);
    ex_free_pool_with_tag(area->subsections, 'tceS');
    ex_free_pool_with_tag(area->prototypes, 'tceS');
    ex_free_pool_with_tag(area, 'tceS');
    ktest_assert_eq(test, first, MI_PTE_SUBSECTION);
    ktest_assert_eq(test, second, MI_PTE_DEMAND_ZERO);
}

KTEST(image, protections_are_reported_as_nt_does)
{
    static struct loaded image;
    static const uint32_t protect[] = {PAGE_READONLY, PAGE_EXECUTE_READ, PAGE_WRITECOPY,
                                       PAGE_READWRITE};
    static const uint32_t first[] = {0, 1, 2, 5};
    struct memory_basic_information info;
    struct ktest_space s;
    uintptr_t base = 0;

    if (!load(test, &image) || !ktest_enter_space(test, &s))
        return;
    map(&s, &image, &base);
    for (uint32_t touched = 0; touched < 2; touched++) {
        for (uint32_t i = 0; i < ARRAY_SIZE(first); i++) {
            mm_query_virtual_memory(s.vm, base + first[i] * PAGE_SIZE, &info);
            ktest_assert_eq(test, info.protect, protect[i]);
            ktest_assert_eq(test, info.region_size, (i == 2 ? 3 : 1) * PAGE_SIZE);
            ktest_assert_eq(test, info.type, MEM_IMAGE);
            ktest_assert_eq(test, info.allocation_protect, PAGE_EXECUTE_WRITECOPY);
            ktest_read((void *)(base + first[i] * PAGE_SIZE));
        }
    }
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

KTEST(image, code_is_in_memory_once_and_data_is_each_ones_own)
{
    static struct loaded image;
    struct ktest_space a, b;
    uintptr_t base = 0;

    if (!load(test, &image) || !ktest_enter_space(test, &a))
        return;
    uint32_t headers = image.file.reads; /* the section's own look at them */
    map(&a, &image, &base);
    ktest_read((void *)(base + 0x1000));
    ktest_write((void *)(base + 0x2000), 'a');
    ktest_write((void *)(base + 0x5000), 'a');
    if (!ktest_enter_space(test, &b))
        return;
    map(&b, &image, &base);
    ktest_assert_eq(test, ktest_read((void *)(base + 0x1000)), 'T');
    ktest_assert_eq(test, pfn_at(base + 0x1000)->u2.share_count, 2);
    ktest_assert_eq(test, ktest_read((void *)(base + 0x2000)), 'D');
    ktest_assert_eq(test, ktest_read((void *)(base + 0x5000)), 'a'); /* the shared section */
    ktest_assert_eq(test, pfn_at(base + 0x5000)->u2.share_count, 2);
    ktest_assert_eq(test, image.file.reads - headers, 3);
    ktest_leave_space(&b);
    ktest_assert_eq(test, ktest_read((void *)(base + 0x2000)), 'a');
    mm_delete_section(&image.section);
    ktest_leave_space(&a);
}

KTEST(image, goes_elsewhere_when_its_base_is_taken)
{
    static struct loaded image;
    struct ktest_space s;
    uintptr_t base = 0;
    uint32_t old = 0;

    if (!load(test, &image) || !ktest_enter_space(test, &s))
        return;
    ktest_allocate(&s, PREFERRED + 0x3000, PAGE_SIZE, MEM_RESERVE, PAGE_READWRITE);
    ktest_assert_eq(test, map(&s, &image, &base), STATUS_IMAGE_NOT_AT_BASE);
    ktest_assert(test, base && base != PREFERRED);
    image.section.control_area->image.relocations_stripped = true;
    uintptr_t nowhere = 0;
    ktest_assert_eq(test, map(&s, &image, &nowhere), STATUS_CONFLICTING_ADDRESSES);
    /* What a loader does then: the code page becomes writable, which makes it private. */
    ktest_assert_eq(test, ktest_protect(&s, base + 0x1000, 1, PAGE_READWRITE, &old),
                    STATUS_SUCCESS);
    ktest_assert_eq(test, old, PAGE_EXECUTE_READ);
    ktest_write((void *)(base + 0x1000), 'r');
    ktest_assert(test, !ktest_pte(base + 0x1000).hard.prototype);
    ktest_protect(&s, base + 0x1000, 1, PAGE_EXECUTE_READ, &old);
    ktest_assert_eq(test, old, PAGE_READWRITE);
    ktest_assert_eq(test, ktest_fault(base + 0x1000, true), STATUS_ACCESS_VIOLATION);
    ktest_assert_eq(test, ktest_read((void *)(base + 0x1000)), 'r');
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

/* Every byte of the headers spoilt in turn: a status or an image, and nothing else happens. */
KTEST(image, spoilt_headers_do_no_harm)
{
    static struct loaded image;
    struct ktest_space s;

    if (!ktest_enter_space(test, &s))
        return;
    for (uint32_t i = 0; i < 0x180; i++) {
        ktest_build_image(image.bytes, PREFERRED);
        image.bytes[i] ^= (uint8_t)(1u << ktest_random() % 8);
        ktest_make_file(&image.file, image.bytes, KTEST_IMAGE_BYTES);
        if (!NT_SUCCESS(mm_create_section(&image.section, &image.file.source, 0, PAGE_EXECUTE_READ,
                                          SEC_IMAGE)))
            continue;
        uintptr_t base = 0;
        if (NT_SUCCESS(map(&s, &image, &base))) {
            ktest_fault(base, false);
            ktest_fault(base + image.section.bytes - 1, true);
            mm_unmap_view_of_section(s.vm, base);
        }
        mm_delete_section(&image.section);
        ktest_assert_eq(test, image.file.references, 0);
    }
    ktest_leave_space(&s);
}

/* What may be copied is promised when the protection allows it, and not before. */
KTEST(image, a_writable_code_page_is_charged_for)
{
    static struct loaded image;
    struct ktest_space s;
    uintptr_t base = 0;
    uint32_t old = 0;

    if (!load(test, &image) || !ktest_enter_space(test, &s))
        return;
    map(&s, &image, &base);
    uint32_t code = (uint32_t)base + 0x1000, rest = mm_total_commit_limit;
    ktest_assert_eq(test, s.vm->commit_charge, 3);
    ktest_protect(&s, code, PAGE_SIZE, PAGE_READWRITE, &old);
    ktest_assert_eq(test, s.vm->commit_charge, 4);
    ktest_protect(&s, code, PAGE_SIZE, PAGE_EXECUTE_READ, &old);
    ktest_assert_eq(test, s.vm->commit_charge, 3);
    rest -= mm_total_committed_pages;
    ktest_assert(test, mm_charge_commitment(MM_COMMIT_SECTIONS, rest));
    ntstatus status = ktest_protect(&s, code, PAGE_SIZE, PAGE_READWRITE, &old);
    mm_return_commitment(MM_COMMIT_SECTIONS, rest);
    ktest_assert_eq(test, status, STATUS_COMMITMENT_LIMIT);
    ktest_assert_eq(test, ktest_fault(code, true), STATUS_ACCESS_VIOLATION);
    ktest_protect(&s, code, PAGE_SIZE, PAGE_READWRITE, &old);
    ktest_write((void *)(uintptr_t)code, 'w');
    ktest_protect(&s, code, PAGE_SIZE, PAGE_EXECUTE_READ, &old);
    ktest_assert_eq(test, s.vm->commit_charge, 4); /* it has become its own */
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

/* ---- pages of zeros, and what they cost --------------------------------------------------------
 */

#define DATA       (PREFERRED + 0x2000) /* of its pages the first is in the file */
#define ZERO_PAGES 32u

/* Another image: .data has ZERO_PAGES of zeros, .shr has SHARED pages. It is mapped, and its page
 * table is there. */
static bool map_zeros(struct ktest *test, struct loaded *image, struct ktest_space *s,
                      uint32_t shared)
{
    uintptr_t base = 0;

    ktest_build_image(image->bytes, PREFERRED);
    ktest_stretch_image(image->bytes, 1 + ZERO_PAGES, shared);
    if (!load_built(test, image) || !ktest_enter_space(test, s))
        return false;
    map(s, image, &base);
    ktest_read((void *)base);
    return true;
}

static uintptr_t zero_page(uint32_t n)
{
    return DATA + ((n + 1) << PAGE_SHIFT);
}

/* One fault and one frame each, which were promised with the view. */
KTEST(image, zeros_that_are_written_take_what_was_charged)
{
    static struct loaded image;
    struct memory_basic_information info;
    struct ktest_space s;

    if (!map_zeros(test, &image, &s, 1))
        return;
    ktest_assert_eq(test, s.vm->commit_charge, 1 + ZERO_PAGES);
    uint32_t committed = mm_total_committed_pages, available = mi_available_pages();
    uint32_t faults = s.vm->faults, zero = mm_fault_counts[MM_FAULT_DEMAND_ZERO];
    for (uint32_t i = 0; i < ZERO_PAGES; i++)
        ktest_write((void *)(zero_page(i) + 1), 1);
    ktest_assert_eq(test, available - mi_available_pages(), ZERO_PAGES);
    ktest_assert_eq(test, s.vm->faults - faults, ZERO_PAGES);
    ktest_assert_eq(test, mm_fault_counts[MM_FAULT_DEMAND_ZERO] - zero, ZERO_PAGES);
    ktest_assert_eq(test, s.vm->private_pages, ZERO_PAGES);
    ktest_assert_eq(test, mm_total_committed_pages, committed);
    ktest_assert_eq(test, ktest_read((void *)zero_page(0)), 0);
    struct mmpte *prototypes = image.section.control_area->prototypes;
    ktest_assert_eq(test, mi_pte_kind(prototypes[3]), MI_PTE_DEMAND_ZERO);
    mm_query_virtual_memory(s.vm, zero_page(0), &info);
    ktest_assert_eq(test, info.protect, PAGE_READWRITE);
    ktest_assert_eq(test, info.type, MEM_IMAGE);
    ktest_assert_eq(test, info.region_size, (ZERO_PAGES + 1) << PAGE_SHIFT); /* .shr, too */
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

/* A frame that is not zero already is made so, in this way too. */
KTEST(image, zeros_that_are_written_are_zeros)
{
    static struct loaded image;
    struct ktest_space s;

    if (!map_zeros(test, &image, &s, 1))
        return;
    uint32_t moved = ktest_hide_zeroed_frames();
    ktest_dirty_free_frames(1);
    ktest_write((void *)zero_page(0), 1);
    uint8_t byte = ktest_read((void *)(zero_page(0) + 1));
    mm_zero_free_pages(moved);
    ktest_assert_eq(test, byte, 0);
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

/* What is only read is shared, and given up when memory is short; so it need not be charged. */
KTEST(image, zeros_that_are_read_are_given_up)
{
    static struct loaded image;
    struct ktest_space s;

    if (!map_zeros(test, &image, &s, 1))
        return;
    struct mmpte *prototypes = image.section.control_area->prototypes + 3;
    uint32_t committed = mm_total_committed_pages, available = mi_available_pages();
    for (uint32_t i = 0; i < ZERO_PAGES; i++)
        ktest_read((void *)zero_page(i));
    ktest_assert_eq(test, available - mi_available_pages(), ZERO_PAGES);
    ktest_assert_eq(test, mm_total_committed_pages, committed);
    ktest_write((void *)zero_page(1), 1); /* a second fault, and the first one's frame is left */
    ktest_assert_eq(test, available - mi_available_pages(), ZERO_PAGES);
    ktest_assert_eq(test, mi_pfn(prototypes[1].trans.page_frame_number)->page_location,
                    STANDBY_PAGE_LIST);
    uint32_t hidden = ktest_exhaust_frames(0);
    enum mi_pte_kind given_up = mi_pte_kind(prototypes[0]), copied = mi_pte_kind(prototypes[1]);
    uint32_t written = ktest_pte(zero_page(1)).hard.valid;
    ktest_end_exhaustion(hidden);
    ktest_assert_eq(test, given_up, MI_PTE_DEMAND_ZERO);
    ktest_assert_eq(test, copied, MI_PTE_DEMAND_ZERO);
    ktest_assert_eq(test, written, 1);
    ktest_assert_eq(test, mm_verify(NULL), 0);
    ktest_assert_eq(test, ktest_read((void *)zero_page(0)), 0);
    ktest_assert_eq(test, ktest_read((void *)zero_page(1)), 1);
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

#define SHARED_PAGES 64u

/* What all write to cannot be had again: it is promised with the image. */
KTEST(image, what_all_may_write_to_is_charged_with_the_image)
{
    static struct loaded image, other;
    struct ktest_space s;
    uint32_t before = mi_committed[MM_COMMIT_SECTIONS];

    if (!map_zeros(test, &image, &s, SHARED_PAGES))
        return;
    ktest_assert_eq(test, mi_committed[MM_COMMIT_SECTIONS] - before, SHARED_PAGES);
    ktest_assert_eq(test, s.vm->commit_charge, 1 + ZERO_PAGES);
    for (uint32_t i = 0; i < SHARED_PAGES; i++) /* the first is the file's */
        ktest_write((void *)(zero_page(ZERO_PAGES + i) + 1), 'w');
    mm_unmap_view_of_section(s.vm, PREFERRED);
    ktest_assert_eq(test, mi_committed[MM_COMMIT_SECTIONS] - before, SHARED_PAGES);
    uint32_t hidden = ktest_exhaust_frames(0);
    ktest_end_exhaustion(hidden);
    uintptr_t base = 0;
    map(&s, &image, &base);
    ktest_assert_eq(test, ktest_read((void *)(zero_page(ZERO_PAGES) + 1)), 'w');
    ktest_assert_eq(test, ktest_read((void *)(zero_page(ZERO_PAGES + 1) + 1)), 'w');
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
    ktest_assert_eq(test, mi_committed[MM_COMMIT_SECTIONS], before);

    ktest_stretch_image(image.bytes, 1, SHARED_PAGES);
    ktest_make_file(&other.file, image.bytes, KTEST_IMAGE_BYTES);
    uint32_t rest = mm_total_commit_limit - mm_total_committed_pages - (SHARED_PAGES - 1);
    ktest_assert(test, mm_charge_commitment(MM_COMMIT_SECTIONS, rest));
    ntstatus status =
        mm_create_section(&other.section, &other.file.source, 0, PAGE_EXECUTE_READ, SEC_IMAGE);
    mm_return_commitment(MM_COMMIT_SECTIONS, rest);
    ktest_assert_eq(test, status, STATUS_COMMITMENT_LIMIT);
    ktest_assert_eq(test, other.file.references, 0);
}

/* A locked page that is to be copied is copied at once. Others read what was written before. */
KTEST(image, what_was_written_is_known_after_a_copy)
{
    static struct loaded image;
    struct ktest_space s;
    uint32_t size = PAGE_SIZE, old;

    if (!map_zeros(test, &image, &s, SHARED_PAGES))
        return;
    uintptr_t va = zero_page(ZERO_PAGES), at = va;
    ktest_write((void *)va, 'w');
    ktest_assert_eq(test, mm_lock_virtual_memory(s.vm, &at, &size), STATUS_SUCCESS);
    struct mmpfn *shared = mi_pfn(ktest_pte(va).hard.page_frame_number);
    ktest_assert_eq(test, shared->modified, 0); /* its mapping is dirty */
    ktest_assert_eq(test, ktest_protect(&s, va, PAGE_SIZE, PAGE_WRITECOPY, &old), STATUS_SUCCESS);
    ktest_assert(test, mi_pfn(ktest_pte(va).hard.page_frame_number) != shared);
    ktest_assert_eq(test, shared->modified, 1);
    ktest_assert_eq(test, shared->page_location, MODIFIED_PAGE_LIST);
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

/* .data of more than half of memory is written, every other page of it read before; and all else
 * that can be promised is there as well. */
KTEST(image, zeros_leave_what_was_promised_to_others)
{
    static struct loaded image;
    struct ktest_space s;
    void (*delay)(void) = mi_pager_delay;
    uint32_t rest = mm_total_commit_limit - mm_total_committed_pages, most = 0x10000;
    uintptr_t base = 0;

    rest = (rest < most ? rest : most) - 256; /* for page tables and prototype PTEs */
    uint32_t pages = rest / 8 * 5, failed = 0;
    ktest_build_image(image.bytes, PREFERRED);
    ktest_stretch_image(image.bytes, pages, 1);
    if (!load_built(test, &image) || !ktest_enter_space(test, &s))
        return;
    ktest_assert(test, NT_SUCCESS(map(&s, &image, &base)));
    uint32_t others = rest - pages;
    uintptr_t p =
        ktest_allocate(&s, 0, others << PAGE_SHIFT, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ktest_assert(test, p);
    mi_pager_delay = NULL; /* there are too many pages for that */
    for (uint32_t i = 0; i < pages; i++) {
        if (i % 2)
            failed += !NT_SUCCESS(ktest_fault(DATA + (i << PAGE_SHIFT), false));
        failed += !NT_SUCCESS(ktest_fault(DATA + (i << PAGE_SHIFT), true));
    }
    for (uint32_t i = 0; i < others; i++)
        failed += !NT_SUCCESS(ktest_fault(p + (i << PAGE_SHIFT), true));
    mi_pager_delay = delay;
    ktest_assert_eq(test, failed, 0);
    ktest_assert_eq(test, s.vm->private_pages, rest - 1); /* the file's page is not copied yet */
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

/* Where an image has no part there is nothing to be had; but it is committed, and another
 * protection makes it zeros. */
KTEST(image, zeros_in_gaps_may_not_be_touched)
{
    static struct loaded image;
    struct memory_basic_information info;
    struct ktest_space s;
    uint32_t old;
    uintptr_t base = 0, gap = PREFERRED + 0x5000;

    ktest_build_image(image.bytes, PREFERRED);
    ktest_leave_gap(image.bytes, 2);
    if (!load_built(test, &image) || !ktest_enter_space(test, &s))
        return;
    map(&s, &image, &base);
    ktest_assert_eq(test, mi_pte_kind(image.section.control_area->prototypes[5]),
                    MI_PTE_DEMAND_ZERO);
    mm_query_virtual_memory(s.vm, gap, &info);
    ktest_assert_eq(test, info.state, MEM_COMMIT);
    ktest_assert_eq(test, info.protect, PAGE_NOACCESS);
    ktest_assert_eq(test, info.region_size, 2 * PAGE_SIZE);
    ktest_assert_eq(test, ktest_fault(gap, false), STATUS_ACCESS_VIOLATION);
    uint32_t charge = s.vm->commit_charge;
    ktest_assert_eq(test, ktest_protect(&s, gap, PAGE_SIZE, PAGE_READWRITE, &old), STATUS_SUCCESS);
    ktest_assert_eq(test, s.vm->commit_charge, charge + 1);
    ktest_write((void *)(gap + 1), 1);
    ktest_assert_eq(test, ktest_read((void *)gap), 0);
    ktest_assert_eq(test, s.vm->private_pages, 1);
    mm_delete_section(&image.section);
    ktest_leave_space(&s);
}

/* ---- malformed images: bounded, and the same for the same seed ---------------------------------
 */

#define HEADER_BYTES 0x1F8u /* of ktest_build_image, and a little of the gap behind */

/* One to eight fields of the headers become something else: often what is at a limit. */
static void spoil(uint8_t *bytes)
{
    static const uint32_t values[] = {
        0,          1,          0x1FF,      0x200,      0xFFF,
        0x1000,     0x1001,     0xFFFF,     0x10000,    0x7FFFFFFF,
        0x80000000, 0xFFFFF000, 0xFFFFFE00, 0xFFFFFFFF, KTEST_IMAGE_BYTES};

    for (uint32_t n = 1 + ktest_random() % 8; n; n--) {
        uint32_t value = values[ktest_random() % ARRAY_SIZE(values)];
        uint32_t width = 1u << ktest_random() % 3;
        if (ktest_random() % 4 == 0)
            value = ktest_random();
        memcpy(bytes + ROUND_DOWN(ktest_random() % HEADER_BYTES, width), &value, width);
    }
}

/* Whatever has become an image behaves as one: its pages come or do not, and it goes. */
static void use(struct ktest_space *s, struct loaded *image)
{
    uint32_t pages = (uint32_t)(image->section.bytes >> PAGE_SHIFT), old;
    struct memory_basic_information info;
    uintptr_t base = 0;

    if (!NT_SUCCESS(map(s, image, &base)))
        return;
    for (uint32_t n = 0; n < 24; n++) {
        uint32_t page = n < 8 ? n : n < 16 ? pages - 1 - n % 8 : ktest_random() % pages;
        uintptr_t va = base + ((page % pages) << PAGE_SHIFT);
        mm_query_virtual_memory(s->vm, va, &info);
        ktest_fault(va, false);
        ktest_fault(va + PAGE_SIZE - 1, true);
        if (n % 4 == 0)
            ktest_protect(s, va, PAGE_SIZE, PAGE_EXECUTE_READWRITE, &old);
        ktest_fault(va, true);
    }
    mm_unmap_view_of_section(s->vm, base);
}

KTEST(image, random_headers_do_no_harm)
{
    static struct loaded image;
    struct ktest_space s;
    uint32_t images = 0;

    if (!ktest_enter_space(test, &s))
        return;
    for (uint32_t n = 0; n < 3000; n++) {
        uint32_t bytes =
            ktest_random() % 8 ? KTEST_IMAGE_BYTES : ktest_random() % KTEST_IMAGE_BYTES;
        ktest_build_image(image.bytes, PREFERRED);
        spoil(image.bytes);
        ktest_make_file(&image.file, image.bytes, bytes);
        if (!NT_SUCCESS(mm_create_section(&image.section, &image.file.source, 0, PAGE_EXECUTE_READ,
                                          SEC_IMAGE)))
            continue;
        images++;
        use(&s, &image);
        mm_delete_section(&image.section);
        ktest_assert_eq(test, image.file.references, 0);
        if (images % 64 == 0)
            ktest_assert_eq(test, mm_verify(NULL), 0);
    }
    ktest_assert(test, images > 100); /* not all of them are refused at the door */
    ktest_note("%u of 3000 were images", images);
    ktest_leave_space(&s);
}
