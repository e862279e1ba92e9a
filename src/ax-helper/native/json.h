/* One line of JSON in, one line out. Nothing here allocates but the output buffer. */
#ifndef LOOPD_JSON_H
#define LOOPD_JSON_H

#include "mac.h"

enum json_type { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* A parsed value. Strings are unescaped in place, valid UTF-8 without lone surrogates, and may contain NUL. */
struct json {
  enum json_type type;
  const char *key; /* in an object: its key, else NULL */
  size_t key_length;
  const char *text; /* JSON_STRING */
  size_t length;
  double number; /* JSON_NUMBER, always finite; JSON_BOOLEAN: 0 or 1 */
  struct json *first, *next;
};

/* What a parse may use. Beyond any of it the text is refused. */
struct json_pool {
  struct json *values;
  size_t capacity, used;
  int depth; /* levels of arrays and objects */
};

/* Parses all of `text`, which is overwritten and must be followed by a NUL. NULL: not JSON, not UTF-8 or too large. */
struct json *json_parse(char *text, size_t length, struct json_pool *pool);

/* The last value of a key, or NULL when there is none or `object` is none. */
const struct json *json_get(const struct json *object, const char *key);

/* Whether a value is that string. */
bool json_is(const struct json *value, const char *text);

/* Output that grows up to `limit` bytes; what does not fit sets `is_full` and is dropped. */
struct buffer {
  char *data;
  size_t used, capacity, limit;
  bool is_full;
};

void put_bytes(struct buffer *out, const char *bytes, size_t count);
void put(struct buffer *out, const char *literal);
/* A key with its colon, and the comma before it unless it is the first. */
void put_key(struct buffer *out, const char *key);
/* The comma before an array's next item, unless it is the first. */
void put_comma(struct buffer *out);
void put_integer(struct buffer *out, int64_t number);
/* null for what JSON cannot write. */
void put_number(struct buffer *out, double number);
void put_boolean(struct buffer *out, bool is_true);
/* A quoted string of UTF-16: control characters escaped, lone surrogates as U+FFFD. */
void put_utf16(struct buffer *out, const uint16_t *units, size_t count);
/* A quoted string of trusted ASCII. */
void put_text(struct buffer *out, const char *text);

#endif
