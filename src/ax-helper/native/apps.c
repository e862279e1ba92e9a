#include "apps.h"

#include "text.h"

/* The most windows of the window server that are looked at. */
#define MOST_WINDOWS 2000
#define MOST_APPS 300

/* A window of the window server's list, front to back. Borrowed from the list. */
struct window {
  int pid;
  int64_t number;
  CFStringRef owner;
  double rect[4], layer;
  bool is_on_screen;
};

static CFTypeRef field(CFDictionaryRef dictionary, const char *key) {
  CFStringRef name = text_create(key, strlen(key));
  CFTypeRef value = name == NULL ? NULL : CFDictionaryGetValue(dictionary, name);
  drop(name);
  return value;
}

static bool read_window(CFArrayRef list, CFIndex index, struct window *window) {
  CFTypeRef entry = CFArrayGetValueAtIndex(list, index), owner, bounds;
  double pid = 0, number = 0, on_screen = 0;
  *window = (struct window){0};
  if (entry == NULL || CFGetTypeID(entry) != CFDictionaryGetTypeID()) return false;
  if (!read_double(field(entry, "kCGWindowOwnerPID"), &pid) || pid < 1 || pid > INT32_MAX) return false;
  read_double(field(entry, "kCGWindowNumber"), &number);
  read_double(field(entry, "kCGWindowLayer"), &window->layer);
  read_double(field(entry, "kCGWindowIsOnscreen"), &on_screen);
  owner = field(entry, "kCGWindowOwnerName");
  bounds = field(entry, "kCGWindowBounds");
  CGRect rect;
  if (bounds != NULL && CFGetTypeID(bounds) == CFDictionaryGetTypeID() &&
      CGRectMakeWithDictionaryRepresentation(bounds, &rect)) {
    memcpy(window->rect, &rect, sizeof rect);
  }
  window->pid = (int)pid;
  window->number = (int64_t)number;
  window->owner = is_string(owner) ? owner : NULL;
  window->is_on_screen = on_screen != 0;
  return true;
}

static CFIndex list_windows(CFArrayRef *list) {
  *list = CGWindowListCopyWindowInfo(kCGWindowListOptionAll | kCGWindowListExcludeDesktopElements, 0);
  CFIndex count = *list == NULL ? 0 : CFArrayGetCount(*list);
  return count < MOST_WINDOWS ? count : MOST_WINDOWS;
}

bool process_read(int pid, struct process *process) {
  struct proc_bsdinfo info;
  if (proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &info, sizeof info) != (int)sizeof info) return false;
  *process = (struct process){pid, info.pbi_start_tvsec * 1000000 + info.pbi_start_tvusec, TOOLKIT_NATIVE};
  static const struct { const char *framework; enum toolkit toolkit; } SIGNS[] = {
      {"Electron Framework", TOOLKIT_ELECTRON},   {"Google Chrome Framework", TOOLKIT_CHROMIUM},
      {"Chromium Framework", TOOLKIT_CHROMIUM},   {"Chromium Embedded Framework", TOOLKIT_CHROMIUM},
      {"Microsoft Edge Framework", TOOLKIT_CHROMIUM}, {"Brave Browser Framework", TOOLKIT_CHROMIUM},
      {"Vivaldi Framework", TOOLKIT_CHROMIUM},    {"Opera Framework", TOOLKIT_CHROMIUM},
      {"Arc Framework", TOOLKIT_CHROMIUM},        {"QtCore", TOOLKIT_QT},
      {"QtGui", TOOLKIT_QT}};
  char path[4096], framework[4400];
  int length = proc_pidpath(pid, path, sizeof path - 1);
  if (length <= 0 || length >= (int)sizeof path) return true;
  path[length] = '\0';
  char *inside = strstr(path, "/Contents/MacOS/");
  if (inside == NULL) return true;
  *inside = '\0';
  for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
    snprintf(framework, sizeof framework, "%s/Contents/Frameworks/%s.framework", path, SIGNS[i].framework);
    if (access(framework, 0) != 0) continue;
    process->toolkit = SIGNS[i].toolkit;
    break;
  }
  return true;
}

const char *toolkit_name(enum toolkit toolkit) {
  static const char *const NAMES[] = {"native", "electron", "chromium", "qt"};
  return NAMES[toolkit];
}

/* Whether a name is among the strings of a JSON array. */
static bool is_among(CFStringRef name, const struct json *names) {
  if (name == NULL || names == NULL || names->type != JSON_ARRAY) return false;
  for (const struct json *item = names->first; item != NULL; item = item->next) {
    if (item->type != JSON_STRING) continue;
    CFStringRef text = text_create(item->text, item->length);
    bool is_same = text != NULL && CFEqual(text, name);
    drop(text);
    if (is_same) return true;
  }
  return false;
}

