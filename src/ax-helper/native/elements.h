/*
 * The elements that requests can name. An element keeps its id as long as captures keep finding it (CFEqual), ids are
 * never reused, and a capture of the same window releases what it no longer found.
 */
#ifndef LOOPD_ELEMENTS_H
#define LOOPD_ELEMENTS_H

#include "mac.h"

/* How an element may be read at first sight; learnt from what it was. */
enum reading {
  READ_CAREFULLY = 0, /* role first, then what the role allows */
  READ_CHILDREN = 1,  /* with AXChildren */
  READ_VALUE = 2,     /* with AXValue */
};

struct element {
  uint64_t id;
  AXUIElementRef reference;
  uint64_t identity; /* hash of role, subrole, title and description when it was last read; 0: not read yet */
  unsigned reading;  /* of enum reading */
  bool is_known;     /* whether `reading` was learnt */
  bool is_of_page;   /* it came from a page */
  bool is_searched;  /* a page whose pieces of text were asked for */
  uint32_t scope, round;
  uint32_t visited; /* the round in which a walk read it */
  CFHashCode hash;
};

/* Begins a capture of what hangs under `root` (a window, a program): its scope, of which the latest 32 are kept. */
void elements_begin(AXUIElementRef root);
/* Begins looking at elements here and there: those that are known stay in their scope, new ones belong to none. */
void elements_begin_loose(void);
/* Begins reading below `item` again, in the scope that it is in. */
void elements_resume(const struct element *item);
/* The entry of an element, new (and retained) when need be; NULL without memory. Valid until the next call. */
struct element *elements_add(AXUIElementRef reference);
/* Whether this capture comes upon the entry for the first time: a program's tree may have circles. */
bool elements_visit(struct element *item);
/* Whether it has come upon it. */
bool elements_is_visited(AXUIElementRef reference);
/* Ends a capture: what it did not find of its scope is released. `is_whole` false: nothing is, it was cut short. */
void elements_end(bool is_whole);
/* The entry of an id, or NULL. Valid until the next elements_add. */
struct element *elements_find(uint64_t id);
/* Releases everything. */
void elements_clear(void);
/* Elements held now. */
int elements_count(void);

#endif
