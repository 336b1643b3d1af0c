/* What the fuzzer has to say is in the kernel's log. */
#include "tests/user/fuzz/fuzz.h"

void fuzz_say(const char *text)
{
    WCHAR wide[FUZZ_TEXT];
    UNICODE_STRING string = {0, 0, wide};

    while (*text)
        wide[string.Length++] = (unsigned char)*text++;
    string.Length *= sizeof(WCHAR);
    FUZZ_CALL(NtDisplayString, (uint32_t)&string);
}

void fuzz_say_call(const char *what)
{
    char text[FUZZ_TEXT], *to = text;
    uint32_t number = state->number;
    const struct fuzz_service *service = number < FUZZ_SERVICES ? &fuzz_services[number] : NULL;

    to += sprintf(to, "%s: %x %s(", what, number, service ? service->name : "");
    for (uint32_t i = 0; service && i < service->words; i++)
        to += sprintf(to, "%s%x", i ? ", " : "", state->arguments[i]);
    sprintf(to, ")");
    fuzz_say(text);
}
