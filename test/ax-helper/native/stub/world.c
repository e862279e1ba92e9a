#include <stdarg.h>

#include "stub.h"
#include "text.h"

struct world world = {.frontmost = -1, .is_trusted = true, .scale = 2, .timeout = 6};
struct counters counters;

uint64_t stub_now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

struct app_object *stub_app(int pid) {
  for (int i = 0; i < world.app_count; i++) {
    if (world.apps[i].pid == pid) return &world.apps[i];
  }
  return NULL;
}

struct attribute *stub_attribute(struct node_object *node, const char *name) {
  for (int i = 0; i < node->attribute_count; i++) {
    if (strcmp(node->attributes[i].name, name) == 0) return &node->attributes[i];
  }
  return NULL;
}

struct attribute *stub_set_attribute(int index, const char *name, enum attribute_kind kind) {
  struct node_object *node = &world.nodes[index];
  struct attribute *attribute = stub_attribute(node, name);
  if (attribute == NULL) {
    size_t size = (size_t)(node->attribute_count + 1) * sizeof *attribute;
    node->attributes = realloc(node->attributes, size);
    attribute = &node->attributes[node->attribute_count++];
    memset(attribute, 0, sizeof *attribute);
    snprintf(attribute->name, sizeof attribute->name, "%s", name);
  }
  attribute->kind = kind;
  return attribute;
}

void stub_record(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  counters.events = realloc(counters.events, counters.events_used + (size_t)length + 2);
  if (counters.events_used > 0) counters.events[counters.events_used++] = ',';
  memcpy(counters.events + counters.events_used, line, (size_t)length);
  counters.events_used += (size_t)length;
}

static double number_of(const struct json *object, const char *key, double otherwise) {
  const struct json *value = json_get(object, key);
  return value == NULL ? otherwise : value->number;
}

static void text_of(const struct json *object, const char *key, char *to, size_t size) {
  const struct json *value = json_get(object, key);
  size_t length = value == NULL || value->type != JSON_STRING ? 0 : value->length;
  if (length >= size) length = size - 1;
  if (length > 0) memcpy(to, value->text, length);
  to[length] = '\0';
}

static void set_units(const struct json *text, uint16_t **units, CFIndex *length) {
  *units = malloc(text->length * 2 + 2);
  *length = (CFIndex)utf16_from_utf8(text->text, text->length, *units);
}

static void read_numbers(const struct json *list, double *to, int count) {
  const struct json *item = list->first;
  for (int i = 0; i < count && item != NULL; i++, item = item->next) to[i] = item->number;
}

/* A plain string, number or boolean, or an object whose one key tells its kind. */
static void load_attribute(int index, const char *name, const struct json *json) {
  static const struct { const char *key; enum attribute_kind kind; } KINDS[] = {
      {"point", A_POINT}, {"size", A_SIZE}, {"range", A_RANGE}, {"element", A_ELEMENT}, {"elements", A_ELEMENTS},
      {"url", A_URL}, {"attributed", A_ATTRIBUTED}, {"null", A_NULL}, {"error", A_ERROR}};
  enum attribute_kind kind = json->type == JSON_STRING ? A_STRING : json->type == JSON_NUMBER ? A_NUMBER : A_BOOLEAN;
  const struct json *inner = json;
  if (json->type == JSON_OBJECT) {
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
      if (json_get(json, KINDS[i].key) == NULL) continue;
      inner = json_get(json, KINDS[i].key);
      kind = KINDS[i].kind;
    }
  }
  struct attribute *attribute = stub_set_attribute(index, name, kind);
  free(attribute->units);
  free(attribute->nodes);
  attribute->units = NULL;
  attribute->nodes = NULL;
  attribute->length = 0;
  if (inner->type == JSON_STRING) set_units(inner, &attribute->units, &attribute->length);
  else if (kind == A_ELEMENTS) {
    for (const struct json *item = inner->first; item != NULL; item = item->next) attribute->length++;
    attribute->nodes = malloc((size_t)attribute->length * sizeof(int) + 1);
    int at = 0;
    for (const struct json *item = inner->first; item != NULL; item = item->next) attribute->nodes[at++] = (int)item->number;
  } else if (inner->type == JSON_ARRAY) read_numbers(inner, attribute->numbers, 2);
  else attribute->numbers[0] = inner->number;
}

void stub_apply(const struct json *effects) {
  for (const struct json *item = effects == NULL ? NULL : effects->first; item != NULL; item = item->next) {
    int index = (int)number_of(item, "node", -1);
    const struct json *value = json_get(item, "value");
    char name[48];
    if (index < 0 || index >= world.node_count || value == NULL) continue;
    text_of(item, "name", name, sizeof name);
    if (strcmp(name, "dead") == 0) world.nodes[index].is_dead = value->number != 0;
    else load_attribute(index, name, value);
  }
}

