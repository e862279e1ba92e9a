/*
 * loopd-screen: reads and operates the windows of other programs through macOS's accessibility API.
 *
 * One JSON object a line on standard input, one answer a line on standard output, one at a time (protocol.ts describes
 * them). A request is given up by killing the process; nothing is written to disk, nothing is started or loaded.
 */
#include "act.h"
#include "apps.h"
#include "capture.h"
#include "disclaim.h"
#include "elements.h"

#define PROTOCOL 1
/* Rises with every change of this program: each asks the person for the grant again. */
#define VERSION "2"
#define MOST_LINE (1 << 20)
#define MOST_VALUES 512
#define MOST_ANSWER (32u << 20)
#define SETTINGS "x-apple.systempreferences:com.apple.preference.security?Privacy_Accessibility"

static const char *disclaimed = "unavailable";

static void handle_hello(struct request *request) {
  answer(request);
  put_key(request->out, "protocol");
  put_integer(request->out, PROTOCOL);
  put_key(request->out, "version");
  put_text(request->out, VERSION);
  put_key(request->out, "pid");
  put_integer(request->out, getpid());
  put_key(request->out, "responsible");
  put_text(request->out, disclaimed);
  put_key(request->out, "trusted");
  put_boolean(request->out, AXIsProcessTrusted());
  answer_end(request);
}

/* Whether this program may use Accessibility; with `prompt` macOS asks the person, once, and this does not wait. */
static void handle_trust(struct request *request) {
  const struct json *prompt = json_get(request->json, "prompt");
  bool is_trusted;
  if (prompt != NULL && prompt->type == JSON_BOOLEAN && prompt->number != 0) {
    const void *key = kAXTrustedCheckOptionPrompt, *value = kCFBooleanTrue;
    CFDictionaryRef options = CFDictionaryCreate(NULL, &key, &value, 1, &kCFTypeDictionaryKeyCallBacks,
                                                 &kCFTypeDictionaryValueCallBacks);
    is_trusted = AXIsProcessTrustedWithOptions(options) != 0;
    drop(options);
  } else {
    is_trusted = AXIsProcessTrusted() != 0;
  }
  answer(request);
  put_key(request->out, "trusted");
  put_boolean(request->out, is_trusted);
  put_key(request->out, "settings");
  put_text(request->out, SETTINGS);
  answer_end(request);
}

static void handle_secure_input(struct request *request) {
  answer(request);
  put_key(request->out, "enabled");
  put_boolean(request->out, IsSecureEventInputEnabled());
  answer_end(request);
}

static const struct {
  const char *name;
  void (*handle)(struct request *);
} REQUESTS[] = {{"hello", handle_hello},     {"trust", handle_trust},   {"secure-input", handle_secure_input},
                {"apps", handle_apps},       {"frontmost", handle_frontmost}, {"windows", handle_windows},
                {"capture", handle_capture}, {"text", handle_text},     {"hit", handle_hit},
                {"check", handle_check},     {"act", handle_act}};

static bool write_all(const char *data, size_t size) {
  while (size > 0) {
    long written = write(1, data, size);
    if (written <= 0) return false;
    data += written;
    size -= (size_t)written;
  }
  return true;
}

/* Answers one line. False: the parent is gone. */
static bool handle_line(char *line, size_t length, struct buffer *out) {
  static struct json values[MOST_VALUES];
  struct json_pool pool = {values, MOST_VALUES, 0, 6};
  line[length] = '\0';
  const struct json *json = json_parse(line, length, &pool);
  const struct json *id = json_get(json, "id"), *wanted = json_get(json, "do");
  bool has_id = id != NULL && id->type == JSON_NUMBER && id->number >= 0 && id->number <= 9007199254740991.0;
  out->used = 0;
  out->is_full = false;
  put(out, "{\"id\":");
  if (has_id) put_integer(out, (int64_t)id->number);
  else put(out, "null");
  struct request request = {json, out, out->used};
  size_t at = 0, count = sizeof REQUESTS / sizeof *REQUESTS;
  while (at < count && !json_is(wanted, REQUESTS[at].name)) at++;
  if (json == NULL || !has_id) refuse(&request, "invalid", "a request is one JSON object with id and do");
  else if (at == count) refuse(&request, "invalid", "there is no such request");
  else REQUESTS[at].handle(&request);
  if (out->is_full) refuse(&request, "failed", "the answer is too large");
  put(out, "}\n");
  return write_all(out->data, out->used);
}

/* Refuses a line that is longer than any request, once, at its end. */
static bool refuse_long_line(struct buffer *out) {
  char nothing[] = "";
  return handle_line(nothing, 0, out);
}

static void serve(struct buffer *out) {
  char *input = malloc(MOST_LINE + 1);
  size_t used = 0;
  bool is_too_long = false;
  for (long got = 1; input != NULL && got > 0;) {
    got = read(0, input + used, MOST_LINE - used);
    if (got <= 0) break;
    used += (size_t)got;
    size_t begin = 0;
    for (char *end; (end = memchr(input + begin, '\n', used - begin)) != NULL; begin = (size_t)(end - input) + 1) {
      size_t length = (size_t)(end - input) - begin;
      bool is_open = is_too_long ? refuse_long_line(out) : handle_line(input + begin, length, out);
      is_too_long = false;
      if (!is_open) got = 0;
      if (!is_open) break;
    }
    memmove(input, input + begin, used - begin);
    used -= begin;
    if (used == MOST_LINE) {
      is_too_long = true;
      used = 0;
    }
  }
  free(input);
}

int main(int count, char *const arguments[], char *const environment[]) {
  struct buffer out = {.limit = MOST_ANSWER};
  disclaimed = disclaim(count, arguments, environment);
  if (!ax_start() || !node_start()) return 1;
  serve(&out);
  elements_clear();
  node_stop();
  ax_stop();
  free(out.data);
  return 0;
}
