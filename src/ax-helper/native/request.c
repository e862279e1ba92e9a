#include "request.h"

void refuse(struct request *request, const char *code, const char *message) {
  struct buffer *out = request->out;
  out->used = request->body;
  out->is_full = false;
  put_key(out, "error");
  put(out, "{");
  put_key(out, "code");
  put_text(out, code);
  put_key(out, "message");
  put_text(out, message);
  put(out, "}");
}

void refuse_ax(struct request *request, AXError error, const char *what) {
  char message[200];
  const char *code = ax_is_hung()                                ? "not-responding"
                     : error == kAXErrorInvalidUIElement         ? "gone"
                     : error == kAXErrorAPIDisabled              ? "no-trust"
                     : error == kAXErrorAttributeUnsupported ||
                             error == kAXErrorParameterizedAttributeUnsupported ||
                             error == kAXErrorActionUnsupported ||
                             error == kAXErrorNotImplemented     ? "unsupported"
                                                                 : "failed";
  snprintf(message, sizeof message, "%s: the accessibility API answered %d", what, (int)error);
  refuse(request, code, message);
}

void answer(struct request *request) {
  request->out->used = request->body;
  put_key(request->out, "ok");
  put(request->out, "{");
}

void answer_end(struct request *request) { put(request->out, "}"); }

static bool refuse_parameter(struct request *request, const char *key, const char *rule) {
  char message[120];
  snprintf(message, sizeof message, "%s must be %s", key, rule);
  refuse(request, "invalid", message);
  return false;
}

bool take_integer(struct request *request, const char *key, int64_t least, int64_t most, int64_t *number) {
  const struct json *value = json_get(request->json, key);
  if (value == NULL) return true;
  bool is_right = value->type == JSON_NUMBER && value->number >= (double)least && value->number <= (double)most &&
                  value->number == (double)(int64_t)value->number;
  if (!is_right) {
    char rule[64];
    snprintf(rule, sizeof rule, "a whole number from %lld to %lld", (long long)least, (long long)most);
    return refuse_parameter(request, key, rule);
  }
  *number = (int64_t)value->number;
  return true;
}

bool need_integer(struct request *request, const char *key, int64_t least, int64_t most, int64_t *number) {
  if (json_get(request->json, key) == NULL) return refuse_parameter(request, key, "given");
  return take_integer(request, key, least, most, number);
}

bool take_double(struct request *request, const char *key, double most, double *number, bool *is_there) {
  const struct json *value = json_get(request->json, key);
  *is_there = value != NULL;
  if (value == NULL) return true;
  if (value->type != JSON_NUMBER || value->number < -most || value->number > most) {
    return refuse_parameter(request, key, "a number within its bounds");
  }
  *number = value->number;
  return true;
}

const struct json *need_string(struct request *request, const char *key, size_t most) {
  const struct json *value = json_get(request->json, key);
  if (value != NULL && value->type == JSON_STRING && value->length <= most) return value;
  char rule[64];
  snprintf(rule, sizeof rule, "a string of at most %zu bytes", most);
  refuse_parameter(request, key, rule);
  return NULL;
}

bool take_pid(struct request *request, int *pid) {
  int64_t number = -1;
  if (!take_integer(request, "pid", 1, INT32_MAX, &number)) return false;
  *pid = (int)number;
  return true;
}

bool begin_calls(struct request *request, int64_t time_ms) {
  int64_t call_ms = 1000;
  if (!take_integer(request, "callMs", 50, 5000, &call_ms)) return false;
  if (!take_integer(request, "timeMs", 50, 30000, &time_ms)) return false;
  ax_begin((int)call_ms, (int)time_ms);
  if (AXIsProcessTrusted()) return true;
  refuse(request, "no-trust", "loopd-screen is not allowed to use Accessibility");
  return false;
}
