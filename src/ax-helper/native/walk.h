/* Walks trees breadth first, so that a limit cuts depth before it cuts whole branches, and writes their nodes. */
#ifndef LOOPD_WALK_H
#define LOOPD_WALK_H

#include "node.h"

struct walk_limits {
  int nodes, depth;
  size_t bytes; /* of written nodes */
  struct node_limits node;
};

/* Why a walk left something out. */
enum walk_cut { CUT_NONE, CUT_NODES, CUT_DEPTH, CUT_BYTES, CUT_TIME, CUT_HUNG, CUT_MEMORY };

struct walk;

/* A walk that writes into `out`, which then holds the items of an array. NULL without memory. */
struct walk *walk_start(struct buffer *out, struct walk_limits limits, bool is_wild);
/* Adds a tree to walk, of a kind (`window`, `dialog`, `menu`, `menu-bar`), and returns the id of its root, or 0. */
uint64_t walk_add(struct walk *walk, AXUIElementRef root, const char *kind);
/* Reads everything that was added, and what is below it; again after more was added. */
void walk_run(struct walk *walk);
/* Writes `,"unread":[[id,count],…]`: children of read nodes that a limit left out. Call after walk_run. */
void walk_write_unread(struct walk *walk, struct buffer *out);
enum walk_cut walk_cut(const struct walk *walk);
const char *walk_cut_name(enum walk_cut cut);
/* Nodes written. */
int walk_count(const struct walk *walk);
/* The rectangle of the window, or NULL. */
const double *walk_rect(const struct walk *walk);
/* Pages found, and how many children they have: a page without any may not be awake yet. */
int walk_pages(const struct walk *walk);
int walk_page_children(const struct walk *walk);
void walk_stop(struct walk *walk);

#endif
