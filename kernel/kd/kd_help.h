/* The list of commands, itself a command. */
#pragma once

struct kd_context;
void kd_help(struct kd_context *context);
