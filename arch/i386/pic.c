/*
 * The 8259A pair, initialised as the data sheet's ICW1 to ICW4 say. A line that drops before it is
 * acknowledged is reported as line 7 of its chip with no bit in the in-service register; such
 * spurious interrupts are counted and not acknowledged (data sheet, "spurious interrupts").
 */
#include "arch/i386/pic.h"
#include "arch/i386/registers.h"
#include "arch/i386/trap.h"

#define MASTER       0x20
#define SLAVE        0xA0
#define ICW1_INIT    0x11 /* edge triggered, cascade, ICW4 follows */
#define ICW4_8086    0x01
#define OCW2_EOI     0x20
#define OCW3_READ_IS 0x0B
#define CASCADE_LINE 2

uint32_t ki_spurious_interrupts;

static void init_chip(uint16_t port, uint8_t vector, uint8_t cascade, uint8_t mask)
{
    outb(port, ICW1_INIT);
    outb(port + 1, vector);
    outb(port + 1, cascade);
    outb(port + 1, ICW4_8086);
    outb(port + 1, mask);
}

bool ki_pic_is_spurious(uint32_t line)
{
    uint16_t port = line < 8 ? MASTER : SLAVE;

    if ((line & 7) != 7)
        return false;
    outb(port, OCW3_READ_IS);
    if (inb(port) & 0x80)
        return false;
    ki_spurious_interrupts++;
    if (line >= 8)
        outb(MASTER, OCW2_EOI); /* the master did see its cascade line */
    return true;
}

void ki_pic_end_of_interrupt(uint32_t line)
{
    if (line >= 8)
        outb(SLAVE, OCW2_EOI);
    outb(MASTER, OCW2_EOI);
}

static uint16_t mask_port(uint32_t line)
{
    return line < 8 ? MASTER + 1 : SLAVE + 1;
}

void ki_pic_mask(uint32_t line)
{
    outb(mask_port(line), inb(mask_port(line)) | (uint8_t)(1u << (line & 7)));
}

void ki_pic_unmask(uint32_t line)
{
    outb(mask_port(line), inb(mask_port(line)) & (uint8_t) ~(1u << (line & 7)));
}

void ki_init_pic(void)
{
    init_chip(MASTER, VECTOR_IRQ, 1 << CASCADE_LINE, (uint8_t) ~(1 << CASCADE_LINE));
    init_chip(SLAVE, VECTOR_IRQ + 8, CASCADE_LINE, 0xFF);
}
