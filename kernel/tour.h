/* What a newcomer sees at boot. */
#pragma once

/* Print what was found, the address map and the self-map; then take one fault of each kind and
 * explain it. */
void ki_tour(void);
