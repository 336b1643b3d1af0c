/*
 * The I/O system: devices, which have names, and the files that are opened by names behind them.
 *
 *      \??\C: (link)     ->  \Device\Volume0  (Device object: its driver's functions)
 *      \??\C:\dir\a.exe  ->  the device's parse method  ->  a new File object
 *
 *      handle -> file object  -> device -> driver       one for each time a file is opened
 *                             -> io_file                one a file, as long as it is open; what
 *                                                       views are made of
 *
 * There are no request packets: a driver's function is called in the thread that wants it, and
 * returns when it is done.
 */
#pragma once

#include "kernel/ex/push_lock.h"
#include "kernel/io/fat.h"
#include "kernel/ke/wait.h"
#include "kernel/ob/ob.h"
#include "mm/mm.h"

/* ---- what programs say when they open a file (ntifs.h) ------------------------------------------
 */

#define FILE_READ_DATA        0x0001u
#define FILE_LIST_DIRECTORY   0x0001u
#define FILE_WRITE_DATA       0x0002u
#define FILE_APPEND_DATA      0x0004u
#define FILE_READ_EA          0x0008u
#define FILE_WRITE_EA         0x0010u
#define FILE_EXECUTE          0x0020u
#define FILE_DELETE_CHILD     0x0040u
#define FILE_READ_ATTRIBUTES  0x0080u
#define FILE_WRITE_ATTRIBUTES 0x0100u
#define FILE_ALL_ACCESS       0x001F01FFu

#define FILE_SHARE_READ   0x1u
#define FILE_SHARE_WRITE  0x2u
#define FILE_SHARE_DELETE 0x4u
#define FILE_SHARE_VALID  0x7u

enum io_disposition {
    FILE_SUPERSEDE,
    FILE_OPEN,
    FILE_CREATE,
    FILE_OPEN_IF,
    FILE_OVERWRITE,
    FILE_OVERWRITE_IF,
    FILE_DISPOSITIONS
};

#define FILE_DIRECTORY_FILE            0x00000001u
#define FILE_WRITE_THROUGH             0x00000002u
#define FILE_SEQUENTIAL_ONLY           0x00000004u
#define FILE_NO_INTERMEDIATE_BUFFERING 0x00000008u
#define FILE_SYNCHRONOUS_IO_ALERT      0x00000010u
#define FILE_SYNCHRONOUS_IO_NONALERT   0x00000020u
#define FILE_NON_DIRECTORY_FILE        0x00000040u
#define FILE_RANDOM_ACCESS             0x00000800u
#define FILE_DELETE_ON_CLOSE           0x00001000u
#define FILE_OPEN_BY_FILE_ID           0x00002000u
#define FILE_OPEN_FOR_BACKUP_INTENT    0x00004000u
#define FILE_VALID_OPTIONS             0x00FFFFFFu
#define FILE_SYNCHRONOUS_IO            (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT)

#define FILE_ATTRIBUTE_NORMAL 0x80u
#define FILE_ATTRIBUTE_VALID  0x7FB7u

/* What became of it. */
#define FILE_OPENED 1u

struct io_open_packet {
    uint32_t access; /* what the handle will grant */
    bool maximum;    /* ... of which the caller takes what it can get */
    uint32_t share;
    enum io_disposition disposition;
    uint32_t options;
    uint32_t information; /* out: FILE_OPENED, ... */
};

/* ---- devices and file objects -------------------------------------------------------------------
 */

struct file_object;

/* All at PASSIVE_LEVEL, no lock held. NULL: STATUS_INVALID_DEVICE_REQUEST. */
struct io_driver {
    /* Open FILE, which is new: PATH is empty for the device itself, else it begins with a
     * backslash. */
    ntstatus (*create)(struct file_object *file, const struct unicode_string *path,
                       struct io_open_packet *packet);
    void (*cleanup)(struct file_object *file); /* the last handle is closed */
    void (*close)(struct file_object *file);   /* the file object goes */
    /* Move up to BYTES, not 0, at OFFSET to or from BUFFER, which is nonpaged. *DONE, 0 before, is
     * how many were. */
    ntstatus (*read)(struct file_object *file, uint64_t offset, void *buffer, uint32_t bytes,
                     uint32_t *done);
    ntstatus (*write)(struct file_object *file, uint64_t offset, const void *buffer, uint32_t bytes,
                      uint32_t *done);
    /* Wait until what was written has arrived. */
    ntstatus (*flush)(struct file_object *file);
    /* Do what CODE asks for: BUFFER, nonpaged, has IN bytes that say more, and gets the answer, up
     * to OUT bytes. *DONE, 0 before, is how many it has. */
    ntstatus (*device_control)(struct file_object *file, uint32_t code, void *buffer, uint32_t in,
                               uint32_t out, uint32_t *done);
};

/* Device types, and what they are like (FILE_FS_DEVICE_INFORMATION). */
#define FILE_DEVICE_DISK       0x07u
#define FILE_DEVICE_NULL       0x15u
#define FILE_DEVICE_CONSOLE    0x50u
#define FILE_READ_ONLY_DEVICE  0x02u
#define FILE_DEVICE_IS_MOUNTED 0x20u

struct device_object {
    const struct io_driver *driver;
    uint32_t type; /* FILE_DEVICE_ */
    uint32_t characteristics;
    bool stream;     /* no offsets: a read gives what has come, and may wait for it */
    void *extension; /* the driver's */
};

