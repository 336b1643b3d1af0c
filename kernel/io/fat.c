/* The bytes of a FAT volume: of its cached blocks, and of files. */
#include "kernel/io/fat_internal.h"

#define NO_BLOCK UINT64_MAX

void fat_forget_block(struct fat_block *block)
{
    block->offset = NO_BLOCK;
}

ntstatus fat_get_bytes(struct fat_volume *volume, struct fat_block *block, uint64_t offset,
                       const uint8_t **bytes)
{
    uint64_t begin = ROUND_DOWN(offset, FAT_BLOCK_BYTES);

    if (block->offset != begin) {
        struct fat_device *device = volume->device;
        fat_forget_block(block); /* a read that fails may have written to it */
        ntstatus status = device->read(device, begin, block->bytes, FAT_BLOCK_BYTES);
        if (!NT_SUCCESS(status))
            return status;
        block->offset = begin;
    }
    *bytes = block->bytes + (offset - begin);
    return STATUS_SUCCESS;
}

ntstatus fat_find_extent(struct fat_volume *volume, const struct fat_entry *file, uint32_t offset,
                         uint64_t *device_offset, uint32_t *bytes)
{
    struct fat_chain *chain;

    if (offset >= file->size)
        return STATUS_END_OF_FILE;
    ntstatus status = fat_get_chain(volume, file->first_cluster, &chain);
    if (!NT_SUCCESS(status))
        return status;
    /* A chain may be longer than the file: space that was put by for it. */
    if ((uint64_t)chain->clusters << volume->cluster_shift < file->size)
        return STATUS_FILE_CORRUPT_ERROR;
    status = fat_seek(volume, chain, offset >> volume->cluster_shift);
    if (!NT_SUCCESS(status))
        return status;
    uint64_t end = (uint64_t)(chain->run_index + chain->run_clusters) << volume->cluster_shift;
    *device_offset = fat_device_offset(volume, chain, offset);
    *bytes = (end < file->size ? (uint32_t)end : file->size) - offset;
    return STATUS_SUCCESS;
}

ntstatus fat_read(struct fat_volume *volume, const struct fat_entry *file, uint32_t offset,
                  void *buffer, uint32_t bytes, uint32_t *read)
{
    uint64_t at;
    uint32_t done = 0, here;

    *read = 0;
    while (done < bytes && (done == 0 || offset + done < file->size)) {
        ntstatus status = fat_find_extent(volume, file, offset + done, &at, &here);
        if (!NT_SUCCESS(status))
            return status;
        if (here > bytes - done)
            here = bytes - done;
        status = volume->device->read(volume->device, at, (uint8_t *)buffer + done, here);
        if (!NT_SUCCESS(status))
            return status;
        done += here;
    }
    *read = done;
    return STATUS_SUCCESS;
}
