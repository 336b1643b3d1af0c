/*
 * The 8042 controller and scan codes of set 1 (IBM PS/2 Technical Reference). Polled for the
 * debugger's prompt, interrupt-driven only to notice that a key was pressed.
 */
#include "arch/i386/keyboard.h"
#include "arch/i386/registers.h"

#define DATA          0x60
#define STATUS        0x64
#define COMMAND       0x64
#define STATUS_OUTPUT 0x01
#define STATUS_INPUT  0x02
#define COMMAND_RESET 0xFE
#define NO_CONTROLLER 0xFF

#define SCAN_EXTENDED 0xE0
#define SCAN_RELEASE  0x80
#define SCAN_LSHIFT   0x2A
#define SCAN_RSHIFT   0x36
#define SCAN_CTRL     0x1D
#define SCAN_BREAK    0x46 /* with the extended prefix: Ctrl-Break */

static const char plain[] =
    "\0\0331234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
    "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

static bool shift, extended;

static int translate(uint8_t code)
{
    bool was_extended = extended;

    extended = code == SCAN_EXTENDED;
    if (code == SCAN_LSHIFT || code == SCAN_RSHIFT)
        shift = true;
    else if (code == (SCAN_LSHIFT | SCAN_RELEASE) || code == (SCAN_RSHIFT | SCAN_RELEASE))
        shift = false;
    if (was_extended)
        return code == SCAN_BREAK ? KI_BREAK : -1;
    if (code >= sizeof(plain) - 1)
        return -1;
    char c = shift ? shifted[code] : plain[code];
    return c ? c : -1;
}

int ki_keyboard_get(void)
{
    uint8_t status;

    while (status = inb(STATUS), status != NO_CONTROLLER && (status & STATUS_OUTPUT)) {
        int c = translate(inb(DATA));
        if (c != -1)
            return c;
    }
    return -1;
}

void ki_reset_machine(void)
{
    disable_interrupts();
    for (uint32_t spin = 0; spin < 100000 && (inb(STATUS) & STATUS_INPUT); spin++)
        ;
    outb(COMMAND, COMMAND_RESET);
    for (;;)
        __asm__ volatile("hlt");
}
