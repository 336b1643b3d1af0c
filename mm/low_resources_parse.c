/* The words of the boot option lowresources and of the debugger's command. Pure. */
#include "lib/parse.h"
#include "lib/string.h"
#include "mm/low_resources.h"

#define LONGEST_NUMBER 11u

const char *const mm_resource_names[MM_RESOURCES] = {
    [MM_RESOURCE_PAGES] = "pages",      [MM_RESOURCE_NONPAGED_POOL] = "nonpaged",
    [MM_RESOURCE_PAGED_POOL] = "paged", [MM_RESOURCE_SYSTEM_PTES] = "ptes",
    [MM_RESOURCE_COMMIT] = "commit",    [MM_RESOURCE_KERNEL_STACKS] = "stacks",
    [MM_RESOURCE_HANDLES] = "handles",
};

/* => the kind whose name, with a colon behind it, TEXT begins with; MM_RESOURCES: none. */
static uint32_t find_kind(const char *text, size_t *length)
{
    for (uint32_t i = 0; i < MM_RESOURCES; i++) {
        *length = strlen(mm_resource_names[i]);
        if (!strncmp(text, mm_resource_names[i], *length) && text[*length] == ':')
            return i;
    }
    return MM_RESOURCES;
}

/* N, N+ or N*, up to a comma or the end. => what is behind it, or NULL. */
static const char *parse_number(const char *text, struct mm_low_resource *out)
{
    char digits[LONGEST_NUMBER + 1];
    uint32_t count = 0;

    for (; *text && *text != ',' && *text != '+' && *text != '*' && count < LONGEST_NUMBER; text++)
        digits[count++] = *text;
    digits[count] = '\0';
    out->which = *text == '*' ? MM_REFUSE_EACH : *text == '+' ? MM_REFUSE_FROM : MM_REFUSE_ONE;
    text += out->which != MM_REFUSE_ONE;
    return parse_u32(digits, &out->at) && out->at && (!*text || *text == ',') ? text : NULL;
}

bool mm_parse_low_resources(const char *text, struct mm_low_resource out[MM_RESOURCES])
{
    size_t length;

    for (uint32_t i = 0; i < MM_RESOURCES; i++)
        out[i] = (struct mm_low_resource){0};
    for (;;) {
        uint32_t kind = find_kind(text, &length);
        if (kind == MM_RESOURCES)
            return false;
        text = parse_number(text + length + 1, &out[kind]);
        if (!text || !*text)
            return text != NULL;
        text++;
    }
}
