/* Captures: the tree of a window with its dialogs, open menus and menu bar, or of one element. */
#ifndef LOOPD_CAPTURE_H
#define LOOPD_CAPTURE_H

#include "request.h"

void handle_capture(struct request *request);
/* The windows of one program. */
void handle_windows(struct request *request);
/* A part of an element's text. */
void handle_text(struct request *request);
/* What is at a point of the screen. */
void handle_hit(struct request *request);
/* Whether an id is still what it was. */
void handle_check(struct request *request);

#endif
