/*
 * malloc and its family.
 */
#include "check.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>

/* Whether the SIZE bytes of BLOCK are all VALUE. */
static int holds(const unsigned char *block, size_t size, int value)
{
    for (size_t i = 0; i < size; i++) {
        if (block[i] != value)
            return 0;
    }
    return 1;
}

static void basics(void)
{
    void *volatile none = NULL;
    char *block = malloc(0);
    char *grown;

    CHECK(block != NULL);
    free(block);
    free(none);
    block = malloc(100);
    CHECK_INT(_msize(block), 100);
    CHECK_INT((uintptr_t)block % 8, 0);
    memset(block, 7, 100);
    grown = realloc(block, 5000);
    CHECK(grown && holds((unsigned char *)grown, 100, 7));
    grown = realloc(grown, 10);
    CHECK(grown && holds((unsigned char *)grown, 10, 7));
    CHECK(realloc(grown, 0) == NULL);
    block = realloc(NULL, 10);
    CHECK(block != NULL);
    free(block);
    block = calloc(100, 10);
    CHECK(block && holds((unsigned char *)block, 1000, 0));
    free(block);
}

static void failures(void)
{
    size_t volatile huge = SIZE_MAX / 2;

    errno = 0;
    CHECK(malloc(huge + huge) == NULL);
    CHECK_INT(errno, ENOMEM);
    errno = 0;
    CHECK(calloc(huge, 4) == NULL);
    CHECK_INT(errno, ENOMEM);
}

static void aligned(void)
{
    for (size_t alignment = 1; alignment <= 4096; alignment *= 8) {
        unsigned char *block = _aligned_malloc(100, alignment);

        CHECK(block && (uintptr_t)block % alignment == 0);
        memset(block, 1, 100);
        _aligned_free(block);
    }
}

/* Blocks of all sizes come and go in no order, and each keeps its contents. */
static void patterns(void)
{
    static unsigned char *blocks[200];
    static size_t sizes[200];
    int wrong = 0;

    srand(5);
    for (int i = 0; i < 20000; i++) {
        int slot = rand() % 200;

        if (blocks[slot]) {
            wrong += !holds(blocks[slot], sizes[slot], slot);
            if (rand() % 3 == 0) {
                size_t size = (size_t)rand() % 3000;
                unsigned char *moved = realloc(blocks[slot], size + 1);

                wrong += !moved || !holds(moved, size < sizes[slot] ? size : sizes[slot], slot);
                blocks[slot] = moved;
                sizes[slot] = size;
                memset(moved, slot, size);
                continue;
            }
            free(blocks[slot]);
            blocks[slot] = NULL;
        } else {
            sizes[slot] = (size_t)(rand() % 10 ? rand() % 200 : rand());
            blocks[slot] = malloc(sizes[slot]);
            wrong += !blocks[slot];
            memset(blocks[slot], slot, sizes[slot]);
        }
    }
    for (int slot = 0; slot < 200; slot++)
        free(blocks[slot]);
    CHECK_INT(wrong, 0);
}

int main(void)
{
    basics();
    failures();
    aligned();
    patterns();
    return check_done();
}
