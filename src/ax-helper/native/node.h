/* Reading one element: one message where its kind is known or harmless, a few where it may be large or secret. */
#ifndef LOOPD_NODE_H
#define LOOPD_NODE_H

#include "ax.h"
#include "elements.h"
#include "json.h"

/* Slots of what is asked of every element, in the order of the request. */
enum node_slot {
  SLOT_ROLE, SLOT_SUBROLE, SLOT_TITLE, SLOT_DESCRIPTION, SLOT_HELP, SLOT_PLACEHOLDER, SLOT_IDENTIFIER, SLOT_POSITION,
  SLOT_SIZE, SLOT_ENABLED, SLOT_FOCUSED, SLOT_SELECTED, SLOT_EXPANDED, SLOT_DISCLOSING, SLOT_MODAL, SLOT_CHARACTERS,
  SLOT_VISIBLE_RANGE, SLOT_MARK, SLOT_LABEL, SLOT_HEADER, SLOT_COUNT
};

/* What is known of the place of an element before it is read. */
struct place {
  unsigned parent_flags; /* of enum role_flags, of its parent */
  bool is_of_page, is_wild; /* below a page; that, or in a program whose elements may all be large */
};

struct node_limits {
  int text; /* UTF-16 units of one text */
  int rows; /* children that are read of one element */
};

/* An element as it was read. Objects in it live until node_release. */
struct node {
  CFArrayRef slots;
  CFTypeRef value;     /* NULL: none, not read, or secret */
  CFArrayRef children; /* the first that are to be read; NULL: none */
  CFIndex child_count; /* how many of `children` to read */
  CFIndex more;        /* further children that exist */
  CFIndex characters;  /* length of the text in UTF-16 units, or -1 */
  char role[64], subrole[64];
  unsigned flags;
  bool has_rect, is_secure, is_settable, has_settable, is_incomplete, is_of_page;
  double rect[4];
};

/* Makes, and releases, the lists of attribute names. */
bool node_start(void);
void node_stop(void);

/*
 * Reads `item`, and notes in it how it may be read the next time and what it is. Not success: the element itself could
 * not be read (kAXErrorInvalidUIElement: it is gone); there is nothing to release then.
 */
AXError node_read(struct element *item, struct place place, struct node_limits limits, struct node *node);
/* Only what identifies it and its state, in one message: no children, no value. Sets the identity too. */
AXError node_glance(AXUIElementRef reference, struct node *node, uint64_t *identity);
void node_release(struct node *node);
/* A slot's object, or NULL when it is absent or an error. */
CFTypeRef node_slot(const struct node *node, enum node_slot slot);
/* Whether a boolean slot is there and true. */
bool node_is(const struct node *node, enum node_slot slot);

/* Writes the node as an object. `parent` 0: it is a root, of the kind `root`. `label`: the id of its title element. */
void node_write(struct buffer *out, const struct node *node, uint64_t id, uint64_t parent, const char *root,
                uint64_t label, struct node_limits limits);

#endif
