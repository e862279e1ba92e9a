/* One request and its answer: `{"id":…,"ok":{…}}` or `{"id":…,"error":{"code","message"}}`. */
#ifndef LOOPD_REQUEST_H
#define LOOPD_REQUEST_H

#include "ax.h"
#include "json.h"

struct request {
  const struct json *json;
  struct buffer *out;
  size_t body; /* where the answer begins in `out`, after its id */
};

/* Answers with an error instead of whatever was written. `code` is one of protocol.ts. */
void refuse(struct request *request, const char *code, const char *message);
/* refuse for an error of the accessibility API: gone, not-responding, no-trust, unsupported or failed. */
void refuse_ax(struct request *request, AXError error, const char *what);
/* Begins and ends the object of a successful answer. */
void answer(struct request *request);
void answer_end(struct request *request);

/*
 * Parameters. Each returns false, having refused the request, when the parameter is there and not what it must be; the
 * `need_` ones also when it is missing.
 */
bool take_integer(struct request *request, const char *key, int64_t least, int64_t most, int64_t *number);
bool need_integer(struct request *request, const char *key, int64_t least, int64_t most, int64_t *number);
/* A finite number between ±`most`; `is_there` tells whether it was given. */
bool take_double(struct request *request, const char *key, double most, double *number, bool *is_there);
/* A string of at most `most` bytes. */
const struct json *need_string(struct request *request, const char *key, size_t most);
/* The process id under `pid`, or -1 when there is none. */
bool take_pid(struct request *request, int *pid);
/* Begins the bounds of the accessibility calls from `callMs` (1,000) and `timeMs`; needs trust. */
bool begin_calls(struct request *request, int64_t time_ms);

#endif
