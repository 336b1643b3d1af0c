/*
 * Wildcards in arguments, which the startup code asks to be expanded because of _dowildcard.
 */
#include "child.h"
#include "data.h"
#include "wide_arguments.h"

int _dowildcard = -1;

/* => the arguments that the program sees when it is run with LINE, each in brackets. */
static const char *arguments(const char *line)
{
    return child_run(line) ? "the child failed" : child_text;
}

int main(int argc, char **argv)
{
    child_share();
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            child_say("[%s]", argv[i]);
        return !wide_arguments_match(argc, argv, 1);
    }
    fclose(open_data("wild-a.tmp", "r"));
    CHECK_STR(arguments(DATA "wild-*.tmp"),
              "[data\\wild-a.tmp][data\\wild-B.tmp][data\\wild-cc.tmp]");
    CHECK_STR(arguments("x " DATA "wild-?.tmp y"), "[x][data\\wild-a.tmp][data\\wild-B.tmp][y]");
    CHECK_STR(arguments(".\\data\\wild-c*"), "[.\\data\\wild-cc.tmp]");
    CHECK_STR(arguments("data/wild-c*"), "[data/wild-cc.tmp]");
    CHECK_STR(arguments(DATA "WILD-A.*"), "[data\\wild-a.tmp]");
    CHECK_STR(arguments(DATA "wild-*.none"), "[data\\wild-*.none]");
    CHECK_STR(arguments("none\\*"), "[none\\*]");
    return check_done();
}
