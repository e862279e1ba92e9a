#include "target.h"

#include "text.h"
#include "wake.h"

/* The most other windows that are looked at for dialogs. */
#define MOST_WINDOWS 16
/* ms that a program gets to build its tree after it was asked to. */
#define WAKE_MS 1500

/* Refuses for a program whose first call failed. */
static void refuse_app(struct request *request, int pid, AXError error) {
  struct process process;
  if (ax_is_hung()) refuse(request, "not-responding", "the program does not answer");
  else if (error == kAXErrorInvalidUIElement || !process_read(pid, &process)) {
    refuse(request, "no-app", "there is no such program");
  } else if (error == kAXErrorAPIDisabled) {
    refuse(request, "no-trust", "loopd-screen is not allowed to use Accessibility");
  } else {
    refuse(request, "no-tree", "the program tells nothing about its windows");
  }
}

/* The program's element, without a call to it. NULL: refused. */
static AXUIElementRef make_app(struct request *request, int pid) {
  AXUIElementRef app = pid < 1 ? NULL : AXUIElementCreateApplication(pid);
  if (app == NULL) refuse(request, "invalid", "pid must be that of a program");
  return app;
}

AXUIElementRef open_app(struct request *request, int pid) {
  AXUIElementRef app = make_app(request, pid);
  if (app == NULL) return NULL;
  CFTypeRef role;
  AXError error = ax_copy(app, NAME_AXRole, &role);
  drop(role);
  if (error == kAXErrorSuccess) return app;
  drop(app);
  refuse_app(request, pid, error);
  return NULL;
}

static CFTypeRef retained_element(CFTypeRef object) { return is_element(object) ? CFRetain(object) : NULL; }

/* Asks the program for all that leads into its tree, in one message that begins with its role. False: refused. */
static bool ask_app(struct request *request, struct target *target) {
  static const enum ax_name ASKED[] = {NAME_AXRole, NAME_AXFocusedWindow, NAME_AXMainWindow, NAME_AXWindows,
                                       NAME_AXFocusedUIElement, NAME_AXMenuBar};
  const void *names[6];
  for (int i = 0; i < 6; i++) names[i] = ax_name(ASKED[i]);
  CFArrayRef list = CFArrayCreate(NULL, names, 6, &kCFTypeArrayCallBacks), slots = NULL;
  AXError error = list == NULL ? kAXErrorFailure : ax_copy_all(target->app, list, &slots);
  drop(list);
  if (error == kAXErrorSuccess) error = read_error(CFArrayGetValueAtIndex(slots, 0));
  if (error != kAXErrorSuccess) {
    drop(slots);
    refuse_app(request, target->process.pid, error);
    return false;
  }
  CFTypeRef windows = CFArrayGetValueAtIndex(slots, 3);
  if (is_array(windows)) target->windows = CFRetain(windows);
  /* The window that has the focus, else the main one, else the first. */
  CFTypeRef front = NULL;
  for (CFIndex slot = 1; slot < 3 && front == NULL; slot++) {
    CFTypeRef window = CFArrayGetValueAtIndex(slots, slot);
    if (is_element(window)) front = window;
  }
  if (front == NULL && target->windows != NULL && CFArrayGetCount(target->windows) > 0) {
    CFTypeRef window = CFArrayGetValueAtIndex(target->windows, 0);
    if (is_element(window)) front = window;
  }
  if (target->window == NULL && front != NULL) target->window = CFRetain(front);
  target->is_front = front != NULL && CFEqual(front, target->window);
  target->focused = retained_element(CFArrayGetValueAtIndex(slots, 4));
  target->menu_bar = retained_element(CFArrayGetValueAtIndex(slots, 5));
  drop(slots);
  return true;
}

bool target_open(struct request *request, struct target *target) {
  int pid;
  *target = (struct target){0};
  int64_t window = 0;
  const char *source;
  if (!take_pid(request, &pid) || !take_integer(request, "window", 1, INT64_C(1) << 52, &window)) return false;
  struct element *item = window == 0 ? NULL : elements_find((uint64_t)window);
  if (window != 0 && item == NULL) {
    refuse(request, "stale", "that window was not seen by a later capture");
    return false;
  }
  if (item != NULL) AXUIElementGetPid(item->reference, &pid);
  if (pid < 0) pid = frontmost_pid(json_get(request->json, "exclude"), &source);
  if (pid < 0) {
    if (ax_is_hung()) refuse(request, "not-responding", "the program in front does not answer");
    else refuse(request, "no-app", "no program is in front");
    return false;
  }
  target->app = make_app(request, pid);
  if (target->app == NULL) return false;
  if (!process_read(pid, &target->process)) target->process.pid = pid;
  if (item != NULL) target->window = CFRetain(item->reference);
  return ask_app(request, target);
}

