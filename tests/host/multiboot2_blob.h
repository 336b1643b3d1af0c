/*
 * Builds multiboot2 information: start(), tags, end(), and patch() to spoil a field. For one test
 * program; include tests/host/host_test.h before it.
 */
#pragma once

#include <string.h>

#include "boot/multiboot_format.h"

static uint8_t blob[8192];
static uint32_t blob_size;

static void put(const void *bytes, uint32_t n)
{
    assert_true(blob_size + n <= sizeof(blob));
    memcpy(blob + blob_size, bytes, n);
    blob_size += n;
}

static void put32(uint32_t value)
{
    put(&value, sizeof(value));
}

static void put64(uint64_t value)
{
    put(&value, sizeof(value));
}

/* Sets the 32 bits at `offset`, usually to something wrong. */
static void patch(uint32_t offset, uint32_t value)
{
    memcpy(blob + offset, &value, sizeof(value));
}

static void start(void)
{
    memset(blob, 0, sizeof(blob));
    blob_size = 8;
}

static void pad(void)
{
    blob_size = (blob_size + 7) & ~7u;
}

/* => the offset of the new tag, whose `body` bytes the caller puts. */
static uint32_t tag(uint32_t type, uint32_t body)
{
    uint32_t offset;

    pad();
    offset = blob_size;
    put32(type);
    put32(8 + body);
    return offset;
}

static uint32_t string_tag(uint32_t type, const char *s)
{
    uint32_t offset = tag(type, (uint32_t)strlen(s) + 1);

    put(s, (uint32_t)strlen(s) + 1);
    return offset;
}

static uint32_t module_tag(uint32_t from, uint32_t to, const char *name)
{
    uint32_t offset = tag(MULTIBOOT2_TAG_MODULE, 8 + (uint32_t)strlen(name) + 1);

    put32(from);
    put32(to);
    put(name, (uint32_t)strlen(name) + 1);
    return offset;
}

static uint32_t memory_tag(uint32_t lower, uint32_t upper)
{
    uint32_t offset = tag(MULTIBOOT2_TAG_MEMORY, 8);

    put32(lower);
    put32(upper);
    return offset;
}

static void map_entry(uint64_t base, uint64_t length, uint32_t type)
{
    put64(base);
    put64(length);
    put32(type);
    put32(0);
}

static uint32_t map_tag(uint32_t entries)
{
    uint32_t offset = tag(MULTIBOOT2_TAG_MEMORY_MAP, 8 + 24 * entries);

    put32(24);
    put32(0);
    return offset;
}

/* A map of 640 KB and of 1 MB to 16 MB. */
static uint32_t usual_map(void)
{
    uint32_t offset = map_tag(3);

    map_entry(0, 0xA0000, 1);
    map_entry(0xF0000, 0x10000, 2);
    map_entry(0x100000, 0xF00000, 1);
    return offset;
}

static void end(void)
{
    tag(MULTIBOOT2_TAG_END, 0);
    patch(0, blob_size);
}
