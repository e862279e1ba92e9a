/* Synthetic input: keys only to the program that has the keyboard, clicks only where the target is on top. */
#ifndef LOOPD_INPUT_H
#define LOOPD_INPUT_H

#include "request.h"

/* A key with its modifiers. */
struct chord {
  uint16_t key;
  uint64_t flags;
};

/* Reads `cmd+shift+s`: modifiers cmd, ctrl, alt (or opt), shift, fn, and one key, by name or as a US key. */
bool chord_read(const char *text, size_t length, struct chord *chord);
/* Presses and releases it in a program. False without memory. */
bool chord_post(int pid, struct chord chord);
/* Types text into a program; line ends as Return, tabs as Tab. False when it has other control characters. */
bool text_post(int pid, const char *text, size_t length);
/* Clicks `count` times at a point of the screen; `is_right` with the right button. */
bool click_post(CGPoint point, int count, bool is_right);

#endif
