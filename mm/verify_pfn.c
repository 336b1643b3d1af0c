/* mm_verify, the lists: walked from their heads, then every frame counted by its state. */
#include "mm/mi.h"
#include "mm/verify.h"

static void check_list(enum mmlists name)
{
    const struct mmpfn_list *list = &mm_page_lists[name];
    uint32_t count = 0;
    pfn_t previous = PFN_NONE, frame = list->flink;

    for (; frame != PFN_NONE; previous = frame, frame = mi_pfn(frame)->u1.flink) {
        if (frame > mm_highest_physical_page || ++count > list->total) {
            mi_verify_failed("%s list: leads astray at %x after %u of %u",
                             mi_page_location_names[name], frame, count, list->total);
            return;
        }
        const struct mmpfn *pfn = mi_pfn(frame);
        if (pfn->page_location != name || pfn->u2.blink != previous)
            mi_verify_failed("%s list: frame %x is in state %s, blink %x, expected %x",
                             mi_page_location_names[name], frame,
                             mi_page_location_names[pfn->page_location], pfn->u2.blink, previous);
        if (pfn->reference_count)
            mi_verify_failed("%s list: frame %x is referenced %u times",
                             mi_page_location_names[name], frame, pfn->reference_count);
    }
    if (count != list->total || list->blink != previous)
        mi_verify_failed("%s list: holds %u of %u", mi_page_location_names[name], count,
                         list->total);
}

/* A frame on standby or modified waits for its PTE, which must lead back to it. */
static void check_waiting(pfn_t frame, const struct mmpfn *pfn)
{
    struct mmpte pte = mi_read_pte_of(pfn);

    if (mi_pte_kind(pte) != MI_PTE_TRANSITION || pte.trans.page_frame_number != frame)
        mi_verify_failed("frame %x waits for PTE %p, which holds %08x", frame, pfn->pte_address,
                         pte.value);
}

static void check_frame(pfn_t frame, uint32_t counts[MMLISTS_COUNT])
{
    const struct mmpfn *pfn = mi_pfn(frame);

    if (pfn->rom)
        return;
    counts[pfn->page_location]++;
    switch (pfn->page_location) {
    case ACTIVE_AND_VALID:
        if (!pfn->reference_count)
            mi_verify_failed("active frame %x has no reference", frame);
        break;
    case STANDBY_PAGE_LIST:
    case MODIFIED_PAGE_LIST:
    case MODIFIED_NO_WRITE_PAGE_LIST:
        check_waiting(frame, pfn);
        break;
    default:
        break;
    }
}

void mi_verify_pfn_lists(void)
{
    uint32_t counts[MMLISTS_COUNT] = {0};

    for (enum mmlists name = ZEROED_PAGE_LIST; name <= BAD_PAGE_LIST; name++)
        check_list(name);
    for (pfn_t frame = 0; frame <= mm_highest_physical_page; frame++)
        check_frame(frame, counts);
    for (uint32_t name = 0; name < MMLISTS_COUNT; name++)
        if (counts[name] != mm_page_lists[name].total)
            mi_verify_failed("%u frames are %s, %u are counted", counts[name],
                             mi_page_location_names[name], mm_page_lists[name].total);
}
