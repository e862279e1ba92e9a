/*
 * A stand-in for macOS on Linux: CoreFoundation objects with counted references, an accessibility API over a world read
 * from a JSON file, and a control pipe through which a test changes that world and asks what was done to it. The program
 * under test is linked to it unchanged.
 */
#ifndef LOOPD_STUB_H
#define LOOPD_STUB_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "mac.h"

enum stub_type { T_STRING = 1, T_ARRAY, T_DICTIONARY, T_BOOLEAN, T_NUMBER, T_URL, T_ATTRIBUTED, T_NULL, T_ELEMENT,
                 T_VALUE, T_EVENT, T_MODE };

/* What every object begins with. Objects that are never freed have a count of IMMORTAL. */
#define IMMORTAL 1000000000L
struct object { enum stub_type type; long count; };
struct string { struct object object; CFIndex length; uint16_t *units; };
struct array { struct object object; CFIndex count; const void **items; };
struct dictionary { struct object object; CFIndex count; const void **keys, **values; };
struct number { struct object object; double value; };
/* A URL and an attributed string are wrappers of a string; a NULL wraps nothing. */
struct wrapper { struct object object; CFTypeRef inside; };
/* `node` -1: the system-wide element; -2: of a program that does not exist. */
struct element_object { struct object object; int node, pid; };
struct value { struct object object; uint32_t type; double numbers[4]; CFRange range; AXError error; };
struct event { struct object object; bool is_key, is_down; uint32_t key, type, button; CGPoint at; uint64_t flags;
               int64_t clicks; uint16_t text[64]; unsigned long text_length; };

void *stub_new(enum stub_type type, size_t size);
CFTypeRef stub_string(const uint16_t *units, CFIndex length);
CFTypeRef stub_ascii(const char *text);
CFTypeRef stub_value(uint32_t type, double a, double b);
bool stub_is(CFStringRef string, const char *text);

/* Objects alive that the program, not the world, must release. */
extern long stub_live;

/* One attribute as the world holds it. */
enum attribute_kind { A_STRING, A_NUMBER, A_BOOLEAN, A_POINT, A_SIZE, A_RANGE, A_ELEMENT, A_ELEMENTS, A_URL,
                      A_ATTRIBUTED, A_NULL, A_ERROR };
struct attribute {
  char name[48];
  enum attribute_kind kind;
  uint16_t *units;
  CFIndex length;
  double numbers[2];
  int *nodes;
};
struct node_object {
  int parent, pid, attribute_count, child_count, action_count;
  struct attribute *attributes;
  int *children;
  char (*actions)[48];
  bool is_dead, is_secure, is_asleep, is_read_only, is_deaf;
  AXError call_error, after_error;
  const struct json *effects; /* of any of its actions */
};
struct app_object {
  int pid, node;
  char path[512], wakes_by[48];
  AXError wake_answer;
  int wake_ms, hang_in;
  uint64_t awake_at, hangs_until;
  double start;
};
struct window_object { int pid; double number, layer, rect[4]; bool is_on_screen; uint16_t *owner; CFIndex owner_length; };

struct world {
  struct node_object *nodes;
  int node_count;
  struct app_object *apps;
  int app_count;
  struct window_object *windows;
  int window_count;
  int frontmost; /* pid, or -1: nobody tells */
  bool is_trusted, is_secure_input;
  int latency_us, prompts;
  double scale;
  float timeout;
};
extern struct world world;

/* What was asked and done, for the control pipe. */
struct counters {
  long calls, slots, secret_reads, most_units, most_elements, timeouts_set;
  char *events;
  size_t events_used;
};
extern struct counters counters;

uint64_t stub_now_us(void);
struct app_object *stub_app(int pid);
struct attribute *stub_attribute(struct node_object *node, const char *name);
/* Carries out a list of `{node, name, value}`; the name `dead` takes an element out of the world or brings it back. */
void stub_apply(const struct json *effects);
struct attribute *stub_set_attribute(int node, const char *name, enum attribute_kind kind);
void stub_record(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Carries out what waits in the control pipe. */
void stub_control(void);

#endif
