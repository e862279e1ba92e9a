#include "act.h"

#include "text.h"

bool subject_open(struct request *request, struct subject *subject) {
  int64_t id;
  uint64_t identity;
  *subject = (struct subject){.pid = -1};
  if (!need_integer(request, "element", 1, INT64_C(1) << 52, &id)) return false;
  struct element *item = elements_find((uint64_t)id);
  if (item == NULL) {
    refuse(request, "stale", "that element was not seen by a later capture");
    return false;
  }
  subject->reference = item->reference;
  AXUIElementGetPid(item->reference, &subject->pid);
  AXError error = node_glance(item->reference, &subject->node, &identity);
  if (error != kAXErrorSuccess) {
    refuse_ax(request, error, "the element could not be read");
    return false;
  }
  double enabled;
  bool is_same = item->identity == 0 || item->identity == identity;
  bool is_disabled = read_double(node_slot(&subject->node, SLOT_ENABLED), &enabled) && enabled == 0;
  if (is_same && !is_disabled) return true;
  if (!is_same) refuse(request, "stale", "the element has another role or name than when it was read");
  else refuse(request, "disabled", "the element is disabled");
  node_release(&subject->node);
  return false;
}

void finish_action(struct request *request, AXError error, const char *what) {
  if (error != kAXErrorSuccess && error != kAXErrorCannotComplete) {
    refuse_ax(request, error, what);
    return;
  }
  answer(request);
  put_key(request->out, "outcome");
  put_text(request->out, error == kAXErrorSuccess ? "done" : "unknown");
  answer_end(request);
}

void add_choices(struct request *request, const CFTypeRef *strings, int count) {
  struct buffer *out = request->out;
  out->used--;
  put_key(out, "choices");
  put(out, "[");
  for (int i = 0; i < count; i++) {
    if (!is_string(strings[i])) continue;
    put_comma(out);
    put_string(out, strings[i], 200);
  }
  put(out, "]}");
}

static void perform(struct request *request, const struct subject *subject, CFStringRef action) {
  AXError error = ax_perform(subject->reference, action);
  finish_action(request, error, "the action was refused");
  if (error != kAXErrorActionUnsupported) return;
  CFArrayRef names;
  if (ax_actions(subject->reference, &names) != kAXErrorSuccess) return;
  CFTypeRef strings[20];
  int count = 0;
  for (CFIndex i = 0; i < CFArrayGetCount(names) && count < 20; i++) strings[count++] = CFArrayGetValueAtIndex(names, i);
  add_choices(request, strings, count);
  drop(names);
}

static void act_press(struct request *request, const struct subject *subject) {
  perform(request, subject, ax_name(NAME_AXPress));
}

static void act_perform(struct request *request, const struct subject *subject) {
  const struct json *name = need_string(request, "name", 200);
  if (name == NULL) return;
  CFStringRef action = text_create(name->text, name->length);
  if (action != NULL) perform(request, subject, action);
  else refuse(request, "failed", "no memory");
  drop(action);
}

/* Sets an attribute, after asking whether it may be set: some programs answer success and do nothing. */
static void set_checked(struct request *request, const struct subject *subject, enum ax_name name, CFTypeRef value) {
  bool is_settable;
  AXError error = value == NULL ? kAXErrorFailure : ax_is_settable(subject->reference, name, &is_settable);
  if (error != kAXErrorSuccess) refuse_ax(request, error, "the element does not take that");
  else if (!is_settable) refuse(request, "read-only", "the element cannot be changed");
  else finish_action(request, ax_set(subject->reference, name, value), "the change was refused");
}

static void act_set_value(struct request *request, const struct subject *subject) {
  const struct json *value = json_get(request->json, "value");
  CFTypeRef object = NULL;
  if (value != NULL && value->type == JSON_STRING) object = text_create(value->text, value->length);
  else if (value != NULL && value->type == JSON_NUMBER) {
    object = CFNumberCreate(NULL, kCFNumberFloat64Type, &value->number);
  } else if (value != NULL && value->type == JSON_BOOLEAN) {
    object = CFRetain(value->number != 0 ? kCFBooleanTrue : kCFBooleanFalse);
  } else {
    refuse(request, "invalid", "value must be a string, a number or a boolean");
    return;
  }
  set_checked(request, subject, NAME_AXValue, object);
  drop(object);
}

static void act_insert_text(struct request *request, const struct subject *subject) {
  const struct json *text = need_string(request, "text", 1 << 19);
  if (text == NULL) return;
  CFStringRef string = text_create(text->text, text->length);
  set_checked(request, subject, NAME_AXSelectedText, string);
  drop(string);
}

static void act_select_text(struct request *request, const struct subject *subject) {
  int64_t from, count;
  if (!need_integer(request, "from", 0, INT32_MAX, &from)) return;
  if (!need_integer(request, "count", 0, INT32_MAX, &count)) return;
  CFRange range = {(CFIndex)from, (CFIndex)count};
  AXValueRef value = AXValueCreate(kAXValueCFRangeType, &range);
  set_checked(request, subject, NAME_AXSelectedTextRange, value);
  drop(value);
}

static void act_focus(struct request *request, const struct subject *subject) {
  set_checked(request, subject, NAME_AXFocused, kCFBooleanTrue);
}

