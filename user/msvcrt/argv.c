/*
 * From the command line to argv, by the rules that Microsoft documents: arguments are separated by
 * blanks outside double quotes; 2n backslashes before a quote are n backslashes and the quote
 * delimits, 2n+1 are n and a quote; other backslashes are themselves; two quotes within a quoted
 * part are one. The program's name, the first argument, knows quotes only.
 *
 * The same for char and wchar_t: the command line is read as wide characters, whichever it is.
 */
#include "argv.h"

struct line {
    const void *start;
    size_t next;
    bool wide;
};

static wchar_t at(const struct line *line, size_t index)
{
    return line->wide ? ((const wchar_t *)line->start)[index]
                      : ((const unsigned char *)line->start)[index];
}

static bool is_blank(wchar_t c)
{
    return c == ' ' || c == '\t';
}

static void store(struct crt_arguments *to, wchar_t c)
{
    if (to->text && to->wide)
        ((wchar_t *)to->text)[to->characters] = c;
    else if (to->text)
        ((char *)to->text)[to->characters] = (char)c;
    to->characters++;
}

static void begin_argument(struct crt_arguments *to)
{
    if (to->argv)
        to->argv[to->count] = (char *)to->text + to->characters * (to->wide ? 2 : 1);
    to->count++;
}

static void program_name(struct line *line, struct crt_arguments *to)
{
    bool quoted = false;
    wchar_t c;

    begin_argument(to);
    while ((c = at(line, line->next)) && (quoted || !is_blank(c))) {
        if (c == '"')
            quoted = !quoted;
        else
            store(to, c);
        line->next++;
    }
    store(to, 0);
}

/* Backslashes, and the quote after them if their number is odd. */
static void backslashes(struct line *line, struct crt_arguments *to)
{
    size_t count = 0;

    while (at(line, line->next) == '\\') {
        line->next++;
        count++;
    }
    if (at(line, line->next) == '"') {
        if (count % 2)
            line->next++;
        for (size_t i = 0; i < count / 2; i++)
            store(to, '\\');
        if (count % 2)
            store(to, '"');
    } else {
        while (count-- > 0)
            store(to, '\\');
    }
}

static void argument(struct line *line, struct crt_arguments *to)
{
    bool quoted = false;
    wchar_t c;

    begin_argument(to);
    while ((c = at(line, line->next)) && (quoted || !is_blank(c))) {
        if (c == '\\') {
            backslashes(line, to);
        } else if (c != '"') {
            store(to, c);
            line->next++;
        } else if (quoted && at(line, line->next + 1) == '"') {
            store(to, '"');
            line->next += 2;
        } else {
            quoted = !quoted;
            line->next++;
        }
    }
    store(to, 0);
}

/* Goes through the line once; stores only where TO has room. */
static void parse(const void *command_line, struct crt_arguments *to)
{
    struct line line = {command_line, 0, to->wide};

    to->count = 0;
    to->characters = 0;
    program_name(&line, to);
    for (;;) {
        while (is_blank(at(&line, line.next)))
            line.next++;
        if (!at(&line, line.next))
            break;
        argument(&line, to);
    }
    if (to->argv)
        to->argv[to->count] = NULL;
}

bool crt_parse_arguments(const void *command_line, bool wide, struct crt_arguments *to)
{
    size_t width = wide ? sizeof(wchar_t) : 1;

    *to = (struct crt_arguments){.wide = wide};
    parse(command_line, to);
    to->argv = malloc((to->count + 1) * sizeof(void *) + to->characters * width);
    if (!to->argv)
        return false;
    to->text = to->argv + to->count + 1;
    parse(command_line, to);
    return true;
}
