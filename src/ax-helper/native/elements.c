#include "elements.h"

#include "ax.h"

#define SCOPES 32
/* Not one of a window: what is in it stays. */
#define LOOSE 0
/* The most elements held; a scope that would go beyond is not remembered for later. */
#define MOST 200000

struct scope {
  AXUIElementRef root;
  uint32_t number;
  uint64_t used_at;
};

static struct {
  struct element *items; /* in the order of ids */
  size_t count, capacity;
  uint32_t *slots; /* open addressing over CFHash: index into items + 1; 0 is free */
  size_t slot_count;
  uint64_t last_id, clock;
  uint32_t last_scope, scope, round;
  struct scope scopes[SCOPES];
} table;

static void place(uint32_t index) {
  size_t at = (table.items[index].hash * 11400714819323198485u) & (table.slot_count - 1);
  while (table.slots[at] != 0) at = (at + 1) & (table.slot_count - 1);
  table.slots[at] = index + 1;
}

static bool rebuild(size_t slots) {
  if (slots != table.slot_count) {
    uint32_t *fresh = malloc(slots * sizeof *fresh);
    if (fresh == NULL) return false;
    free(table.slots);
    table.slots = fresh;
    table.slot_count = slots;
  }
  memset(table.slots, 0, slots * sizeof *table.slots);
  for (size_t i = 0; i < table.count; i++) place((uint32_t)i);
  return true;
}

static bool grow(void) {
  size_t wanted = table.capacity == 0 ? 1024 : table.capacity * 2;
  struct element *items = table.capacity >= MOST ? NULL : realloc(table.items, wanted * sizeof *items);
  if (items == NULL) return false;
  table.items = items;
  table.capacity = wanted;
  return rebuild(wanted * 2);
}

/* Releases the entries of a scope: all of them, or those that the present round did not find. */
static void sweep(uint32_t scope, bool is_all) {
  size_t kept = 0;
  for (size_t i = 0; i < table.count; i++) {
    struct element *item = &table.items[i];
    if (item->scope == scope && (is_all || item->round != table.round)) drop(item->reference);
    else table.items[kept++] = *item;
  }
  if (kept == table.count) return;
  table.count = kept;
  rebuild(table.slot_count);
}

void elements_begin(AXUIElementRef root) {
  struct scope *chosen = &table.scopes[0];
  for (int i = 0; i < SCOPES; i++) {
    struct scope *scope = &table.scopes[i];
    if (scope->root != NULL && CFEqual(scope->root, root)) {
      chosen = scope;
      break;
    }
    if (scope->used_at < chosen->used_at) chosen = scope;
  }
  if (chosen->root == NULL || !CFEqual(chosen->root, root)) {
    if (chosen->root != NULL) {
      sweep(chosen->number, true);
      drop(chosen->root);
    }
    chosen->root = CFRetain(root);
    chosen->number = ++table.last_scope;
  }
  chosen->used_at = ++table.clock;
  table.scope = chosen->number;
  table.round++;
}

void elements_begin_loose(void) {
  table.scope = LOOSE;
  table.round++;
}

void elements_resume(const struct element *item) {
  table.scope = item->scope;
  table.round++;
}

struct element *elements_add(AXUIElementRef reference) {
  CFHashCode hash = CFHash(reference);
  if (table.slot_count > 0) {
    size_t at = (hash * 11400714819323198485u) & (table.slot_count - 1);
    for (; table.slots[at] != 0; at = (at + 1) & (table.slot_count - 1)) {
      struct element *item = &table.items[table.slots[at] - 1];
      if (item->hash != hash || !CFEqual(item->reference, reference)) continue;
      if (table.scope != LOOSE) item->scope = table.scope;
      item->round = table.round;
      return item;
    }
  }
  if (table.count == table.capacity && !grow()) return NULL;
  struct element *item = &table.items[table.count];
  *item = (struct element){.id = ++table.last_id, .reference = CFRetain(reference), .scope = table.scope,
                           .round = table.round, .hash = hash};
  place((uint32_t)table.count++);
  return item;
}

bool elements_visit(struct element *item) {
  bool is_first = item->visited != table.round;
  item->visited = table.round;
  return is_first;
}

bool elements_is_visited(AXUIElementRef reference) {
  struct element *item = elements_add(reference);
  return item != NULL && item->visited == table.round;
}

void elements_end(bool is_whole) {
  if (is_whole) sweep(table.scope, false);
}

struct element *elements_find(uint64_t id) {
  size_t low = 0, high = table.count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (table.items[middle].id < id) low = middle + 1;
    else high = middle;
  }
  return low < table.count && table.items[low].id == id ? &table.items[low] : NULL;
}

void elements_clear(void) {
  for (size_t i = 0; i < table.count; i++) drop(table.items[i].reference);
  for (int i = 0; i < SCOPES; i++) drop(table.scopes[i].root);
  free(table.items);
  free(table.slots);
  memset(&table, 0, sizeof table);
}

int elements_count(void) { return (int)table.count; }
