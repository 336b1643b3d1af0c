/*
 * The text screen: a window of character and attribute pairs (IBM VGA, mode 3). Cursor position
 * goes through the CRT controller's index 0Eh and 0Fh.
 */
#include "arch/i386/vga.h"
#include "arch/i386/registers.h"

#define COLUMNS    80
#define ROWS       25
#define CRTC_INDEX 0x3D4
#define CRTC_DATA  0x3D5

static volatile uint16_t *screen;
static uint32_t row, column;
static uint16_t attribute = 0x0700;

void ki_vga_set_window(volatile uint16_t *window)
{
    screen = window;
}

static void place_cursor(void)
{
    uint32_t at = row * COLUMNS + column;

    outb(CRTC_INDEX, 0x0E);
    outb(CRTC_DATA, (uint8_t)(at >> 8));
    outb(CRTC_INDEX, 0x0F);
    outb(CRTC_DATA, (uint8_t)at);
}

static void blank(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        screen[i] = attribute | ' ';
}

void ki_vga_clear(void)
{
    if (!screen)
        return;
    blank(0, ROWS * COLUMNS);
    row = column = 0;
    place_cursor();
}

void ki_vga_alarm(void)
{
    attribute = 0x1F00;
    ki_vga_clear();
}

static void new_line(void)
{
    column = 0;
    if (++row < ROWS)
        return;
    row = ROWS - 1;
    for (uint32_t i = 0; i < (ROWS - 1) * COLUMNS; i++)
        screen[i] = screen[i + COLUMNS];
    blank((ROWS - 1) * COLUMNS, ROWS * COLUMNS);
}

void ki_vga_put(char c)
{
    if (!screen)
        return;
    if (c == '\n') {
        new_line();
    } else if (c == '\r') {
        column = 0;
    } else if (c == '\b') {
        column -= column > 0;
    } else {
        screen[row * COLUMNS + column] = attribute | (uint8_t)c;
        if (++column == COLUMNS)
            new_line();
    }
    place_cursor();
}
