/* Windows, displays, processes and the clock; and the control pipe. */
#include <poll.h>

#include "stub.h"
#include "text.h"

static CFTypeRef number(double value) { return CFNumberCreate(NULL, kCFNumberFloat64Type, &value); }

static CFTypeRef dictionary(const char *const *names, const void **values, CFIndex count) {
  const void *keys[8];
  for (CFIndex i = 0; i < count; i++) keys[i] = stub_ascii(names[i]);
  CFDictionaryRef made = CFDictionaryCreate(NULL, keys, values, count, &kCFTypeDictionaryKeyCallBacks,
                                            &kCFTypeDictionaryValueCallBacks);
  for (CFIndex i = 0; i < count; i++) {
    CFRelease(keys[i]);
    CFRelease(values[i]);
  }
  return made;
}

CFArrayRef CGWindowListCopyWindowInfo(uint32_t options, uint32_t relative_to) {
  static const char *const SIDES[] = {"X", "Y", "Width", "Height"};
  static const char *const NAMES[] = {"kCGWindowOwnerPID", "kCGWindowNumber", "kCGWindowLayer", "kCGWindowIsOnscreen",
                                      "kCGWindowBounds", "kCGWindowOwnerName"};
  (void)options;
  (void)relative_to;
  stub_control();
  const void **items = malloc((size_t)world.window_count * sizeof *items + 1);
  for (int i = 0; i < world.window_count; i++) {
    struct window_object *window = &world.windows[i];
    const void *sides[4];
    for (int side = 0; side < 4; side++) sides[side] = number(window->rect[side]);
    const void *values[] = {number(window->pid), number(window->number), number(window->layer),
                            CFRetain(window->is_on_screen ? kCFBooleanTrue : kCFBooleanFalse),
                            dictionary(SIDES, sides, 4), stub_string(window->owner, window->owner_length)};
    items[i] = dictionary(NAMES, values, 6);
  }
  CFArrayRef list = CFArrayCreate(NULL, items, world.window_count, &kCFTypeArrayCallBacks);
  for (int i = 0; i < world.window_count; i++) CFRelease(items[i]);
  free(items);
  return list;
}

bool CGRectMakeWithDictionaryRepresentation(CFDictionaryRef reference, CGRect *to) {
  static const char *const SIDES[] = {"X", "Y", "Width", "Height"};
  double sides[4];
  for (int side = 0; side < 4; side++) {
    CFTypeRef name = stub_ascii(SIDES[side]), value = CFDictionaryGetValue(reference, name);
    CFRelease(name);
    if (value == NULL) return false;
    CFNumberGetValue(value, kCFNumberFloat64Type, &sides[side]);
  }
  memcpy(to, sides, sizeof sides);
  return true;
}

int32_t CGGetDisplaysWithPoint(CGPoint point, uint32_t most, uint32_t *displays, uint32_t *count) {
  *count = most > 0 && point.x >= 0 && point.y >= 0 ? 1 : 0;
  if (*count > 0) displays[0] = 1;
  return 0;
}

CGDisplayModeRef CGDisplayCopyDisplayMode(uint32_t display) {
  return display == 1 ? stub_new(T_MODE, sizeof(struct number)) : NULL;
}
void CGDisplayModeRelease(CGDisplayModeRef mode) { CFRelease(mode); }
size_t CGDisplayModeGetWidth(CGDisplayModeRef mode) { return mode == NULL ? 0 : 1000; }
size_t CGDisplayModeGetPixelWidth(CGDisplayModeRef mode) { return mode == NULL ? 0 : (size_t)(1000 * world.scale); }

uint64_t clock_gettime_nsec_np(int clock) {
  if (clock != CLOCK_UPTIME_RAW) abort();
  return stub_now_us() * 1000;
}

int proc_pidinfo(int pid, int flavour, uint64_t argument, void *to, int size) {
  struct app_object *app = stub_app(pid);
  if (app == NULL || flavour != PROC_PIDTBSDINFO || argument != 0 || size != (int)sizeof(struct proc_bsdinfo)) return 0;
  struct proc_bsdinfo *info = to;
  *info = (struct proc_bsdinfo){.pbi_pid = (uint32_t)pid, .pbi_start_tvsec = (uint64_t)app->start};
  return size;
}

int proc_pidpath(int pid, void *to, uint32_t size) {
  struct app_object *app = stub_app(pid);
  if (app == NULL || app->path[0] == '\0') return 0;
  return snprintf(to, size, "%s", app->path);
}

int _NSGetExecutablePath(char *path, uint32_t *size) {
  long length = readlink("/proc/self/exe", path, *size - 1);
  if (length < 0) return -1;
  path[length] = '\0';
  return 0;
}

/* The spawn that replaces the process: only that one, and only after responsibility was given up. */
static bool is_disclaimed, is_replacing;

int posix_spawnattr_init(posix_spawnattr_t *attributes) {
  *attributes = malloc(1);
  return 0;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attributes) {
  free(*attributes);
  return 0;
}