void target_close(struct target *target) {
  drop(target->app);
  drop(target->window);
  drop(target->focused);
  drop(target->menu_bar);
  drop(target->windows);
}

/* Other windows that are dialogs of the program: they may hold back the one that has the focus. */
static void add_dialogs(struct walk *walk, const struct target *target) {
  CFIndex count = target->windows == NULL ? 0 : CFArrayGetCount(target->windows);
  for (CFIndex i = 0; i < count && i < MOST_WINDOWS; i++) {
    CFTypeRef window = CFArrayGetValueAtIndex(target->windows, i);
    struct node node;
    uint64_t identity;
    if (!is_element(window) || (target->window != NULL && CFEqual(window, target->window))) continue;
    if (node_glance(window, &node, &identity) != kAXErrorSuccess) continue;
    bool is_dialog = node_is(&node, SLOT_MODAL) || strcmp(node.subrole, "AXDialog") == 0 ||
                     strcmp(node.subrole, "AXSystemDialog") == 0;
    node_release(&node);
    if (is_dialog) walk_add(walk, window, "dialog");
  }
}

/* The menu that is open, when the focus is in one: the outermost, wherever it hangs in the program's tree. */
static void add_open_menu(struct walk *walk, const struct target *target) {
  AXUIElementRef at = target->focused == NULL ? NULL : CFRetain(target->focused), menu = NULL;
  for (int level = 0; level < 12 && at != NULL; level++) {
    CFTypeRef role;
    char name[64] = "";
    if (ax_copy(at, NAME_AXRole, &role) == kAXErrorSuccess && is_string(role)) text_ascii(role, name, sizeof name);
    drop(role);
    bool is_menu = strcmp(name, "AXMenu") == 0;
    if (!is_menu && strcmp(name, "AXMenuItem") != 0) break;
    if (is_menu) {
      drop(menu);
      menu = CFRetain(at);
    }
    AXUIElementRef parent;
    ax_copy_element(at, NAME_AXParent, &parent);
    drop(at);
    at = parent;
  }
  drop(at);
  if (menu != NULL) walk_add(walk, menu, "menu");
  drop(menu);
}

/* One walk over everything that belongs to the target. NULL without memory. */
static struct walk *walk_once(const struct target *target, struct buffer *out, struct walk_limits limits) {
  struct walk *walk = walk_start(out, limits, target->process.toolkit != TOOLKIT_NATIVE);
  if (walk == NULL) return NULL;
  elements_begin(target->window == NULL ? target->app : target->window);
  if (target->window != NULL) walk_add(walk, target->window, "window");
  add_dialogs(walk, target);
  if (target->menu_bar != NULL) walk_add(walk, target->menu_bar, "menu-bar");
  walk_run(walk);
  if (target->focused != NULL && !elements_is_visited(target->focused)) {
    add_open_menu(walk, target);
    walk_run(walk);
  }
  return walk;
}

struct walk *target_walk(const struct target *target, struct buffer *out, struct walk_limits limits) {
  size_t mark = out->used;
  struct walk *walk = walk_once(target, out, limits);
  if (walk == NULL || !wake_is_due(&target->process, walk_pages(walk), walk_page_children(walk))) return walk;
  struct wake wake;
  wake_begin(&wake, target->app, &target->process);
  int children = 0;
  uint64_t ends_at = ax_now() + WAKE_MS;
  while (walk != NULL && children == 0 && ax_now() < ends_at && ax_time_left() > 0 && !ax_is_hung()) {
    usleep(50000);
    walk_stop(walk);
    out->used = mark;
    walk = walk_once(target, out, limits);
    if (walk != NULL) children = walk_page_children(walk);
  }
  wake_end(&wake, &target->process, children);
  return walk;
}
