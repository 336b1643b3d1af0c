/* Names between separators. */
#include "kernel/ob/path.h"

#define UNIT ((uint16_t)sizeof(uint16_t))

/* PATH without its first UNITS units. */
static void drop(struct unicode_string *path, uint16_t units)
{
    path->buffer += units;
    path->length = (uint16_t)(path->length - units * UNIT);
    path->maximum_length = path->length;
}

bool ob_take_separator(struct unicode_string *path)
{
    if (path->length < UNIT || path->buffer[0] != OBJ_NAME_PATH_SEPARATOR)
        return false;
    drop(path, 1);
    return true;
}

enum ob_path_step ob_next_component(struct unicode_string *path, struct unicode_string *component)
{
    uint16_t units = path->length / UNIT, length = 0;

    if (units == 0)
        return OB_PATH_END;
    while (length < units && path->buffer[length] != OBJ_NAME_PATH_SEPARATOR)
        length++;
    if (length == 0)
        return OB_PATH_BAD;
    *component = (struct unicode_string){
        .length = (uint16_t)(length * UNIT),
        .maximum_length = (uint16_t)(length * UNIT),
        .buffer = path->buffer,
    };
    drop(path, length);
    return OB_PATH_COMPONENT;
}
