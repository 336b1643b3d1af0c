// Fuzzes the VAD tree: each four bytes are a change, after which it must agree with its model.
// sources: mm/vad_tree.c mm/vad_search.c mm/vad_check.c tests/host/vad_model.c
#include "tests/host/vad_model.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void change(struct vad_model *model, const uint8_t *step)
{
    uint32_t node = step[0] % MODEL_NODES, start = step[1] * 3u, pages = step[2];

    switch (step[3] & 3) {
    case 0:
        vad_model_remove(model, node);
        break;
    case 1:
        vad_model_resize(model, node, start, start + pages);
        break;
    default:
        vad_model_insert(model, node, start + (step[3] >> 5), start + pages);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vad_model model;

    vad_model_init(&model);
    for (; size >= 4; size -= 4, data += 4) {
        change(&model, data);
        const char *fault =
            vad_model_compare(&model, data[1] * 3u % (MODEL_HIGHEST + 1), data[2], data[0] * 3u);
        if (fault) {
            fprintf(stderr, "%s\n", fault);
            abort();
        }
    }
    return 0;
}
