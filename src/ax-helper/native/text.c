#include "text.h"

/* Units that are copied out of a CFString at a time. */
#define CHUNK 1024

bool utf8_is_valid(const char *bytes, size_t count) {
  const unsigned char *at = (const unsigned char *)bytes, *end = at + count;
  while (at < end) {
    unsigned char lead = *at++;
    if (lead < 0x80) continue;
    int more = lead >= 0xC2 && lead <= 0xDF ? 1 : lead >= 0xE0 && lead <= 0xEF ? 2 : lead >= 0xF0 && lead <= 0xF4 ? 3 : 0;
    if (more == 0 || end - at < more) return false;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (at[0] < low || at[0] > high) return false;
    for (int i = 1; i < more; i++) {
      if ((at[i] & 0xC0) != 0x80) return false;
    }
    at += more;
  }
  return true;
}

size_t utf8_write(char *to, uint32_t point) {
  if (point < 0x80) {
    to[0] = (char)point;
    return 1;
  }
  size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (size_t at = size - 1; at > 0; at--, point >>= 6) to[at] = (char)(0x80 | (point & 0x3F));
  to[0] = (char)((size == 2 ? 0xC0 : size == 3 ? 0xE0 : 0xF0) | point);
  return size;
}

size_t utf16_read(const uint16_t *units, size_t count, uint32_t *point) {
  uint32_t unit = units[0];
  *point = unit;
  if (unit < 0xD800 || unit > 0xDFFF) return 1;
  if (unit <= 0xDBFF && count > 1 && units[1] >= 0xDC00 && units[1] <= 0xDFFF) {
    *point = 0x10000 + ((unit - 0xD800) << 10) + (units[1] - 0xDC00u);
    return 2;
  }
  *point = 0xFFFD;
  return 1;
}

size_t utf16_from_utf8(const char *bytes, size_t count, uint16_t *to) {
  const unsigned char *at = (const unsigned char *)bytes, *end = at + count;
  size_t units = 0;
  while (at < end) {
    uint32_t lead = *at++;
    int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    uint32_t point = more == 0 ? lead : lead & (0x3Fu >> more);
    while (more-- > 0) point = (point << 6) | (*at++ & 0x3Fu);
    if (point >= 0x10000) {
      to[units++] = (uint16_t)(0xD800 + ((point - 0x10000) >> 10));
      point = 0xDC00 + ((point - 0x10000) & 0x3FF);
    }
    to[units++] = (uint16_t)point;
  }
  return units;
}

CFStringRef text_create(const char *bytes, size_t count) {
  uint16_t few[256], *units = count <= 256 ? few : malloc(count * sizeof *units);
  if (units == NULL) return NULL;
  size_t length = utf16_from_utf8(bytes, count, units);
  CFStringRef string = CFStringCreateWithCharacters(NULL, units, (CFIndex)length);
  if (units != few) free(units);
  return string;
}

void put_string(struct buffer *out, CFStringRef string, CFIndex most) {
  CFIndex length = CFStringGetLength(string);
  CFIndex wanted = length < most ? length : most;
  uint16_t few[CHUNK], *units = wanted <= CHUNK ? few : malloc((size_t)wanted * sizeof *units);
  if (units == NULL) {
    out->is_full = true;
    return;
  }
  if (wanted > 0) CFStringGetCharacters(string, (CFRange){0, wanted}, units);
  bool is_cut = wanted < length && wanted > 0 && units[wanted - 1] >= 0xD800 && units[wanted - 1] <= 0xDBFF;
  put_utf16(out, units, (size_t)(is_cut ? wanted - 1 : wanted));
  if (units != few) free(units);
}

void text_ascii(CFStringRef string, char *to, size_t size) {
  uint16_t units[128];
  CFIndex length = CFStringGetLength(string);
  to[0] = '\0';
  if (length >= (CFIndex)size || length > 128) return;
  if (length > 0) CFStringGetCharacters(string, (CFRange){0, length}, units);
  for (CFIndex i = 0; i < length; i++) {
    if (units[i] == 0 || units[i] > 0x7E) {
      to[0] = '\0';
      return;
    }
    to[i] = (char)units[i];
  }
  to[length] = '\0';
}

uint64_t text_hash(uint64_t hash, CFStringRef string) {
  uint16_t units[1000];
  CFIndex length = string == NULL ? 0 : CFStringGetLength(string);
  if (length > 1000) length = 1000;
  if (length > 0) CFStringGetCharacters(string, (CFRange){0, length}, units);
  for (CFIndex i = 0; i < length; i++) hash = (hash ^ units[i]) * 1099511628211u;
  return (hash ^ 0x10000) * 1099511628211u;
}
