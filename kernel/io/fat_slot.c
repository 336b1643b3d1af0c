/*
 * What the 32 bytes of a directory's slot say. An entry has a slot with the short name; the pieces
 * of the long name are in the slots before it, the last one first, and look like something else to
 * those who do not know of them.
 */
#include "kernel/io/fat_internal.h"

/* Where things are in an entry's slot. */
#define SLOT_NAME         0u
#define SLOT_EXTENSION    8u
#define SLOT_ATTRIBUTES   11u
#define SLOT_CASE         12u
#define SLOT_CLUSTER_HIGH 20u
#define SLOT_TIME         22u
#define SLOT_DATE         24u
#define SLOT_CLUSTER_LOW  26u
#define SLOT_SIZE         28u

/* In a slot with a piece of a long name. */
#define PIECE_NUMBER   0u
#define PIECE_TYPE     12u
#define PIECE_CHECKSUM 13u

#define PIECE_LAST  0x40u /* in the number */
#define PIECE_UNITS 13u

#define NAME_BYTES      8u
#define EXTENSION_BYTES 3u

#define NAME_END     0x00u /* instead of the name's first byte */
#define NAME_DELETED 0xE5u
#define NAME_E5      0x05u /* stands for E5, which is taken */

#define CASE_LOWER_NAME      0x08u
#define CASE_LOWER_EXTENSION 0x10u

#define ATTRIBUTE_LABEL     0x08u
#define ATTRIBUTE_LONG_NAME 0x0Fu
#define ATTRIBUTE_MASK      0x3Fu

/* What short names mean by the bytes from 80 on: code page 437, that of the PC's own characters. */
static const uint16_t oem_characters[128] = {
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
    0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA,
    0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
    0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4, 0x03A6, 0x0398, 0x03A9, 0x03B4,
    0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
    0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};

enum fat_slot_kind fat_slot_kind(const uint8_t *slot)
{
    if (slot[SLOT_NAME] == NAME_END)
        return FAT_SLOT_END;
    if (slot[SLOT_NAME] == NAME_DELETED)
        return FAT_SLOT_UNUSED;
    if ((slot[SLOT_ATTRIBUTES] & ATTRIBUTE_MASK) == ATTRIBUTE_LONG_NAME)
        return FAT_SLOT_LONG_NAME;
    return slot[SLOT_ATTRIBUTES] & ATTRIBUTE_LABEL ? FAT_SLOT_UNUSED : FAT_SLOT_ENTRY;
}

#define BIT(c) (1u << ((c)&31))

bool fat_is_name_unit(uint16_t c)
{
    static const uint32_t never[] = {
        UINT32_MAX,
        BIT('"') | BIT('*') | BIT('/') | BIT(':') | BIT('<') | BIT('>') | BIT('?'),
        BIT('\\'),
        BIT('|'),
    };

    return c >= ARRAY_SIZE(never) * 32 || !(never[c / 32] & BIT(c));
}

bool fat_is_dots(const uint16_t *name, uint32_t units)
{
    return (units == 1 || units == 2) && name[0] == '.' && name[units - 1] == '.';
}

/* Copy the piece in SLOT, which belongs at AT of NAME. => its units up to the terminator, or 0 when
 * a unit cannot be there. */
static uint32_t copy_piece(const uint8_t *slot, uint16_t *name, uint32_t at)
{
    static const uint8_t places[PIECE_UNITS] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

    for (uint32_t i = 0; i < PIECE_UNITS; i++) {
        uint16_t c = (uint16_t)fat_get16(slot + places[i]);
        if (c == 0)
            return i;
        if (at + i >= FAT_NAME_UNITS || !fat_is_name_unit(c))
            return 0;
        name[at + i] = c;
    }
    return PIECE_UNITS;
}

void fat_take_piece(struct fat_long_name *long_name, const uint8_t *slot, uint16_t *name)
{
    uint8_t number = slot[PIECE_NUMBER] & (uint8_t)~PIECE_LAST;
    bool last = slot[PIECE_NUMBER] & PIECE_LAST;
    uint8_t checksum = slot[PIECE_CHECKSUM];
    struct fat_long_name was = *long_name;

    *long_name = (struct fat_long_name){0};
    if (number == 0 || slot[PIECE_TYPE] != 0)
        return;
    if (!last && (number != was.wanted || checksum != was.checksum))
        return;
    uint32_t at = (number - 1u) * PIECE_UNITS;
    uint32_t units = copy_piece(slot, name, at);
    if (units == 0 || (!last && units != PIECE_UNITS))
        return;
    long_name->length = last ? (uint16_t)(at + units) : was.length;
    long_name->wanted = number - 1;
    long_name->checksum = checksum;
}

