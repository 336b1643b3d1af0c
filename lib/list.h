/*
 * NT's doubly linked lists: circular, with a head of the same type as the links inside the entries,
 * so that no operation has a special case. CONTAINER_OF leads from a link to the entry that holds
 * it. The caller does the locking.
 */
#pragma once

#include "lib/types.h"

struct list_entry {
    struct list_entry *flink; /* next; the head's is the first entry */
    struct list_entry *blink; /* previous; the head's is the last entry */
};

static inline void initialize_list_head(struct list_entry *head)
{
    head->flink = head;
    head->blink = head;
}

static inline bool is_list_empty(const struct list_entry *head)
{
    return head->flink == head;
}

/* Puts `entry`, which is on no list, between two neighbours. */
static inline void insert_list_between(struct list_entry *before, struct list_entry *after,
                                       struct list_entry *entry)
{
    entry->flink = after;
    entry->blink = before;
    before->flink = entry;
    after->blink = entry;
}

static inline void insert_head_list(struct list_entry *head, struct list_entry *entry)
{
    insert_list_between(head, head->flink, entry);
}

static inline void insert_tail_list(struct list_entry *head, struct list_entry *entry)
{
    insert_list_between(head->blink, head, entry);
}

/* Takes `entry` off the list it is on; its own links are stale then. => whether the list is empty
 * now. */
static inline bool remove_entry_list(struct list_entry *entry)
{
    struct list_entry *after = entry->flink;
    struct list_entry *before = entry->blink;

    before->flink = after;
    after->blink = before;
    return after == before;
}

/* Takes the first entry off. => that entry, or `head` itself when the list was empty. */
static inline struct list_entry *remove_head_list(struct list_entry *head)
{
    struct list_entry *first = head->flink;

    remove_entry_list(first);
    return first;
}
