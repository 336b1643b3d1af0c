/* What programs can ask about files and volumes: the classes, and how the answers look (ntifs.h).
 */
#pragma once

#include "lib/types.h"

enum file_information_class {
    FILE_DIRECTORY_INFORMATION = 1,
    FILE_FULL_DIRECTORY_INFORMATION = 2,
    FILE_BOTH_DIRECTORY_INFORMATION = 3,
    FILE_BASIC_INFORMATION = 4,
    FILE_STANDARD_INFORMATION = 5,
    FILE_INTERNAL_INFORMATION = 6,
    FILE_EA_INFORMATION = 7,
    FILE_ACCESS_INFORMATION = 8,
    FILE_NAME_INFORMATION = 9,
    FILE_RENAME_INFORMATION = 10,
    FILE_LINK_INFORMATION = 11,
    FILE_NAMES_INFORMATION = 12,
    FILE_DISPOSITION_INFORMATION = 13,
    FILE_POSITION_INFORMATION = 14,
    FILE_MODE_INFORMATION = 16,
    FILE_ALIGNMENT_INFORMATION = 17,
    FILE_ALLOCATION_INFORMATION = 19,
    FILE_END_OF_FILE_INFORMATION = 20,
    FILE_NETWORK_OPEN_INFORMATION = 34,
    FILE_ATTRIBUTE_TAG_INFORMATION = 35,
};

struct file_times {
    uint64_t creation, last_access, last_write, change; /* 100 ns since 1601; 0: not known */
};

struct file_basic_information {
    struct file_times times;
    uint32_t file_attributes;
    uint32_t reserved;
};

struct file_standard_information {
    uint64_t allocation_size, end_of_file;
    uint32_t number_of_links;
    uint8_t delete_pending, directory;
    uint16_t reserved;
};

struct file_network_open_information {
    struct file_times times;
    uint64_t allocation_size, end_of_file;
    uint32_t file_attributes;
    uint32_t reserved;
};

struct file_name_information {
    uint32_t file_name_length; /* bytes */
    uint16_t file_name[];
};

struct file_attribute_tag_information {
    uint32_t file_attributes;
    uint32_t reparse_tag;
};

/* An entry of a directory, as the classes that tell all have it; FILE_DIRECTORY_INFORMATION ends
 * before ea_size, FILE_FULL_DIRECTORY_INFORMATION before short_name_length. The name follows. */
struct file_both_directory_information {
    uint32_t next_entry_offset; /* 0: it is the last */
    uint32_t file_index;
    struct file_times times;
    uint64_t end_of_file, allocation_size;
    uint32_t file_attributes;
    uint32_t file_name_length; /* bytes */
    uint32_t ea_size;
    uint8_t short_name_length; /* bytes; 0: the name is short itself */
    uint8_t reserved;
    uint16_t short_name[12];
    uint16_t file_name[];
};
_Static_assert(offsetof(struct file_both_directory_information, ea_size) == 64 &&
                   offsetof(struct file_both_directory_information, short_name_length) == 68 &&
                   offsetof(struct file_both_directory_information, file_name) == 94,
               "the layouts of ntifs.h");

struct file_names_information {
    uint32_t next_entry_offset;
    uint32_t file_index;
    uint32_t file_name_length;
    uint16_t file_name[];
};

enum fs_information_class {
    FILE_FS_VOLUME_INFORMATION = 1,
    FILE_FS_SIZE_INFORMATION = 3,
    FILE_FS_DEVICE_INFORMATION = 4,
    FILE_FS_ATTRIBUTE_INFORMATION = 5,
};

struct file_fs_volume_information {
    uint64_t volume_creation_time;
    uint32_t volume_serial_number;
    uint32_t volume_label_length; /* bytes */
    uint8_t supports_objects;
    uint8_t reserved;
    uint16_t volume_label[];
};

struct file_fs_size_information {
    uint64_t total_allocation_units, available_allocation_units;
    uint32_t sectors_per_allocation_unit, bytes_per_sector;
};

struct file_fs_device_information {
    uint32_t device_type, characteristics;
};

#define FILE_CASE_PRESERVED_NAMES 0x00000002u
#define FILE_UNICODE_ON_DISK      0x00000004u
#define FILE_READ_ONLY_VOLUME     0x00080000u

struct file_fs_attribute_information {
    uint32_t file_system_attributes;
    int32_t maximum_component_name_length;
    uint32_t file_system_name_length; /* bytes */
    uint16_t file_system_name[];
};
