/* Which programs there are, which one is in front, what they are built with: without asking any of them. */
#ifndef LOOPD_APPS_H
#define LOOPD_APPS_H

#include "request.h"

/* What a program draws its windows with, as far as reading it differs. */
enum toolkit { TOOLKIT_NATIVE, TOOLKIT_ELECTRON, TOOLKIT_CHROMIUM, TOOLKIT_QT };

/* A process; `start` (µs since 1970) tells it from a later one of the same number. */
struct process {
  int pid;
  uint64_t start;
  enum toolkit toolkit;
};

/* False when there is no such process, or it is another user's. */
bool process_read(int pid, struct process *process);
const char *toolkit_name(enum toolkit toolkit);

/* The pid in front, or -1: the one with the keyboard, else that of the first window; never one named in `exclude`. */
int frontmost_pid(const struct json *exclude, const char **source);
/* Writes the name of a process as its windows give it; "" when it has none. */
void put_app_name(struct buffer *out, int pid);
/* The window server's number of a window of `pid` with that rectangle, or 0. */
int64_t window_number(int pid, const double rect[4]);
/* Pixels per point of the display that holds a point. */
double scale_at(CGPoint point);

void handle_apps(struct request *request);
void handle_frontmost(struct request *request);

#endif