/* Selects a row, a tab or an item: by itself, else as the only selected one of what it is in. */
static void act_select(struct request *request, const struct subject *subject) {
  AXError error = ax_set(subject->reference, NAME_AXSelected, kCFBooleanTrue);
  const void *only = subject->reference;
  CFArrayRef selection = CFArrayCreate(NULL, &only, 1, &kCFTypeArrayCallBacks);
  AXUIElementRef at = CFRetain(subject->reference);
  for (int level = 0; level < 3 && error != kAXErrorSuccess && error != kAXErrorCannotComplete; level++) {
    AXUIElementRef parent;
    AXError found = ax_copy_element(at, NAME_AXParent, &parent);
    drop(at);
    at = parent;
    if (found != kAXErrorSuccess || selection == NULL) break;
    error = ax_set(parent, NAME_AXSelectedRows, selection);
    if (error != kAXErrorSuccess && error != kAXErrorCannotComplete) {
      error = ax_set(parent, NAME_AXSelectedChildren, selection);
    }
  }
  drop(at);
  drop(selection);
  finish_action(request, error, "the element cannot be selected");
}

static void act_scroll_to(struct request *request, const struct subject *subject) {
  perform(request, subject, ax_name(NAME_AXScrollToVisible));
}

/* Moves a scroll bar, whose value goes from 0 to 1, by a fifth for each page. */
static AXError move_bar(AXUIElementRef bar, double by) {
  CFTypeRef value;
  double now = 0;
  AXError error = ax_copy(bar, NAME_AXValue, &value);
  bool is_number = read_double(value, &now);
  drop(value);
  if (error != kAXErrorSuccess || !is_number) return kAXErrorAttributeUnsupported;
  double next = now + by < 0 ? 0 : now + by > 1 ? 1 : now + by;
  CFNumberRef number = CFNumberCreate(NULL, kCFNumberFloat64Type, &next);
  if (number == NULL) return kAXErrorFailure;
  error = ax_set(bar, NAME_AXValue, number);
  drop(number);
  return error;
}

/* Scrolls what the element is in, by the action for a page where there is one, else by the scroll bar. */
static void act_scroll(struct request *request, const struct subject *subject) {
  static const struct { const char *direction; enum ax_name action, bar; double sign; } WAYS[] = {
      {"up", NAME_AXScrollUpByPage, NAME_AXVerticalScrollBar, -1},
      {"down", NAME_AXScrollDownByPage, NAME_AXVerticalScrollBar, 1},
      {"left", NAME_AXScrollLeftByPage, NAME_AXHorizontalScrollBar, -1},
      {"right", NAME_AXScrollRightByPage, NAME_AXHorizontalScrollBar, 1}};
  const struct json *direction = json_get(request->json, "direction");
  int64_t pages = 1;
  size_t way = 0;
  if (!take_integer(request, "pages", 1, 20, &pages)) return;
  while (way < 4 && !json_is(direction, WAYS[way].direction)) way++;
  if (way == 4) {
    refuse(request, "invalid", "direction must be up, down, left or right");
    return;
  }
  AXError error = kAXErrorActionUnsupported;
  AXUIElementRef at = CFRetain(subject->reference);
  for (int level = 0; level < 15 && at != NULL; level++) {
    error = ax_perform(at, ax_name(WAYS[way].action));
    for (int64_t page = 1; page < pages && error == kAXErrorSuccess; page++) {
      error = ax_perform(at, ax_name(WAYS[way].action));
    }
    AXUIElementRef next;
    bool has_bar = error != kAXErrorSuccess && error != kAXErrorCannotComplete &&
                   ax_copy_element(at, WAYS[way].bar, &next) == kAXErrorSuccess;
    if (has_bar) {
      error = move_bar(next, WAYS[way].sign * 0.2 * (double)pages);
      drop(next);
    }
    if (error == kAXErrorSuccess || error == kAXErrorCannotComplete) break;
    ax_copy_element(at, NAME_AXParent, &next);
    drop(at);
    at = next;
  }
  drop(at);
  finish_action(request, error, "nothing here scrolls that way");
}

void handle_act(struct request *request) {
  static const struct { const char *name; void (*act)(struct request *, const struct subject *); } ON_ELEMENT[] = {
      {"press", act_press},           {"perform", act_perform},         {"set-value", act_set_value},
      {"insert-text", act_insert_text}, {"select-text", act_select_text}, {"focus", act_focus},
      {"select", act_select},         {"scroll-to", act_scroll_to},     {"scroll", act_scroll}};
  static const struct { const char *name; void (*act)(struct request *); } OTHERS[] = {
      {"type", act_type}, {"key", act_key}, {"click", act_click}, {"menu", act_menu}, {"choose", act_choose}};
  const struct json *action = json_get(request->json, "action");
  if (!begin_calls(request, 5000)) return;
  for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
    if (!json_is(action, OTHERS[i].name)) continue;
    OTHERS[i].act(request);
    return;
  }
  for (size_t i = 0; i < sizeof ON_ELEMENT / sizeof *ON_ELEMENT; i++) {
    if (!json_is(action, ON_ELEMENT[i].name)) continue;
    struct subject subject;
    if (!subject_open(request, &subject)) return;
    ON_ELEMENT[i].act(request, &subject);
    node_release(&subject.node);
    return;
  }
  refuse(request, "invalid", "there is no such action");
}
