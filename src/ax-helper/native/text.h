/* UTF-8 and UTF-16, and the way from and to CFString. */
#ifndef LOOPD_TEXT_H
#define LOOPD_TEXT_H

#include "json.h"

/* Whether bytes are well-formed UTF-8: nothing overlong, no surrogates, nothing above U+10FFFF. */
bool utf8_is_valid(const char *bytes, size_t count);

/* Writes a code point (no surrogate, at most U+10FFFF) and returns its 1 to 4 bytes. */
size_t utf8_write(char *to, uint32_t point);

/* Reads one code point of at least one unit and returns its units, 1 or 2. A lone surrogate reads as U+FFFD. */
size_t utf16_read(const uint16_t *units, size_t count, uint32_t *point);

/* Units of valid UTF-8 in UTF-16. `to` needs room for as many units as there are bytes. */
size_t utf16_from_utf8(const char *bytes, size_t count, uint16_t *to);

/* A new CFString of valid UTF-8, or NULL without memory. */
CFStringRef text_create(const char *bytes, size_t count);

/* Writes at most `most` units of a string, quoted; never half of a surrogate pair. */
void put_string(struct buffer *out, CFStringRef string, CFIndex most);

/* The string as ASCII for comparing with names; "" when it is longer than the room or not ASCII. */
void text_ascii(CFStringRef string, char *to, size_t size);

/* Adds at most 1,000 units of a string, and its end, to a hash (FNV-1a). NULL counts as the empty string. */
uint64_t text_hash(uint64_t hash, CFStringRef string);

#endif
