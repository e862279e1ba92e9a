/* Programs that build their tree only when asked: Electron and the Chrome family. */
#ifndef LOOPD_WAKE_H
#define LOOPD_WAKE_H

#include "apps.h"

/* Undoes what wake_begin did, once the tree has been read. */
struct wake {
  AXUIElementRef app;
  bool is_restored_later; /* AXEnhancedUserInterface was off before */
};

/*
 * Whether a capture that found `pages` with `children` below them should ask the program to wake, which wake_begin then
 * does; at most one dance per process and 10 s that ended in nothing. Electron gets AXManualAccessibility, whatever it
 * answers to that; the Chrome family AXEnhancedUserInterface, which also changes how its windows move and so is taken
 * back.
 */
bool wake_is_due(const struct process *process, int pages, int children);
void wake_begin(struct wake *wake, AXUIElementRef app, const struct process *process);
void wake_end(struct wake *wake, const struct process *process, int children);

#endif
