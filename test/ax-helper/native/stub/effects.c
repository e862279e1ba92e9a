/* What changes the world: actions, attributes that are set, keys and clicks. All of it is recorded. */
#include "stub.h"
#include "text.h"

const CFStringRef kAXTrustedCheckOptionPrompt = (CFStringRef)&(struct string){
    {T_STRING, IMMORTAL}, 26, (uint16_t[]){'A', 'X', 'T', 'r', 'u', 's', 't', 'e', 'd', 'C', 'h', 'e', 'c',
                                           'k', 'O', 'p', 't', 'i', 'o', 'n', 'P', 'r', 'o', 'm', 'p', 't'}};

Boolean AXIsProcessTrustedWithOptions(CFDictionaryRef options) {
  CFTypeRef prompt = CFDictionaryGetValue(options, kAXTrustedCheckOptionPrompt);
  if (prompt == kCFBooleanTrue && !world.is_trusted) world.prompts++;
  return world.is_trusted;
}

static struct node_object *node_of(AXUIElementRef reference, int *index) {
  *index = ((const struct element_object *)(const void *)reference)->node;
  return *index < 0 ? NULL : &world.nodes[*index];
}

/* A message that reads nothing: the way in of accessibility.c. */
static AXError arrive(AXUIElementRef reference) {
  CFArrayRef names;
  AXError error = AXUIElementCopyActionNames(reference, &names);
  if (error == kAXErrorSuccess) CFRelease(names);
  return error;
}

static void ascii_of(CFStringRef string, char *to, size_t size) { text_ascii(string, to, size); }

AXError AXUIElementIsAttributeSettable(AXUIElementRef reference, CFStringRef name, Boolean *is_settable) {
  int index;
  struct node_object *node = node_of(reference, &index);
  AXError error = arrive(reference);
  if (error != kAXErrorSuccess) return error;
  *is_settable = !node->is_read_only &&
                 (stub_is(name, "AXValue") || stub_is(name, "AXFocused") || stub_is(name, "AXSelectedText") ||
                  stub_is(name, "AXSelectedTextRange"));
  return error;
}

static void put_quoted(const struct string *string, char *to, size_t size) {
  struct buffer out = {.limit = 400};
  put_utf16(&out, string->units, (size_t)(string->length < 60 ? string->length : 60));
  snprintf(to, size, "%.*s", (int)out.used, out.data);
  free(out.data);
}

/* Whether setting it is what a sleeping program waits for, or what puts it to sleep again. */
static bool is_wake(int pid, CFStringRef name, CFTypeRef value, AXError *answer) {
  struct app_object *app = stub_app(pid);
  if (app == NULL || app->wakes_by[0] == '\0' || !stub_is(name, app->wakes_by)) return false;
  app->awake_at = value == kCFBooleanTrue ? stub_now_us() + (uint64_t)app->wake_ms * 1000 : 0;
  *answer = app->wake_answer;
  return true;
}

static AXError set_value(int index, struct node_object *node, CFStringRef name, CFTypeRef value) {
  char ascii[48], text[500] = "null";
  ascii_of(name, ascii, sizeof ascii);
  struct attribute *attribute = NULL;
  if (CFGetTypeID(value) == T_STRING) {
    const struct string *string = value;
    put_quoted(string, text, sizeof text);
    attribute = stub_set_attribute(index, strcmp(ascii, "AXSelectedText") == 0 ? "AXValue" : ascii, A_STRING);
    free(attribute->units);
    attribute->units = malloc((size_t)string->length * 2 + 2);
    attribute->length = string->length;
    memcpy(attribute->units, string->units, (size_t)string->length * 2);
  } else if (CFGetTypeID(value) == T_NUMBER || CFGetTypeID(value) == T_BOOLEAN) {
    const struct number *number = value;
    attribute = stub_set_attribute(index, ascii, CFGetTypeID(value) == T_NUMBER ? A_NUMBER : A_BOOLEAN);
    attribute->numbers[0] = number->value;
    snprintf(text, sizeof text, "%g", number->value);
    struct app_object *app = stub_app(node->pid);
    if (strcmp(ascii, "AXFocused") == 0 && app != NULL) {
      stub_set_attribute(app->node, "AXFocusedUIElement", A_ELEMENT)->numbers[0] = index;
    }
  } else if (CFGetTypeID(value) == T_ARRAY) {
    snprintf(text, sizeof text, "[%d]", ((const struct element_object *)CFArrayGetValueAtIndex(value, 0))->node);
  } else if (CFGetTypeID(value) == T_VALUE) {
    const struct value *range = value;
    snprintf(text, sizeof text, "[%ld,%ld]", range->range.location, range->range.length);
  }
  stub_record("{\"kind\":\"set\",\"node\":%d,\"name\":\"%s\",\"value\":%s}", index, ascii, text);
  return node->after_error;
}