static void load_node(int index, const struct json *json) {
  struct node_object *node = &world.nodes[index];
  char name[48];
  node->parent = (int)number_of(json, "parent", -1);
  node->pid = (int)number_of(json, "pid", -1);
  node->is_asleep = number_of(json, "asleep", 0) != 0;
  node->is_read_only = number_of(json, "readOnly", 0) != 0;
  node->is_deaf = number_of(json, "deaf", 0) != 0;
  node->is_dead = number_of(json, "dead", 0) != 0;
  node->effects = json_get(json, "effects");
  if (node->parent >= 0) {
    struct node_object *parent = &world.nodes[node->parent];
    if (node->pid < 0) node->pid = parent->pid;
    /* Room by powers of two. */
    if ((parent->child_count & (parent->child_count - 1)) == 0) {
      size_t room = parent->child_count == 0 ? 1 : (size_t)parent->child_count * 2;
      parent->children = realloc(parent->children, room * sizeof(int));
    }
    parent->children[parent->child_count++] = index;
  }
  const struct json *attributes = json_get(json, "attributes"), *actions = json_get(json, "actions");
  for (const struct json *item = attributes == NULL ? NULL : attributes->first; item != NULL; item = item->next) {
    snprintf(name, sizeof name, "%.*s", (int)item->key_length, item->key);
    load_attribute(index, name, item);
  }
  for (const struct json *item = actions == NULL ? NULL : actions->first; item != NULL; item = item->next) {
    node->actions = realloc(node->actions, (size_t)(node->action_count + 1) * sizeof *node->actions);
    snprintf(node->actions[node->action_count++], sizeof *node->actions, "%.*s", (int)item->length, item->text);
  }
  node->is_secure = json_is(json_get(attributes, "AXSubrole"), "AXSecureTextField");
}

static int count_of(const struct json *list) {
  int count = 0;
  for (const struct json *item = list == NULL ? NULL : list->first; item != NULL; item = item->next) count++;
  return count;
}

static void load(const struct json *json) {
  const struct json *nodes = json_get(json, "nodes"), *apps = json_get(json, "apps"), *windows = json_get(json, "windows");
  world.nodes = calloc((size_t)count_of(nodes) + 1, sizeof *world.nodes);
  for (const struct json *item = nodes == NULL ? NULL : nodes->first; item != NULL; item = item->next) {
    load_node(world.node_count, item);
    world.node_count++;
  }
  world.apps = calloc((size_t)count_of(apps) + 1, sizeof *world.apps);
  for (const struct json *item = apps == NULL ? NULL : apps->first; item != NULL; item = item->next) {
    struct app_object *app = &world.apps[world.app_count++];
    app->pid = (int)number_of(item, "pid", 0);
    app->node = (int)number_of(item, "node", 0);
    app->start = number_of(item, "start", 1000);
    app->wake_answer = (AXError)number_of(item, "wakeAnswer", 0);
    app->wake_ms = (int)number_of(item, "wakeMs", 0);
    text_of(item, "path", app->path, sizeof app->path);
    text_of(item, "wakesBy", app->wakes_by, sizeof app->wakes_by);
  }
  world.windows = calloc((size_t)count_of(windows) + 1, sizeof *world.windows);
  for (const struct json *item = windows == NULL ? NULL : windows->first; item != NULL; item = item->next) {
    struct window_object *window = &world.windows[world.window_count++];
    window->pid = (int)number_of(item, "pid", 0);
    window->number = number_of(item, "number", 0);
    window->layer = number_of(item, "layer", 0);
    window->is_on_screen = number_of(item, "onScreen", 1) != 0;
    const struct json *owner = json_get(item, "owner"), *rect = json_get(item, "rect");
    if (owner != NULL) set_units(owner, &window->owner, &window->owner_length);
    if (rect != NULL) read_numbers(rect, window->rect, 4);
  }
  world.frontmost = (int)number_of(json, "frontmost", -1);
}

__attribute__((constructor)) static void load_world(void) {
  const char *path = getenv("STUB_WORLD");
  FILE *file = path == NULL ? NULL : fopen(path, "rb");
  if (file == NULL) return;
  fseek(file, 0, SEEK_END);
  size_t size = (size_t)ftell(file);
  rewind(file);
  char *text = malloc(size + 1);
  struct json_pool pool = {malloc((size / 2 + 16) * sizeof(struct json)), size / 2 + 16, 0, 8};
  if (text == NULL || pool.values == NULL || fread(text, 1, size, file) != size) abort();
  text[size] = '\0';
  const struct json *json = json_parse(text, size, &pool);
  if (json == NULL) {
    fputs("the stub's world is no JSON\n", stderr);
    exit(3);
  }
  load(json);
  fclose(file);
  /* Kept for the effects. */
  static struct json *kept_values;
  static char *kept_text;
  kept_values = pool.values;
  kept_text = text;
  if (kept_values == NULL || kept_text == NULL) abort();
  stub_live = 0;
}

/* A program that ends must have released everything that it was handed. */
__attribute__((destructor)) static void count_objects(void) {
  if (stub_live != 0) fprintf(stderr, "%ld objects were not released\n", stub_live);
}
