/* The grammar of object names, without objects: pure, and fuzzed on the host. */
#pragma once

#include "lib/unicode.h"

#define OBJ_NAME_PATH_SEPARATOR u'\\'

enum ob_path_step {
    OB_PATH_COMPONENT, /* one more name */
    OB_PATH_END,
    OB_PATH_BAD /* an empty name: PATH begins with a separator */
};

/* Take the first name off PATH. *COMPONENT and what is left in PATH, nothing or a separator and
 * what is behind it, lie within the text that PATH had. Whether a separator may be the last is for
 * the object to say that has the name. */
enum ob_path_step ob_next_component(struct unicode_string *path, struct unicode_string *component);

/* Does PATH begin with a separator? Then it is taken off. */
bool ob_take_separator(struct unicode_string *path);
