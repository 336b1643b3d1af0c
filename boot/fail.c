/*
 * The last words of a boot that cannot go on: there is no kernel yet to say them, so this writes to
 * the text screen and to COM1 with the least code that can.
 */
#include "boot/boot.h"
#include "arch/i386/debug_exit.h"
#include "arch/i386/registers.h"
#include "lib/string.h"

#define SCREEN      ((volatile uint16_t *)0xB8000)
#define COM1        0x3F8
#define LINE_STATUS (COM1 + 5)
#define THR_EMPTY   0x20

static void say(const char *text)
{
    static uint32_t column;

    for (; *text; text++) {
        if (*text != '\n' && column < 80 * 25)
            SCREEN[column++] = (uint16_t)(0x4F00 | (uint8_t)*text);
        for (uint32_t spin = 0; spin < 100000 && !(inb(LINE_STATUS) & THR_EMPTY); spin++)
            ;
        outb(COM1, (uint8_t)*text);
    }
}

void boot_fail(const char *message)
{
    say("TokOS cannot start: ");
    say(message);
    say("\n");
    ki_debug_exit(DEBUG_EXIT_FAILED);
}

bool boot_option_present(const struct boot_info *info, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = info->command_line; *at;) {
        const char *end = at;
        while (*end && *end != ' ')
            end++;
        if ((size_t)(end - at) == length && !memcmp(at, word, length))
            return true;
        at = *end ? end + 1 : end;
    }
    return false;
}
