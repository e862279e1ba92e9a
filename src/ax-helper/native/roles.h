/* What a role says about how its element may be read. */
#ifndef LOOPD_ROLES_H
#define LOOPD_ROLES_H

enum role_flags {
  ROLE_VALUE = 1,    /* AXValue is short and worth reading */
  ROLE_TEXT = 2,     /* AXValue is a text of any length, and secret in a secure field */
  ROLE_ROWS = 4,     /* children are rows, thousands perhaps: only what is visible, else a range */
  ROLE_CLOSED = 8,   /* children tell nothing that the element does not */
  ROLE_NAMED = 16,   /* closed when it has a name of its own */
  ROLE_PLAIN = 32,   /* a child is never a table, a text or a field: it may be read at once, children and value */
  ROLE_SCROLLS = 64, /* a child may well be a table or a text, in every program */
  ROLE_SKIP = 128,   /* repeats what others show: left out */
  ROLE_WEB = 256,    /* what is below comes from a page: any element may hold thousands */
  ROLE_OPENS = 512,  /* children only while it is selected (an open menu) */
  ROLE_ROW = 1024,   /* children are its cells, a few */
};

/* The flags of a role; 0 for one that is not known. */
unsigned role_flags(const char *role);

#endif