/* The short name's, by which its long name knows it. */
static uint8_t checksum_of(const uint8_t *slot)
{
    uint8_t sum = 0;

    for (uint32_t i = 0; i < NAME_BYTES + EXTENSION_BYTES; i++)
        sum = (uint8_t)((sum << 7 | sum >> 1) + slot[SLOT_NAME + i]);
    return sum;
}

/* Append the COUNT bytes at FROM, without the spaces at the end, to NAME, which has LENGTH units.
 * => its new length, or 0 when a byte cannot be there. */
static uint32_t append(uint16_t *name, uint32_t length, const uint8_t *from, uint32_t count,
                       bool lower)
{
    while (count && from[count - 1] == ' ')
        count--;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t byte = from[i];
        if (i == 0 && length == 0 && byte == NAME_E5)
            byte = NAME_DELETED;
        if (!fat_is_name_unit(byte))
            return 0;
        if (byte >= 0x80)
            name[length++] = oem_characters[byte - 0x80];
        else
            name[length++] = lower && byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
    }
    return length;
}

/* NAME has FAT_SHORT_NAME_UNITS + 1 units. => the short name's length, 0: it is none. */
static uint32_t decode_short_name(const uint8_t *slot, uint8_t lower, uint16_t *name)
{
    const uint8_t *extension = slot + SLOT_EXTENSION;
    uint32_t length = append(name, 0, slot + SLOT_NAME, NAME_BYTES, lower & CASE_LOWER_NAME);

    if (length) {
        name[length] = '.';
        uint32_t whole =
            append(name, length + 1, extension, EXTENSION_BYTES, lower & CASE_LOWER_EXTENSION);
        length = whole == length + 1 ? length : whole;
    }
    name[length] = 0;
    return length;
}

/* => 100 ns since 1601, or 0 when DATE or TIME is none. The years are 1980 to 2107, TIME is in
 * steps of two seconds. */
static uint64_t decode_time(uint32_t date, uint32_t time)
{
    static const uint16_t days_before[] = {0,   31,  59,  90,  120, 151, 181,
                                           212, 243, 273, 304, 334, 365};
    uint32_t years = date >> 9, month = date >> 5 & 15, day = date & 31;
    uint32_t hour = time >> 11, minute = time >> 5 & 63, second = (time & 31) * 2;
    bool leap = years % 4 == 0 && years != 2100 - 1980;

    if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59)
        return 0;
    uint32_t days = days_before[month] - days_before[month - 1] + (leap && month == 2);
    if (day < 1 || day > days)
        return 0;
    days = 138426 + years * 365 + (years + 3) / 4 - (years > 2100 - 1980); /* from 1601 */
    days += days_before[month - 1] + (leap && month > 2) + day - 1;
    return ((uint64_t)days * 86400 + hour * 3600 + minute * 60 + second) * 10000000;
}

bool fat_decode_slot(const uint8_t *slot, const struct fat_long_name *long_name, bool wide,
                     struct fat_entry *out)
{
    bool directory = slot[SLOT_ATTRIBUTES] & FILE_ATTRIBUTE_DIRECTORY;

    out->short_name_length = (uint8_t)decode_short_name(slot, 0, out->short_name);
    if (long_name->length && long_name->wanted == 0 && long_name->checksum == checksum_of(slot) &&
        !fat_is_dots(out->name, long_name->length)) {
        out->name_length = long_name->length;
        out->name[out->name_length] = 0;
    } else {
        out->name_length = (uint16_t)decode_short_name(slot, slot[SLOT_CASE], out->name);
    }
    out->attributes = slot[SLOT_ATTRIBUTES] & ATTRIBUTE_MASK;
    out->size = directory ? 0 : fat_get32(slot + SLOT_SIZE);
    out->first_cluster =
        fat_get16(slot + SLOT_CLUSTER_LOW) | (wide ? fat_get16(slot + SLOT_CLUSTER_HIGH) << 16 : 0);
    out->write_time = decode_time(fat_get16(slot + SLOT_DATE), fat_get16(slot + SLOT_TIME));
    return out->name_length != 0;
}
