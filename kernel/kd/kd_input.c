/* The debugger's line editor: whichever of the two keyboards is typed on. */
#include "kernel/kd/kd_internal.h"
#include "arch/i386/keyboard.h"

static char wait_for_key(void)
{
    for (;;) {
        int c = ki_uart_get(KI_COM1);
        if (c < 0)
            c = ki_keyboard_get();
        if (c >= 0)
            return (char)c;
        __asm__ volatile("pause");
    }
}

void kd_read_line(char *line, uint32_t size)
{
    uint32_t length = 0;

    for (;;) {
        char c = wait_for_key();
        if (c == '\r' || c == '\n')
            break;
        if ((c == '\b' || c == 0x7F) && length) {
            length--;
            dbg_print("\b \b");
        } else if (c >= ' ' && c < 0x7F && length + 1 < size) {
            line[length++] = c;
            dbg_put(c);
        }
    }
    line[length] = '\0';
    dbg_put('\n');
}
