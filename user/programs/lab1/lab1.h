/*
 * What the two files of the first experiment share: main.c calls the handler that lab1.c has.
 */
#pragma once

#include "user/tokos/launch.h"

/* A tokos_fault_handler: see user/tokos/launch.h. PARAMETER is NULL. */
int lab1_handle_fault(struct tokos_fault *fault, void *parameter);
