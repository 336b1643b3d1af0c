/* The processor's current level. */
#include "kernel/ke/irql.h"

kirql ki_current_irql;
