/* What is known of a volume. The boot sector has its label and its number. */
#include "kernel/io/module.h"
#include "kernel/io/query.h"
#include "kernel/io/volume.h"
#include "lib/string.h"

#define BOOT_SERIAL_16 39u
#define BOOT_LABEL_16  43u
#define BOOT_SERIAL_32 67u
#define BOOT_LABEL_32  71u
#define LABEL_BYTES    11u
#define NO_LABEL       "NO NAME    "

static uint32_t get32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The label without the spaces at its end. => bytes. */
static uint32_t copy_label(const uint8_t *from, uint16_t *to)
{
    uint32_t units = memcmp(from, NO_LABEL, LABEL_BYTES) ? LABEL_BYTES : 0;

    while (units && from[units - 1] == ' ')
        units--;
    for (uint32_t i = 0; i < units; i++)
        to[i] = from[i];
    return units * 2;
}

/* TEXT follows the BYTES of the structure, as much as there is room for. */
static ntstatus append(void *buffer, uint32_t bytes, uint32_t length, const void *text,
                       uint32_t text_bytes, uint32_t *returned)
{
    uint32_t room = length - bytes < text_bytes ? length - bytes : text_bytes;

    memcpy((char *)buffer + bytes, text, room);
    *returned = bytes + room;
    return room < text_bytes ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static ntstatus query_label(const struct file_object *file, void *buffer, uint32_t length,
                            uint32_t *returned)
{
    struct file_fs_volume_information *info = buffer;
    struct io_volume *volume = io_volume_of(file);
    uint8_t boot[BOOT_LABEL_32 + LABEL_BYTES];
    uint16_t label[LABEL_BYTES];

    if (!volume)
        return STATUS_INVALID_DEVICE_REQUEST;
    bool wide = volume->fat.bits == 32;
    io_module_read(volume->module, 0, boot, sizeof(boot));
    *info = (struct file_fs_volume_information){
        .volume_serial_number = get32(boot + (wide ? BOOT_SERIAL_32 : BOOT_SERIAL_16)),
        .volume_label_length = copy_label(boot + (wide ? BOOT_LABEL_32 : BOOT_LABEL_16), label),
    };
    return append(buffer, offsetof(struct file_fs_volume_information, volume_label), length, label,
                  info->volume_label_length, returned);
}

static ntstatus query_size(const struct file_object *file, void *buffer, uint32_t length,
                           uint32_t *returned)
{
    struct io_volume *volume = io_volume_of(file);

    (void)length;
    if (!volume)
        return STATUS_INVALID_DEVICE_REQUEST;
    *(struct file_fs_size_information *)buffer = (struct file_fs_size_information){
        .total_allocation_units = volume->fat.cluster_count,
        .sectors_per_allocation_unit = (1u << volume->fat.cluster_shift) / FAT_BLOCK_BYTES,
        .bytes_per_sector = FAT_BLOCK_BYTES, /* and none available: nothing can be written */
    };
    *returned = sizeof(struct file_fs_size_information);
    return STATUS_SUCCESS;
}

static ntstatus query_device(const struct file_object *file, void *buffer, uint32_t length,
                             uint32_t *returned)
{
    (void)length;
    *(struct file_fs_device_information *)buffer =
        (struct file_fs_device_information){file->device->type, file->device->characteristics};
    *returned = sizeof(struct file_fs_device_information);
    return STATUS_SUCCESS;
}

static ntstatus query_attributes(const struct file_object *file, void *buffer, uint32_t length,
                                 uint32_t *returned)
{
    static const uint16_t name[] = u"FAT32"; /* the smaller ones are all called FAT */
    struct file_fs_attribute_information *info = buffer;
    const struct io_volume *volume = io_volume_of(file);

    if (!volume)
        return STATUS_INVALID_DEVICE_REQUEST;
    *info = (struct file_fs_attribute_information){
        .file_system_attributes =
            FILE_CASE_PRESERVED_NAMES | FILE_UNICODE_ON_DISK | FILE_READ_ONLY_VOLUME,
        .maximum_component_name_length = FAT_NAME_UNITS,
        .file_system_name_length = volume->fat.bits == 32 ? 10 : 6,
    };
    return append(buffer, sizeof(*info), length, name, info->file_system_name_length, returned);
}

static const struct {
    uint32_t bytes;
    ntstatus (*query)(const struct file_object *file, void *buffer, uint32_t length,
                      uint32_t *returned);
} queries[] = {
    [FILE_FS_VOLUME_INFORMATION] = {24, query_label}, /* sizes are those of ntifs.h's structures */
    [FILE_FS_SIZE_INFORMATION] = {sizeof(struct file_fs_size_information), query_size},
    [FILE_FS_DEVICE_INFORMATION] = {sizeof(struct file_fs_device_information), query_device},
    [FILE_FS_ATTRIBUTE_INFORMATION] = {16, query_attributes},
};

uint32_t io_volume_information_bytes(uint32_t information_class)
{
    return information_class < ARRAY_SIZE(queries) ? queries[information_class].bytes : 0;
}

ntstatus io_query_volume(const struct file_object *file, uint32_t information_class, void *buffer,
                         uint32_t length, uint32_t *returned)
{
    *returned = 0;
    return queries[information_class].query(file, buffer, length, returned);
}
