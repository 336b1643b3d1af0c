/*
 * The file allocation table: for each cluster, which one follows. A chain is walked to its end when
 * it is first met, as only its end shows that it is no loop; so a file is known to be whole before
 * any of it is read.
 */
#include "kernel/io/fat_internal.h"

static bool is_cluster(const struct fat_volume *volume, uint32_t value)
{
    return value >= FAT_FIRST_CLUSTER && value - FAT_FIRST_CLUSTER < volume->cluster_count;
}

/* *VALUE is what the table says of CLUSTER. It is put together from bytes, since an entry of 12
 * bits can lie across two blocks. */
static ntstatus read_table(struct fat_volume *volume, uint32_t cluster, uint32_t *value)
{
    uint32_t at = volume->bits == 12 ? cluster + cluster / 2 : cluster * (volume->bits / 8);
    uint32_t bytes = volume->bits == 32 ? 4 : 2;
    const uint8_t *byte;

    *value = 0;
    for (uint32_t i = 0; i < bytes; i++) {
        ntstatus status =
            fat_get_bytes(volume, &volume->table, volume->table_offset + at + i, &byte);
        if (!NT_SUCCESS(status))
            return status;
        *value |= (uint32_t)*byte << 8 * i;
    }
    if (volume->bits == 12)
        *value = cluster & 1 ? *value >> 4 : *value & 0xFFF;
    else if (volume->bits == 32)
        *value &= 0x0FFFFFFF; /* the high four bits are reserved */
    return STATUS_SUCCESS;
}

/* => does VALUE end a chain? The last eight that fit, of 28 bits at most. */
static bool is_end(const struct fat_volume *volume, uint32_t value)
{
    uint32_t bits = volume->bits == 32 ? 28 : volume->bits;

    return value >> 3 == ((1u << bits) - 1) >> 3;
}

/* *NEXT is the cluster that follows CLUSTER, 0: CLUSTER is the last. */
static ntstatus follow(struct fat_volume *volume, uint32_t cluster, uint32_t *next)
{
    ntstatus status = read_table(volume, cluster, next);

    if (!NT_SUCCESS(status))
        return status;
    if (is_end(volume, *next))
        *next = 0;
    else if (!is_cluster(volume, *next)) /* free, bad, reserved, beyond the volume */
        return STATUS_FILE_CORRUPT_ERROR;
    return STATUS_SUCCESS;
}

/*
 * Count the clusters of the chain from FIRST. More than the volume has would be a loop, but that
 * can be many; so each cluster is compared with one further back, which moves up after 1, 2, 4, ...
 * steps (Brent's method) and is met again within a few times the loop's length.
 */
static ntstatus count_clusters(struct fat_volume *volume, uint32_t first, uint32_t *clusters)
{
    uint32_t cluster = first, mark = first, steps = 1, left = 1;

    if (!is_cluster(volume, first))
        return STATUS_FILE_CORRUPT_ERROR;
    for (*clusters = 1; *clusters <= volume->cluster_count; ++*clusters) {
        ntstatus status = follow(volume, cluster, &cluster);
        if (!NT_SUCCESS(status) || cluster == 0)
            return status;
        if (cluster == mark)
            break;
        if (--left == 0) {
            mark = cluster;
            steps *= 2;
            left = steps;
        }
    }
    return STATUS_FILE_CORRUPT_ERROR;
}

static void begin_again(struct fat_chain *chain)
{
    chain->run_index = 0;
    chain->run_clusters = 0;
    chain->next = chain->first;
}

ntstatus fat_get_chain(struct fat_volume *volume, uint32_t first, struct fat_chain **chain)
{
    uint32_t clusters;

    for (uint32_t i = 0; i < FAT_CHAINS; i++) {
        *chain = &volume->chains[i];
        if (first && (*chain)->first == first)
            return STATUS_SUCCESS;
    }
    ntstatus status = count_clusters(volume, first, &clusters);
    if (!NT_SUCCESS(status))
        return status;
    *chain = &volume->chains[volume->next_chain];
    volume->next_chain = (volume->next_chain + 1) % FAT_CHAINS;
    (*chain)->first = first;
    (*chain)->clusters = clusters;
    begin_again(*chain);
    return STATUS_SUCCESS;
}

/* Go on to the run that begins with chain->next. It ends, as its clusters only rise. */
static ntstatus next_run(struct fat_volume *volume, struct fat_chain *chain)
{
    uint32_t begin = chain->next, last = begin, next;

    for (;; last++) {
        ntstatus status = follow(volume, last, &next);
        if (!NT_SUCCESS(status))
            return status;
        if (next != last + 1)
            break;
    }
    chain->run_index += chain->run_clusters;
    chain->run_cluster = begin;
    chain->run_clusters = last - begin + 1;
    chain->next = next;
    return STATUS_SUCCESS;
}

ntstatus fat_seek(struct fat_volume *volume, struct fat_chain *chain, uint32_t index)
{
    if (index < chain->run_index)
        begin_again(chain);
    while (index - chain->run_index >= chain->run_clusters) {
        if (chain->next == 0)
            return STATUS_FILE_CORRUPT_ERROR;
        ntstatus status = next_run(volume, chain);
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}

uint64_t fat_device_offset(const struct fat_volume *volume, const struct fat_chain *chain,
                           uint32_t offset)
{
    uint32_t begin = chain->run_cluster - FAT_FIRST_CLUSTER;

    return volume->data_offset + ((uint64_t)begin << volume->cluster_shift) +
           (offset - (chain->run_index << volume->cluster_shift));
}
