#include "walk.h"

#include "page.h"
#include "roles.h"

/* An element found and not read yet. Owns its reference. */
struct pending {
  AXUIElementRef reference;
  uint64_t parent;
  const char *kind; /* of a root, else NULL */
  struct place place;
  int depth;
};

struct walk {
  struct buffer *out;
  struct walk_limits limits;
  bool is_wild;
  enum walk_cut cut;
  struct pending *queue; /* read from `head`, filled up to `tail`; as many as nodes may be */
  int head, tail, capacity, written, pages, page_children;
  bool has_rect;
  double rect[4]; /* of the window */
  size_t began_at;
};

struct walk *walk_start(struct buffer *out, struct walk_limits limits, bool is_wild) {
  struct walk *walk = calloc(1, sizeof *walk);
  if (walk == NULL) return NULL;
  walk->out = out;
  walk->limits = limits;
  walk->is_wild = is_wild;
  walk->began_at = out->used;
  return walk;
}

static bool enqueue(struct walk *walk, struct pending pending) {
  if (walk->tail == walk->capacity) {
    int wanted = walk->capacity == 0 ? 256 : walk->capacity * 2;
    struct pending *grown = realloc(walk->queue, (size_t)wanted * sizeof *grown);
    if (grown == NULL) return false;
    walk->queue = grown;
    walk->capacity = wanted;
  }
  walk->queue[walk->tail] = pending;
  CFRetain(walk->queue[walk->tail++].reference);
  return true;
}

uint64_t walk_add(struct walk *walk, AXUIElementRef root, const char *kind) {
  struct element *item = elements_add(root);
  if (item == NULL || walk->tail >= walk->limits.nodes) return 0;
  uint64_t id = item->id;
  struct pending pending = {.reference = root, .kind = kind};
  pending.place = (struct place){0, item->is_of_page, item->is_of_page || walk->is_wild};
  return enqueue(walk, pending) ? id : 0;
}

/* Enqueues an element. False: there is no room for it. */
static bool add_child(struct walk *walk, CFTypeRef reference, struct pending child) {
  if (!is_element(reference)) return true;
  child.reference = reference;
  if (walk->tail >= walk->limits.nodes) walk->cut = CUT_NODES;
  else if (!enqueue(walk, child)) walk->cut = CUT_MEMORY;
  else return true;
  return false;
}

/* Enqueues the header of a table and the children that are to be read; what finds no room is counted as more. */
static void add_children(struct walk *walk, struct node *node, struct pending child) {
  CFTypeRef header = (node->flags & ROLE_ROWS) == 0 ? NULL : node_slot(node, SLOT_HEADER);
  if (child.depth >= walk->limits.depth) {
    if (node->child_count > 0) walk->cut = CUT_DEPTH;
    node->more += node->child_count;
    return;
  }
  if (is_element(header) && !add_child(walk, header, child)) node->more++;
  for (CFIndex i = 0; i < node->child_count; i++) {
    if (add_child(walk, CFArrayGetValueAtIndex(node->children, i), child)) continue;
    node->more += node->child_count - i;
    return;
  }
}

/* Reads one element, writes it and enqueues its children. False: the walk is over, and this one is still unread. */
static bool step(struct walk *walk, struct pending pending) {
  struct element *item = elements_add(pending.reference);
  if (item == NULL) {
    walk->cut = CUT_MEMORY;
    return false;
  }
  if (!elements_visit(item)) return true;
  uint64_t id = item->id;
  struct node node;
  AXError error = node_read(item, pending.place, walk->limits.node, &node);
  if (error != kAXErrorSuccess) {
    if (ax_is_hung()) walk->cut = CUT_HUNG;
    return !ax_is_hung();
  }
  if (node.flags & ROLE_SKIP) {
    node_release(&node);
    return true;
  }
  CFTypeRef label = node_slot(&node, SLOT_LABEL);
  struct element *label_item = is_element(label) ? elements_add(label) : NULL;
  uint64_t label_id = label_item == NULL || label_item->id == id ? 0 : label_item->id;

  bool is_page = (node.flags & ROLE_WEB) != 0;
  item = is_page ? elements_find(id) : NULL;
  if (item != NULL && node.child_count > 0 && !item->is_searched) {
    item->is_searched = true;
    page_learn(pending.reference, walk->limits.node.rows);
  }
  struct pending child = {.parent = id,
                          .place = {node.flags, pending.place.is_of_page || is_page, pending.place.is_wild || is_page},
                          .depth = pending.depth + 1};
  int before = walk->tail;
  add_children(walk, &node, child);
  if (is_page) {
    walk->pages++;
    walk->page_children += (int)node.child_count;
  }
  if (pending.kind != NULL && strcmp(pending.kind, "window") == 0 && node.has_rect) {
    walk->has_rect = true;
    memcpy(walk->rect, node.rect, sizeof walk->rect);
  }
  size_t mark = walk->out->used;
  node_write(walk->out, &node, id, pending.parent, pending.kind, label_id, walk->limits.node);
  node_release(&node);
  if (!walk->out->is_full && walk->out->used - walk->began_at <= walk->limits.bytes) {
    walk->written++;
    return true;
  }
  walk->out->used = mark;
  walk->out->is_full = false;
  walk->cut = CUT_BYTES;
  while (walk->tail > before) drop(walk->queue[--walk->tail].reference);
  return false;
}

void walk_run(struct walk *walk) {
  while (walk->head < walk->tail) {
    if (ax_time_left() == 0) {
      walk->cut = CUT_TIME;
      return;
    }
    struct pending pending = walk->queue[walk->head];
    if (!step(walk, pending)) return;
    drop(pending.reference);
    walk->head++;
  }
}

void walk_write_unread(struct walk *walk, struct buffer *out) {
  put_key(out, "unread");
  put(out, "[");
  for (int at = walk->head; at < walk->tail;) {
    uint64_t parent = walk->queue[at].parent;
    int first = at;
    while (at < walk->tail && walk->queue[at].parent == parent) at++;
    if (parent == 0) continue;
    put_comma(out);
    put(out, "[");
    put_integer(out, (int64_t)parent);
    put_comma(out);
    put_integer(out, at - first);
    put(out, "]");
  }
  put(out, "]");
}

enum walk_cut walk_cut(const struct walk *walk) { return walk->cut; }

const char *walk_cut_name(enum walk_cut cut) {
  static const char *const NAMES[] = {"none", "nodes", "depth", "bytes", "time", "not-responding", "memory"};
  return NAMES[cut];
}

int walk_count(const struct walk *walk) { return walk->written; }

const double *walk_rect(const struct walk *walk) { return walk->has_rect ? walk->rect : NULL; }

int walk_pages(const struct walk *walk) { return walk->pages; }

int walk_page_children(const struct walk *walk) { return walk->page_children; }

void walk_stop(struct walk *walk) {
  if (walk == NULL) return;
  for (int at = walk->head; at < walk->tail; at++) drop(walk->queue[at].reference);
  free(walk->queue);
  free(walk);
}