int frontmost_pid(const struct json *exclude, const char **source) {
  CFArrayRef list;
  CFIndex count = list_windows(&list);
  struct window window;
  AXUIElementRef app;
  int pid = -1;
  *source = "focus";
  if (ax_focused_app(&app) == kAXErrorSuccess) {
    if (AXUIElementGetPid(app, &pid) != kAXErrorSuccess || pid < 1) pid = -1;
    drop(app);
  }
  for (CFIndex i = 0; pid > 0 && i < count; i++) {
    if (read_window(list, i, &window) && window.pid == pid && is_among(window.owner, exclude)) pid = -1;
  }
  for (CFIndex i = 0; pid < 0 && i < count; i++) {
    *source = "window-list";
    if (!read_window(list, i, &window) || !window.is_on_screen || window.layer != 0) continue;
    if (window.pid != getpid() && !is_among(window.owner, exclude)) pid = window.pid;
  }
  drop(list);
  return pid;
}

void put_app_name(struct buffer *out, int pid) {
  CFArrayRef list;
  CFIndex count = list_windows(&list);
  struct window window = {0};
  CFIndex at = 0;
  while (at < count && !(read_window(list, at, &window) && window.pid == pid && window.owner != NULL)) at++;
  if (at < count) put_string(out, window.owner, 200);
  else put(out, "\"\"");
  drop(list);
}

int64_t window_number(int pid, const double rect[4]) {
  CFArrayRef list;
  CFIndex count = list_windows(&list);
  struct window window;
  int64_t number = 0;
  for (CFIndex i = 0; i < count && number == 0; i++) {
    if (!read_window(list, i, &window) || window.pid != pid) continue;
    if (memcmp(window.rect, rect, sizeof window.rect) == 0) number = window.number;
  }
  drop(list);
  return number;
}

double scale_at(CGPoint point) {
  uint32_t display, count = 0;
  if (CGGetDisplaysWithPoint(point, 1, &display, &count) != 0 || count == 0) return 1;
  CGDisplayModeRef mode = CGDisplayCopyDisplayMode(display);
  if (mode == NULL) return 1;
  size_t points = CGDisplayModeGetWidth(mode), pixels = CGDisplayModeGetPixelWidth(mode);
  CGDisplayModeRelease(mode);
  return points == 0 ? 1 : (double)pixels / (double)points;
}

/* The first window of each program, front to back, with how many it has and whether one is on screen. */
struct app {
  struct window first;
  int windows;
  bool is_on_screen;
};

static int group_apps(CFArrayRef list, CFIndex count, struct app *apps) {
  int known = 0;
  struct window window;
  for (CFIndex i = 0; i < count; i++) {
    /* Layer 0 holds windows; menus, the Dock and the like are above it. */
    if (!read_window(list, i, &window) || window.layer != 0 || window.pid == getpid()) continue;
    int at = 0;
    while (at < known && apps[at].first.pid != window.pid) at++;
    if (at == MOST_APPS) continue;
    if (at == known) apps[known++] = (struct app){.first = window};
    apps[at].windows++;
    apps[at].is_on_screen |= window.is_on_screen;
  }
  return known;
}

void handle_apps(struct request *request) {
  struct app *apps = malloc(MOST_APPS * sizeof *apps);
  if (apps == NULL) {
    refuse(request, "failed", "no memory");
    return;
  }
  CFArrayRef list;
  CFIndex windows = list_windows(&list);
  int count = group_apps(list, windows, apps);
  answer(request);
  put_key(request->out, "apps");
  put(request->out, "[");
  for (int i = 0; i < count; i++) {
    put_comma(request->out);
    put(request->out, "{\"pid\":");
    put_integer(request->out, apps[i].first.pid);
    put_key(request->out, "name");
    if (apps[i].first.owner == NULL) put(request->out, "\"\"");
    else put_string(request->out, apps[i].first.owner, 200);
    put_key(request->out, "windows");
    put_integer(request->out, apps[i].windows);
    put_key(request->out, "onScreen");
    put_boolean(request->out, apps[i].is_on_screen);
    put(request->out, "}");
  }
  put(request->out, "]");
  answer_end(request);
  drop(list);
  free(apps);
}

void handle_frontmost(struct request *request) {
  const struct json *exclude = json_get(request->json, "exclude");
  const char *source;
  if (!begin_calls(request, 1000)) return;
  int pid = frontmost_pid(exclude, &source);
  if (pid < 0) {
    refuse(request, "no-app", "no program is in front");
    return;
  }
  answer(request);
  put_key(request->out, "pid");
  put_integer(request->out, pid);
  put_key(request->out, "name");
  put_app_name(request->out, pid);
  put_key(request->out, "source");
  put_text(request->out, source);
  answer_end(request);
}
