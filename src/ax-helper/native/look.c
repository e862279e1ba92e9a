/* The smaller questions: windows, texts, points, and whether an element is still what it was. */
#include "capture.h"
#include "elements.h"
#include "target.h"
#include "text.h"

#define MOST_WINDOWS 50

/* Glances at an element that was found on the way, and writes it as a node. */
static AXError put_glance(struct buffer *out, AXUIElementRef reference, const char *kind) {
  struct node node;
  uint64_t identity;
  struct node_limits limits = {.text = 0, .rows = 0};
  AXError error = node_glance(reference, &node, &identity);
  if (error != kAXErrorSuccess) return error;
  struct element *item = elements_add(reference);
  if (item != NULL) {
    item->identity = identity;
    node_write(out, &node, item->id, 0, kind, 0, limits);
  }
  node_release(&node);
  return item == NULL ? kAXErrorFailure : kAXErrorSuccess;
}

void handle_windows(struct request *request) {
  struct target target;
  int64_t pid;
  if (!need_integer(request, "pid", 1, INT32_MAX, &pid) || !begin_calls(request, 2000)) return;
  if (!target_open(request, &target)) {
    target_close(&target);
    return;
  }
  elements_begin_loose();
  answer(request);
  put_key(request->out, "windows");
  put(request->out, "[");
  CFIndex count = target.windows == NULL ? 0 : CFArrayGetCount(target.windows);
  for (CFIndex i = 0; i < count && i < MOST_WINDOWS && !ax_is_hung(); i++) {
    CFTypeRef window = CFArrayGetValueAtIndex(target.windows, i);
    if (is_element(window)) put_glance(request->out, window, "window");
  }
  put(request->out, "]");
  struct element *front = target.window == NULL ? NULL : elements_add(target.window);
  if (front != NULL) {
    put_key(request->out, "front");
    put_integer(request->out, (int64_t)front->id);
  }
  answer_end(request);
  target_close(&target);
}

/* The element that `element` names, and what it is now. NULL: refused. The node is the caller's to release. */
static struct element *need_element(struct request *request, struct node *node, uint64_t *identity) {
  int64_t id;
  if (!need_integer(request, "element", 1, INT64_C(1) << 52, &id) || !begin_calls(request, 2000)) return NULL;
  struct element *item = elements_find((uint64_t)id);
  if (item == NULL) {
    refuse(request, "stale", "that element was not seen by a later capture");
    return NULL;
  }
  AXError error = node_glance(item->reference, node, identity);
  if (error == kAXErrorSuccess) return item;
  refuse_ax(request, error, "the element could not be read");
  return NULL;
}

void handle_check(struct request *request) {
  struct node node;
  uint64_t identity;
  struct element *item = need_element(request, &node, &identity);
  if (item == NULL) return;
  struct node_limits limits = {.text = 0, .rows = 0};
  answer(request);
  put_key(request->out, "same");
  put_boolean(request->out, item->identity == 0 || item->identity == identity);
  put_key(request->out, "node");
  node_write(request->out, &node, item->id, 0, "element", 0, limits);
  answer_end(request);
  node_release(&node);
}

void handle_text(struct request *request) {
  struct node node;
  uint64_t identity;
  int64_t from = 0, count = 20000;
  if (!take_integer(request, "from", 0, INT32_MAX, &from)) return;
  if (!take_integer(request, "count", 1, 100000, &count)) return;
  struct element *item = need_element(request, &node, &identity);
  if (item == NULL) return;
  CFTypeRef text = NULL;
  if (node.is_secure) refuse(request, "secure", "secure fields are never read");
  else {
    CFIndex left = node.characters < 0 ? (CFIndex)count : node.characters - (CFIndex)from;
    AXError error = kAXErrorSuccess;
    if (left > 0) error = ax_copy_text(item->reference, (CFIndex)from, left < count ? left : (CFIndex)count, &text);
    if (error != kAXErrorSuccess) refuse_ax(request, error, "the text could not be read");
    else {
      answer(request);
      put_key(request->out, "text");
      if (is_string(text)) put_string(request->out, text, (CFIndex)count);
      else put(request->out, "\"\"");
      put_key(request->out, "characters");
      put_integer(request->out, node.characters);
      answer_end(request);
    }
  }
  drop(text);
  node_release(&node);
}

void handle_hit(struct request *request) {
  double x = 0, y = 0;
  bool has_x, has_y;
  if (!take_double(request, "x", 1e6, &x, &has_x) || !take_double(request, "y", 1e6, &y, &has_y)) return;
  if (!has_x || !has_y) {
    refuse(request, "invalid", "x and y must be given");
    return;
  }
  if (!begin_calls(request, 2000)) return;
  AXUIElementRef found;
  AXError error = ax_at(NULL, (CGPoint){x, y}, &found);
  if (error != kAXErrorSuccess) {
    if (error == kAXErrorNoValue) refuse(request, "not-found", "nothing is at that point");
    else refuse_ax(request, error, "the point could not be asked");
    return;
  }
  int pid = -1;
  AXUIElementGetPid(found, &pid);
  elements_begin_loose();
  answer(request);
  put_key(request->out, "pid");
  put_integer(request->out, pid);
  put_key(request->out, "node");
  error = put_glance(request->out, found, "element");
  if (error == kAXErrorSuccess) answer_end(request);
  else refuse_ax(request, error, "the element could not be read");
  drop(found);
}