int posix_spawnattr_setflags(posix_spawnattr_t *attributes, short flags) {
  (void)attributes;
  is_replacing = flags == POSIX_SPAWN_SETEXEC;
  return 0;
}

int posix_spawn(int *pid, const char *path, const void *actions, const posix_spawnattr_t *attributes,
                char *const arguments[], char *const environment[]) {
  (void)pid;
  if (!is_disclaimed || !is_replacing || actions != NULL || *attributes == NULL) abort();
  execve(path, arguments, environment);
  return 2;
}

static int set_disclaim(posix_spawnattr_t *attributes, int is_on) {
  is_disclaimed = *attributes != NULL && is_on == 1;
  return 0;
}

void *dlsym(void *handle, const char *symbol) {
  if (handle != RTLD_DEFAULT || strcmp(symbol, "responsibility_spawnattrs_setdisclaim") != 0) abort();
  void *found = NULL;
  int (*function)(posix_spawnattr_t *, int) = getenv("STUB_NO_DISCLAIM") == NULL ? set_disclaim : NULL;
  memcpy(&found, &function, sizeof found);
  return found;
}

/* Control lines: `<verb> <number> <number> <text>`, `stats` and `events` are answered on file 4. */
static void obey(char *line) {
  char verb[32] = "", name[48] = "";
  long a = 0, b = 0;
  int text_at = 0;
  if (sscanf(line, "%31s %ld %ld", verb, &a, &b) < 1) return;
  struct app_object *app = stub_app((int)a);
  struct node_object *node = a >= 0 && a < world.node_count ? &world.nodes[a] : NULL;
  if (strcmp(verb, "latency") == 0) world.latency_us = (int)a;
  else if (strcmp(verb, "trust") == 0) world.is_trusted = a != 0;
  else if (strcmp(verb, "secure-input") == 0) world.is_secure_input = a != 0;
  else if (strcmp(verb, "frontmost") == 0) world.frontmost = (int)a;
  else if (strcmp(verb, "hang") == 0 && app != NULL) app->hangs_until = stub_now_us() + (uint64_t)b * 1000;
  else if (strcmp(verb, "hang-in") == 0 && app != NULL) app->hang_in = (int)b + 1;
  else if (strcmp(verb, "restart") == 0 && app != NULL) app->start += 1;
  else if (strcmp(verb, "dead") == 0 && node != NULL) node->is_dead = b != 0;
  else if (strcmp(verb, "secret") == 0 && node != NULL) node->is_secure = true;
  else if (strcmp(verb, "call-error") == 0 && node != NULL) node->call_error = (AXError)b;
  else if (strcmp(verb, "after-error") == 0 && node != NULL) node->after_error = (AXError)b;
  else if (strcmp(verb, "slot-error") == 0 && node != NULL && sscanf(line, "%*s %*d %*d %47s", name) == 1) {
    stub_set_attribute((int)a, name, A_ERROR)->numbers[0] = (double)b;
  } else if (strcmp(verb, "number") == 0 && node != NULL && sscanf(line, "%*s %*d %*d %47s", name) == 1) {
    stub_set_attribute((int)a, name, A_NUMBER)->numbers[0] = (double)b;
  } else if (strcmp(verb, "text") == 0 && node != NULL && sscanf(line, "%*s %*d %*d %47s %n", name, &text_at) == 1) {
    struct attribute *attribute = stub_set_attribute((int)a, name, A_STRING);
    free(attribute->units);
    attribute->units = malloc(strlen(line + text_at) * 2 + 2);
    attribute->length = (CFIndex)utf16_from_utf8(line + text_at, strlen(line + text_at), attribute->units);
  } else if (strcmp(verb, "stats") == 0) {
    dprintf(4, "{\"live\":%ld,\"calls\":%ld,\"slots\":%ld,\"secretReads\":%ld,\"mostUnits\":%ld,\"mostElements\":%ld,\"prompts\":%d}\n",
            stub_live, counters.calls, counters.slots, counters.secret_reads, counters.most_units,
            counters.most_elements, world.prompts);
  } else if (strcmp(verb, "events") == 0) {
    dprintf(4, "[%.*s]\n", (int)counters.events_used, counters.events == NULL ? "" : counters.events);
    counters.events_used = 0;
  } else if (strcmp(verb, "reset") == 0) {
    counters.calls = counters.slots = counters.secret_reads = counters.most_units = counters.most_elements = 0;
  }
}

void stub_control(void) {
  static int is_controlled = -1;
  static char line[4096];
  static size_t used;
  if (is_controlled < 0) is_controlled = getenv("STUB_CONTROL") != NULL;
  if (!is_controlled) return;
  struct pollfd control = {.fd = 3, .events = POLLIN};
  while (poll(&control, 1, 0) == 1 && (control.revents & POLLIN) != 0) {
    char c;
    if (read(3, &c, 1) != 1) return;
    if (c != '\n') {
      if (used < sizeof line - 1) line[used++] = c;
      continue;
    }
    line[used] = '\0';
    used = 0;
    obey(line);
  }
}
