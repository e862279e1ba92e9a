#include "json.h"

#include "text.h"

void put_bytes(struct buffer *out, const char *bytes, size_t count) {
  if (out->is_full || count > out->limit - out->used) {
    out->is_full = true;
    return;
  }
  if (out->used + count > out->capacity) {
    size_t wanted = out->capacity == 0 ? 4096 : out->capacity;
    while (wanted < out->used + count) wanted *= 2;
    char *grown = realloc(out->data, wanted);
    if (grown == NULL) {
      out->is_full = true;
      return;
    }
    out->data = grown;
    out->capacity = wanted;
  }
  memcpy(out->data + out->used, bytes, count);
  out->used += count;
}

void put(struct buffer *out, const char *literal) { put_bytes(out, literal, strlen(literal)); }

void put_comma(struct buffer *out) {
  char last = out->used == 0 ? '{' : out->data[out->used - 1];
  if (last != '{' && last != '[' && last != ':') put(out, ",");
}

void put_key(struct buffer *out, const char *key) {
  put_comma(out);
  put(out, "\"");
  put(out, key);
  put(out, "\":");
}

void put_integer(struct buffer *out, int64_t number) {
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%lld", (long long)number);
  put_bytes(out, digits, (size_t)length);
}

void put_number(struct buffer *out, double number) {
  if (number - number != 0) {
    put(out, "null");
    return;
  }
  char digits[40];
  int length = snprintf(digits, sizeof digits, "%.15g", number);
  put_bytes(out, digits, (size_t)length);
}

void put_boolean(struct buffer *out, bool is_true) { put(out, is_true ? "true" : "false"); }

/* The escape of a code point into `to`, or the point itself in UTF-8. Returns the bytes written, at most 6. */
static size_t write_point(char *to, uint32_t point) {
  if (point == '"' || point == '\\') {
    to[0] = '\\';
    to[1] = (char)point;
    return 2;
  }
  if (point >= 0x20 && !(point >= 0x7F && point <= 0x9F)) return utf8_write(to, point);
  static const char HEX[] = "0123456789abcdef";
  memcpy(to, "\\u00", 4);
  to[4] = HEX[point >> 4];
  to[5] = HEX[point & 15];
  return 6;
}

void put_utf16(struct buffer *out, const uint16_t *units, size_t count) {
  put(out, "\"");
  char part[512];
  size_t used = 0;
  for (size_t at = 0; at < count;) {
    uint32_t point;
    at += utf16_read(units + at, count - at, &point);
    used += write_point(part + used, point);
    if (used > sizeof part - 8) {
      put_bytes(out, part, used);
      used = 0;
    }
  }
  put_bytes(out, part, used);
  put(out, "\"");
}

void put_text(struct buffer *out, const char *text) {
  put(out, "\"");
  put(out, text);
  put(out, "\"");
}
