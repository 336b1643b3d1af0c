/* The smallest program: exit(0), by hand. */
void _start(void)
{
    __asm__ volatile("int $0x80" : : "a"(1), "b"(0));
}
