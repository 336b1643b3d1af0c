/* The processor's current level, and who is told when it is raised. */
#include "kernel/ke/irql.h"

kirql ki_current_irql;
void (*ke_irql_raise_hook)(void);
