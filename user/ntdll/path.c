/* See path.h. */
#include "user/ntdll/path.h"

struct builder {
    uint16_t *out;
    size_t length;
    size_t root; /* ".." goes no further */
    bool overflow;
};

static bool is_separator(uint16_t c)
{
    return c == '\\' || c == '/';
}

static uint16_t upper(uint16_t c)
{
    return c >= 'a' && c <= 'z' ? (uint16_t)(c - 32) : c;
}

static bool is_drive(const uint16_t *name)
{
    return upper(name[0]) >= 'A' && upper(name[0]) <= 'Z' && name[1] == ':';
}

static size_t length_of(const uint16_t *text)
{
    size_t units = 0;

    while (text[units])
        units++;
    return units;
}

static void put(struct builder *b, uint16_t c)
{
    if (b->length + 1 < PATH_LIMIT)
        b->out[b->length++] = c;
    else
        b->overflow = true;
}

static bool equals(const uint16_t *text, size_t length, const char *name)
{
    size_t i = 0;

    while (i < length && name[i] && upper(text[i]) == (uint16_t)name[i])
        i++;
    return i == length && !name[i];
}

/* => the units of the device's name at NAME; 0: it is none. A colon, an extension and spaces behind
 * it make no difference. */
static size_t device_length(const uint16_t *name)
{
    static const char *const devices[] = {"NUL", "CON", "AUX", "PRN", "CONIN$", "CONOUT$"};
    size_t length = 0, end;

    while (name[length] && name[length] != '.' && name[length] != ':' && name[length] != ' ')
        length++;
    for (end = length; name[end] == ' '; end++)
        ;
    if (name[end] && name[end] != '.' && !(name[end] == ':' && !name[end + 1]))
        return 0;
    for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
        if (equals(name, length, devices[i]))
            return length;
    if (length == 4 && name[3] >= '1' && name[3] <= '9' &&
        (equals(name, 3, "COM") || equals(name, 3, "LPT")))
        return length;
    return 0;
}

/* Take the last name off. */
static void go_up(struct builder *b)
{
    if (b->length > b->root)
        b->length--; /* its separator */
    while (b->length > b->root && b->out[b->length - 1] != '\\')
        b->length--;
}

/* One name of LENGTH units; LAST: nothing follows it. */
static void add_name(struct builder *b, const uint16_t *name, size_t length, bool last)
{
    if (length == 1 && name[0] == '.')
        return;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
        go_up(b);
        return;
    }
    while (length && (name[length - 1] == '.' || (last && name[length - 1] == ' ')))
        length--;
    for (size_t i = 0; i < length; i++)
        put(b, name[i]);
    if (length && !last)
        put(b, '\\');
}

static void add_names(struct builder *b, const uint16_t *names)
{
    while (*names) {
        size_t length = 0;

        while (names[length] && !is_separator(names[length]))
            length++;
        if (length)
            add_name(b, names, length, !names[length]);
        names += length + (names[length] != 0);
    }
}

static void add_text(struct builder *b, const uint16_t *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        put(b, text[i]);
}

static void begin_drive(struct builder *b, uint16_t letter)
{
    put(b, letter);
    put(b, ':');
    put(b, '\\');
    b->root = b->length;
}

/* The root and what of CURRENT comes before NAME. => what is left of NAME. */
static const uint16_t *begin(struct builder *b, const uint16_t *name, const uint16_t *current)
{
    if (is_separator(name[0]) && is_separator(name[1])) { /* \\server, \\.\device, \\?\ */
        put(b, '\\');
        put(b, '\\');
        name += 2;
        if ((name[0] == '.' || name[0] == '?') && is_separator(name[1])) {
            put(b, name[0]);
            put(b, '\\');
            name += 2;
        }
        b->root = b->length;
        return name;
    }
    if (is_drive(name) && (is_separator(name[2]) || upper(name[0]) != upper(current[0]))) {
        begin_drive(b, name[0]);
        return name + 2;
    }
    begin_drive(b, current[0]);
    if (is_drive(name))
        name += 2;
    if (!is_separator(name[0]))
        add_text(b, current + 3, length_of(current + 3));
    return name;
}

static bool is_verbatim(const uint16_t *name)
{
    return name[0] == '\\' && name[1] == '\\' && name[2] == '?' && name[3] == '\\';
}

/* Where the last name begins. */
static size_t file_of(const struct builder *b)
{
    size_t at = b->length;

    while (at > b->root && b->out[at - 1] != '\\')
        at--;
    return at < b->length ? at : PATH_NO_FILE;
}

size_t path_make_full(uint16_t *out, const uint16_t *name, const uint16_t *current, size_t *file)
{
    struct builder b = {.out = out};
    size_t device = device_length(name);

    *file = PATH_NO_FILE;
    if (!name[0])
        return 0;
    if (device) {
        add_text(&b, (const uint16_t *)u"\\\\.\\", 4);
        add_text(&b, name, device);
    } else if (is_verbatim(name)) {
        b.root = 4;
        add_text(&b, name, length_of(name));
        *file = file_of(&b);
    } else {
        add_names(&b, begin(&b, name, current));
        *file = file_of(&b);
    }
    out[b.length] = 0;
    return b.overflow ? 0 : b.length;
}

size_t path_make_nt(uint16_t *out, const uint16_t *full)
{
    static const uint16_t prefix[] = u"\\??\\";
    size_t length = 0;

    while (prefix[length]) {
        out[length] = prefix[length];
        length++;
    }
    if (full[0] == '\\' && full[1] == '\\' && (full[2] == '.' || full[2] == '?'))
        full += 4;
    while (*full)
        out[length++] = *full++;
    out[length] = 0;
    return length;
}
