/*
 * The model that the VAD tree is tested against: an array with a word a page, that says which node
 * holds it. What the tree answers by walking is found here by looking at every page.
 */
#pragma once

#include "mm/vad.h"

#define MODEL_LOWEST  16u
#define MODEL_HIGHEST 799u
#define MODEL_NODES   64u

struct vad_model {
    struct mi_vad_tree tree;
    struct mmvad nodes[MODEL_NODES];
    uint16_t holder[MODEL_HIGHEST + 1]; /* 0: free; else the node's number, from 1 */
};

void vad_model_init(struct vad_model *model);
/* Node I's state in the model. */
bool vad_model_inside(const struct vad_model *model, uint32_t i);
/* Put node I in at START..END if that is free; take it out; change its range if that can be. */
void vad_model_insert(struct vad_model *model, uint32_t i, uint32_t start, uint32_t end);
void vad_model_remove(struct vad_model *model, uint32_t i);
void vad_model_resize(struct vad_model *model, uint32_t i, uint32_t start, uint32_t end);
/* Compare every answer that the tree gives about PAGE and about PAGES below HIGHEST. => NULL, or
 * what differs. */
const char *vad_model_compare(struct vad_model *model, uint32_t page, uint32_t pages,
                              uint32_t highest);
