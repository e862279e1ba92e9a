#include "act.h"
#include "apps.h"
#include "input.h"

/* Whether keys may go to a program: it has the keyboard, and nobody asked that keys stay secret. Else refused. */
static bool may_type(struct request *request, int pid) {
  const char *source;
  if (IsSecureEventInputEnabled()) {
    refuse(request, "secure-input", "a program has secure keyboard entry on; no keys are sent");
    return false;
  }
  if (frontmost_pid(NULL, &source) == pid) return true;
  refuse(request, "not-focused", "the program is not in front; no keys are sent");
  return false;
}

/* Whether `inner` is `outer` or below it. */
static bool is_within(AXUIElementRef inner, AXUIElementRef outer) {
  AXUIElementRef at = CFRetain(inner);
  bool is_inside = CFEqual(at, outer);
  for (int level = 0; level < 20 && !is_inside && at != NULL; level++) {
    AXUIElementRef parent;
    ax_copy_element(at, NAME_AXParent, &parent);
    drop(at);
    at = parent;
    is_inside = at != NULL && CFEqual(at, outer);
  }
  drop(at);
  return is_inside;
}

/* Whether the keyboard's focus is in the element, after asking for it once. */
static bool focus_is_in(const struct subject *subject) {
  AXUIElementRef app = AXUIElementCreateApplication(subject->pid), focused = NULL;
  bool is_in = false;
  for (int attempt = 0; attempt < 2 && app != NULL && !is_in; attempt++) {
    if (attempt == 1) {
      ax_set(subject->reference, NAME_AXFocused, kCFBooleanTrue);
      usleep(20000);
    }
    if (ax_copy_element(app, NAME_AXFocusedUIElement, &focused) == kAXErrorSuccess) {
      is_in = is_within(focused, subject->reference);
    }
    drop(focused);
  }
  drop(app);
  return is_in;
}

static void finish_post(struct request *request, bool is_posted) {
  if (is_posted) finish_action(request, kAXErrorSuccess, "");
  else refuse(request, "failed", "the events could not be made");
}

void act_type(struct request *request) {
  struct subject subject;
  const struct json *text = need_string(request, "text", 10000);
  if (text == NULL || !subject_open(request, &subject)) return;
  for (size_t i = 0; i < text->length; i++) {
    unsigned char c = (unsigned char)text->text[i];
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
      refuse(request, "invalid", "text must not hold control characters");
      node_release(&subject.node);
      return;
    }
  }
  if (may_type(request, subject.pid)) {
    if (focus_is_in(&subject)) finish_post(request, text_post(subject.pid, text->text, text->length));
    else refuse(request, "not-focused", "the element does not take the focus; no keys are sent");
  }
  node_release(&subject.node);
}

void act_key(struct request *request) {
  int pid;
  struct chord chord;
  const struct json *keys = need_string(request, "chord", 60);
  if (keys == NULL || !take_pid(request, &pid)) return;
  if (pid < 0) {
    refuse(request, "invalid", "pid must be given");
    return;
  }
  if (!chord_read(keys->text, keys->length, &chord)) {
    refuse(request, "invalid", "chord must be modifiers and one key, such as cmd+shift+s");
    return;
  }
  if (may_type(request, pid)) finish_post(request, chord_post(pid, chord));
}

void act_click(struct request *request) {
  int64_t count = 1;
  double x = 0, y = 0;
  bool has_x, has_y;
  const struct json *button = json_get(request->json, "button");
  if (!take_integer(request, "count", 1, 3, &count)) return;
  if (!take_double(request, "x", 1e6, &x, &has_x) || !take_double(request, "y", 1e6, &y, &has_y)) return;
  if (has_x != has_y || (button != NULL && !json_is(button, "left") && !json_is(button, "right"))) {
    refuse(request, "invalid", "x and y go together; button is left or right");
    return;
  }
  struct subject subject;
  if (!subject_open(request, &subject)) return;
  const double *rect = subject.node.rect;
  if (!has_x) {
    x = rect[0] + rect[2] / 2;
    y = rect[1] + rect[3] / 2;
  }
  AXUIElementRef hit = NULL;
  bool is_inside = subject.node.has_rect && x >= rect[0] && y >= rect[1] && x < rect[0] + rect[2] && y < rect[1] + rect[3];
  if (!is_inside) {
    refuse(request, "off-element", "that point is not on the element");
  } else if (ax_at(NULL, (CGPoint){x, y}, &hit) != kAXErrorSuccess || !is_within(hit, subject.reference)) {
    refuse(request, ax_is_hung() ? "not-responding" : "occluded", "something else is at that point; nothing was clicked");
  } else {
    finish_post(request, click_post((CGPoint){x, y}, (int)count, json_is(button, "right")));
  }
  drop(hit);
  node_release(&subject.node);
}