struct file_object {
    struct kevent event; /* first: a file is waited for by its header; set when a request is over */
    struct device_object *device;
    struct io_file *file;       /* NULL: the device itself was opened */
    struct unicode_string name; /* the path on the device as it was opened; its own memory */
    uint32_t access;            /* the rights it was opened for, ... */
    uint32_t share;             /* ... and what others may do meanwhile */
    uint32_t options;           /* FILE_DIRECTORY_FILE, ... */
    bool shared;                /* it is counted in its file's share access */
    struct ex_push_lock lock;   /* guards the rest */
    uint64_t current_byte_offset;
    struct unicode_string pattern; /* of a directory that is being listed; its own memory */
    bool listing;                  /* ... from the first time on */
    uint32_t cursor;               /* where the next entry is looked for; 0: at the beginning */
};

extern struct object_type *io_device_type, *io_file_type;

/* A device called NAME, such as \Device\Null. => NULL without memory. PASSIVE_LEVEL. */
struct device_object *io_create_device(const uint16_t *name, const struct device_object *pattern);
/* NAME becomes a link to TARGET. Bugchecks without memory. PASSIVE_LEVEL. */
void io_create_symbolic_link(const uint16_t *name, const uint16_t *target);

/* ---- open files ---------------------------------------------------------------------------------
 */

/* Who has a file open, and for what (SHARE_ACCESS). */
struct share_access {
    uint32_t open_count, readers, writers, deleters;
    uint32_t shared_read, shared_write, shared_delete;
};

struct io_volume;

/* A file or directory of a volume that is open, or that views are made of. Found again when it is
 * opened again, so that all of its views have the same pages. */
struct io_file {
    struct io_volume *volume;
    struct fat_entry entry;       /* does not change */
    struct mm_page_source source; /* sections that were made of it hold a reference */
    struct list_entry links;      /* the volume's files; the volume's lock, as the rest */
    uint32_t references;          /* file objects', and the memory manager's */
    struct share_access share;
    struct unicode_string name; /* the first path it was opened by; its own memory */
};

/* => the file that FILE, referenced, was opened on; NULL when it is a device. */
static inline struct io_file *io_file_of(const struct file_object *file)
{
    return file->file;
}

/* One more / less user of FILE; the last one's end is its end. Up to APC_LEVEL. */
void io_reference_file(struct io_file *file);
void io_dereference_file(struct io_file *file);

/* May a file be opened for ACCESS while others have it open, and let others SHARE it? Then, if
 * UPDATE, count it. => STATUS_SHARING_VIOLATION. The volume's lock. (IoCheckShareAccess) */
ntstatus io_check_share_access(struct share_access *all, uint32_t access, uint32_t share,
                               bool update);
void io_remove_share_access(struct share_access *all, uint32_t access, uint32_t share);

/* ---- opening ------------------------------------------------------------------------------------
 */

struct io_status_block {
    ntstatus status;
    uint32_t information;
};

/*
 * Open the file that ATTRIBUTES name. *HANDLE grants PACKET's access, its generic rights mapped;
 * PACKET->information says what was done.
 * Fails with STATUS_INVALID_PARAMETER (options that contradict each other), as a look-up does, or
 * with what the driver says. PASSIVE_LEVEL. (IoCreateFile)
 */
ntstatus io_create_file(const struct object_attributes *attributes, struct io_open_packet *packet,
                        enum kprocessor_mode mode, handle_t *handle);

/* Open the file that SOURCE, which the caller refers to, is the page source of: *HANDLE, of the
 * current process, grants ACCESS, and lets others do what they like. Fails as io_create_file, and
 * with STATUS_OBJECT_TYPE_MISMATCH: SOURCE is no file of a volume. PASSIVE_LEVEL. */
ntstatus io_open_page_source(const struct mm_page_source *source, uint32_t access,
                             handle_t *handle);

/* Read or write BYTES of FILE at OFFSET; BUFFER is nonpaged, *DONE the number that were moved, 0
 * with an error. PASSIVE_LEVEL. */
ntstatus io_read_file(struct file_object *file, uint64_t offset, void *buffer, uint32_t bytes,
                      uint32_t *done);
ntstatus io_write_file(struct file_object *file, uint64_t offset, const void *buffer,
                       uint32_t bytes, uint32_t *done);
ntstatus io_flush_file(struct file_object *file);
/* What CODE (of METHOD_BUFFERED) asks for: see struct io_driver. PASSIVE_LEVEL. */
ntstatus io_device_control(struct file_object *file, uint32_t code, void *buffer, uint32_t in,
                           uint32_t out, uint32_t *done);

/* Types, \Device, \?? and what is in them. After ex_init_objects; once. PASSIVE_LEVEL. */
void io_init_system(void);

/* ---- the parts of it ---- */

/* A copy of FROM in memory of its own, terminated. => whether there was memory. */
bool io_copy_name(struct unicode_string *to, const struct unicode_string *from);
void io_free_name(struct unicode_string *name);
/* PATH and REST, with a backslash between them if there is none, in *JOINED, to be freed by
 * io_free_name. => STATUS_OBJECT_NAME_INVALID (too long), STATUS_INSUFFICIENT_RESOURCES */
ntstatus io_join_path(const struct unicode_string *path, const struct unicode_string *rest,
                      struct unicode_string *joined);
/* The create method's share of a device that has nothing behind it. */
ntstatus io_open_device(const struct unicode_string *path, struct io_open_packet *packet);
void io_init_null_device(void);
void io_init_volumes(void);
void io_init_consoles(void);
