#include "capture.h"

#include "target.h"
#include "text.h"

/* So many elements are held although captures that were cut short did not come upon them. */
#define MOST_UNSEEN 50000

static bool take_limits(struct request *request, struct walk_limits *limits) {
  int64_t nodes = 3000, depth = 80, bytes = 4 << 20, text = 4000, rows = 200;
  bool is_right = take_integer(request, "nodes", 1, 20000, &nodes) && take_integer(request, "depth", 1, 500, &depth) &&
                  take_integer(request, "bytes", 4096, 16 << 20, &bytes) &&
                  take_integer(request, "text", 0, 100000, &text) && take_integer(request, "rows", 1, 2000, &rows);
  *limits = (struct walk_limits){(int)nodes, (int)depth, (size_t)bytes, {(int)text, (int)rows}};
  return is_right;
}

/* Ends an answer whose nodes have been walked: what the walk left out and what it cost. */
static void end_capture(struct request *request, struct walk *walk) {
  struct buffer *out = request->out;
  walk_write_unread(walk, out);
  put_key(out, "cut");
  put_text(out, walk_cut_name(walk_cut(walk)));
  put_key(out, "calls");
  put_integer(out, ax_calls());
  put_key(out, "held");
  put_integer(out, elements_count());
  answer_end(request);
  walk_stop(walk);
}

static void capture_element(struct request *request, struct walk_limits limits, uint64_t id) {
  struct element *item = elements_find(id);
  struct process process = {.pid = -1};
  if (item == NULL) {
    refuse(request, "stale", "that element was not seen by a later capture");
    return;
  }
  if (AXUIElementGetPid(item->reference, &process.pid) == kAXErrorSuccess) process_read(process.pid, &process);
  answer(request);
  put_key(request->out, "nodes");
  put(request->out, "[");
  struct walk *walk = walk_start(request->out, limits, process.toolkit != TOOLKIT_NATIVE);
  elements_resume(item);
  if (walk == NULL || walk_add(walk, item->reference, "element") == 0) {
    walk_stop(walk);
    refuse(request, "failed", "no memory");
    return;
  }
  walk_run(walk);
  if (walk_count(walk) == 0) {
    walk_stop(walk);
    refuse(request, ax_is_hung() ? "not-responding" : "gone", "that element could not be read");
    return;
  }
  put(request->out, "]");
  end_capture(request, walk);
}

/* The program, the window and what has the focus. */
static void write_target(struct buffer *out, const struct target *target, const struct walk *walk) {
  put_key(out, "app");
  put(out, "{\"pid\":");
  put_integer(out, target->process.pid);
  put_key(out, "name");
  put_app_name(out, target->process.pid);
  put_key(out, "toolkit");
  put_text(out, toolkit_name(target->process.toolkit));
  put(out, "}");
  struct element *window = target->window == NULL ? NULL : elements_add(target->window);
  put_key(out, "window");
  if (window == NULL) put(out, "null");
  else {
    const double *rect = walk_rect(walk);
    put(out, "{\"id\":");
    put_integer(out, (int64_t)window->id);
    put_key(out, "front");
    put_boolean(out, target->is_front);
    if (rect != NULL) {
      put_key(out, "number");
      put_integer(out, window_number(target->process.pid, rect));
      put_key(out, "scale");
      put_number(out, scale_at((CGPoint){rect[0] + rect[2] / 2, rect[1] + rect[3] / 2}));
    }
    put(out, "}");
  }
  struct element *focused = target->focused == NULL ? NULL : elements_add(target->focused);
  if (focused == NULL) return;
  put_key(out, "focused");
  put_integer(out, (int64_t)focused->id);
}

void handle_capture(struct request *request) {
  struct walk_limits limits;
  int64_t element = 0;
  if (!take_limits(request, &limits) || !take_integer(request, "element", 1, INT64_C(1) << 52, &element)) return;
  if (!begin_calls(request, 3000)) return;
  if (element != 0) {
    capture_element(request, limits, (uint64_t)element);
    return;
  }
  struct target target;
  if (target_open(request, &target)) {
    answer(request);
    put_key(request->out, "nodes");
    put(request->out, "[");
    struct walk *walk = target_walk(&target, request->out, limits);
    if (walk == NULL) refuse(request, "failed", "no memory");
    else {
      put(request->out, "]");
      write_target(request->out, &target, walk);
      enum walk_cut cut = walk_cut(walk);
      bool is_whole = cut == CUT_NONE || cut == CUT_DEPTH;
      elements_end(walk_count(walk) > 0 && (is_whole || elements_count() > MOST_UNSEEN));
      end_capture(request, walk);
    }
  }
  target_close(&target);
}
