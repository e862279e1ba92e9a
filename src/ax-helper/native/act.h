/*
 * Acting on elements. Whatever names an element is checked first: it must still have the role and name it had when it
 * was last read (`stale` otherwise). An action that the program did not confirm is `unknown`, never an error: it may
 * have happened, so look again and do not repeat it.
 */
#ifndef LOOPD_ACT_H
#define LOOPD_ACT_H

#include "elements.h"
#include "node.h"
#include "request.h"

void handle_act(struct request *request);

/* An element that is about to be acted on. */
struct subject {
  AXUIElementRef reference; /* borrowed from the element table */
  struct node node;         /* as it is now */
  int pid;
};

/* The element under `element`. False: refused (stale, gone, disabled, not-responding). Else node_release its node. */
bool subject_open(struct request *request, struct subject *subject);
/* Answers for an action: done, unknown, or refused. */
void finish_action(struct request *request, AXError error, const char *what);
/* Adds what there is instead to the error that was just written. */
void add_choices(struct request *request, const CFTypeRef *strings, int count);

/* By synthetic input (act-input.c), through the menu bar and the menu of a pop-up button (act-menu.c). */
void act_type(struct request *request);
void act_key(struct request *request);
void act_click(struct request *request);
void act_menu(struct request *request);
void act_choose(struct request *request);

#endif
