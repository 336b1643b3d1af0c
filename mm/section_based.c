/*
 * The addresses of SEC_BASED sections. Each has some that no other has, so that pointers into it
 * hold in every process: the highest that are free when it is made, below the room that the system
 * takes for itself in each process. Whether they are free in a process too, its view will find out.
 */
#include "mm/layout.h"
#include "mm/mi.h"
#include "mm/section.h"

#define HIGHEST_END      ((MM_HIGHEST_USER_ADDRESS + 1u) - 0x800000u)
#define ALLOCATION_BYTES (MI_ALLOCATION_PAGES << PAGE_SHIFT)

static struct list_entry sections = {&sections,
                                     &sections}; /* by falling address; mi_section_lock */

static uint64_t room_of(const struct mm_section *section)
{
    const struct mm_page_source *source = section->control_area->source;

    /* A file's section may come to reach as far as the file does. */
    return ROUND_UP(source ? source->bytes : section->bytes, (uint64_t)ALLOCATION_BYTES);
}

bool mi_place_based_section(struct mm_section *section)
{
    uint64_t room = room_of(section);
    uintptr_t end = HIGHEST_END;
    struct list_entry *at;

    ex_acquire_fast_mutex(&mi_section_lock);
    for (at = sections.flink; at != &sections; at = at->flink) {
        const struct mm_section *above = CONTAINER_OF(at, struct mm_section, based);
        if (end - (above->base + room_of(above)) >= room)
            break;
        end = above->base;
    }
    bool found = end - MM_LOWEST_USER_ADDRESS >= room;
    if (found) {
        section->base = end - (uintptr_t)room;
        insert_tail_list(at, &section->based); /* before AT */
    }
    ex_release_fast_mutex(&mi_section_lock);
    return found;
}

void mi_remove_based_section(struct mm_section *section)
{
    ex_acquire_fast_mutex(&mi_section_lock);
    remove_entry_list(&section->based);
    ex_release_fast_mutex(&mi_section_lock);
}
