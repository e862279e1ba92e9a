/* What a capture is of: a program, and the window of it that the person has before them. */
#ifndef LOOPD_TARGET_H
#define LOOPD_TARGET_H

#include "apps.h"
#include "walk.h"

struct target {
  struct process process;
  AXUIElementRef app, window, focused, menu_bar; /* all but `app` may be NULL: there is none */
  CFArrayRef windows;                            /* likewise */
  bool is_front; /* `window` is the one that the program would give the keyboard */
};

/*
 * Opens the program that a request is about and asks its role first: one that hangs costs this one bounded call. NULL:
 * the request is refused. The caller releases it.
 */
AXUIElementRef open_app(struct request *request, int pid);

/* Finds what `window` (an id), `pid` or else the front names. False: refused. target_close in every case. */
bool target_open(struct request *request, struct target *target);
void target_close(struct target *target);

/*
 * Reads the window, the program's dialogs, an open menu and the menu bar; again and again while a program that was
 * asked to wake builds its tree. NULL without memory.
 */
struct walk *target_walk(const struct target *target, struct buffer *out, struct walk_limits limits);

#endif