AXError AXUIElementSetAttributeValue(AXUIElementRef reference, CFStringRef name, CFTypeRef value) {
  int index;
  struct node_object *node = node_of(reference, &index);
  AXError error = arrive(reference);
  if (error != kAXErrorSuccess) return error;
  if (is_wake(node->pid, name, value, &error)) {
    stub_record("{\"kind\":\"wake\",\"on\":%s}", value == kCFBooleanTrue ? "true" : "false");
    return error;
  }
  bool is_list = stub_is(name, "AXSelectedRows") || stub_is(name, "AXSelectedChildren");
  char ascii[48];
  ascii_of(name, ascii, sizeof ascii);
  bool is_known = stub_attribute(node, ascii) != NULL || stub_is(name, "AXFocused") || stub_is(name, "AXSelectedText") ||
                  stub_is(name, "AXSelectedTextRange");
  if (is_known && node->is_deaf) return kAXErrorSuccess;
  if (!is_known || node->is_read_only) return is_list ? kAXErrorIllegalArgument : kAXErrorAttributeUnsupported;
  return set_value(index, node, name, value);
}

AXError AXUIElementPerformAction(AXUIElementRef reference, CFStringRef action) {
  int index;
  struct node_object *node = node_of(reference, &index);
  AXError error = arrive(reference);
  if (error != kAXErrorSuccess) return error;
  for (int i = 0; i < node->action_count; i++) {
    if (!stub_is(action, node->actions[i])) continue;
    stub_record("{\"kind\":\"action\",\"node\":%d,\"name\":\"%s\"}", index, node->actions[i]);
    struct attribute *value = stub_attribute(node, "AXValue"), *role = stub_attribute(node, "AXRole");
    bool is_box = role != NULL && role->units != NULL && role->length == 10 && role->units[2] == 'C';
    if (is_box && value != NULL && value->kind == A_NUMBER) value->numbers[0] = value->numbers[0] == 0;
    stub_apply(node->effects);
    return node->after_error;
  }
  return kAXErrorActionUnsupported;
}

Boolean IsSecureEventInputEnabled(void) {
  stub_control();
  return world.is_secure_input;
}

CGEventRef CGEventCreateKeyboardEvent(const void *source, uint16_t key, bool is_down) {
  (void)source;
  struct event *event = stub_new(T_EVENT, sizeof *event);
  event->is_key = true;
  event->is_down = is_down;
  event->key = key;
  return (CGEventRef)event;
}

CGEventRef CGEventCreateMouseEvent(const void *source, uint32_t type, CGPoint point, uint32_t button) {
  (void)source;
  struct event *event = stub_new(T_EVENT, sizeof *event);
  event->type = type;
  event->at = point;
  event->button = button;
  return (CGEventRef)event;
}

void CGEventSetFlags(CGEventRef event, uint64_t flags) { ((struct event *)event)->flags = flags; }

void CGEventSetIntegerValueField(CGEventRef event, uint32_t field, int64_t value) {
  if (field == kCGMouseEventClickState) ((struct event *)event)->clicks = value;
}

void CGEventKeyboardSetUnicodeString(CGEventRef reference, unsigned long count, const uint16_t *units) {
  struct event *event = (struct event *)reference;
  /* macOS keeps the first 20 units and drops the rest without a word. */
  event->text_length = count > 20 ? 20 : count;
  memcpy(event->text, units, event->text_length * 2);
}

static void record_event(const struct event *event, int pid) {
  if (!event->is_key) {
    stub_record("{\"kind\":\"mouse\",\"type\":%u,\"button\":%u,\"x\":%g,\"y\":%g,\"clicks\":%ld}", event->type, event->button,
                event->at.x, event->at.y, (long)event->clicks);
    return;
  }
  char text[500];
  struct string string = {{T_STRING, IMMORTAL}, (CFIndex)event->text_length, (uint16_t *)event->text};
  put_quoted(&string, text, sizeof text);
  stub_record("{\"kind\":\"key\",\"pid\":%d,\"key\":%u,\"down\":%s,\"flags\":%lu,\"text\":%s}", pid, event->key,
              event->is_down ? "true" : "false", (unsigned long)event->flags, text);
}

void CGEventPost(uint32_t tap, CGEventRef event) {
  if (tap != kCGHIDEventTap) abort();
  record_event((const struct event *)event, 0);
}

void CGEventPostToPid(int pid, CGEventRef event) { record_event((const struct event *)event, pid); }
