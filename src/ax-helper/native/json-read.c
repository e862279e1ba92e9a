#include "json.h"

#include "text.h"

struct reader {
  char *at, *end;
  struct json_pool *pool;
};

static struct json *read_value(struct reader *in, int depth);

static void skip_space(struct reader *in) {
  while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r' || *in->at == '\n')) in->at++;
}

static bool take(struct reader *in, char wanted) {
  skip_space(in);
  if (in->at >= in->end || *in->at != wanted) return false;
  in->at++;
  return true;
}

static struct json *new_value(struct reader *in, enum json_type type) {
  struct json_pool *pool = in->pool;
  if (pool->used == pool->capacity) return NULL;
  struct json *value = &pool->values[pool->used++];
  *value = (struct json){.type = type};
  return value;
}

/* Four hexadecimal digits, or -1. */
static int read_hex(struct reader *in) {
  if (in->end - in->at < 4) return -1;
  int unit = 0;
  for (int digit = 0; digit < 4; digit++) {
    char c = *in->at++;
    int nibble = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (nibble < 0) return -1;
    unit = unit * 16 + nibble;
  }
  return unit;
}

/* What follows `\u`, with the second half of a pair; a lone surrogate becomes U+FFFD. Returns the bytes written. */
static int read_unicode(struct reader *in, char *to) {
  int unit = read_hex(in);
  if (unit < 0) return -1;
  uint32_t point = (uint32_t)unit;
  if (point >= 0xD800 && point <= 0xDFFF) {
    char *before = in->at;
    bool is_pair = false;
    if (point <= 0xDBFF && in->end - in->at >= 6 && in->at[0] == '\\' && in->at[1] == 'u') {
      in->at += 2;
      int low = read_hex(in);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        point = 0x10000 + ((point - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
        is_pair = true;
      }
    }
    if (!is_pair) {
      in->at = before;
      point = 0xFFFD;
    }
  }
  return (int)utf8_write(to, point);
}

/* The rest of a string after its quote, unescaped in place: an escape is never shorter than what it stands for. */
static bool read_string(struct reader *in, const char **text, size_t *length) {
  char *to = in->at;
  *text = to;
  while (in->at < in->end) {
    unsigned char c = (unsigned char)*in->at++;
    if (c == '"') {
      *length = (size_t)(to - *text);
      return utf8_is_valid(*text, *length);
    }
    if (c < 0x20) return false;
    if (c != '\\') {
      *to++ = (char)c;
      continue;
    }
    if (in->at >= in->end) return false;
    static const char NAMES[] = "\"\\/bfnrt", VALUES[] = "\"\\/\b\f\n\r\t";
    char name = *in->at++;
    if (name == 'u') {
      int written = read_unicode(in, to);
      if (written < 0) return false;
      to += written;
      continue;
    }
    const char *found = memchr(NAMES, name, sizeof NAMES - 1);
    if (found == NULL) return false;
    *to++ = VALUES[found - NAMES];
  }
  return false;
}

static struct json *read_number(struct reader *in) {
  char *start = in->at, *c = start;
  if (c < in->end && *c == '-') c++;
  if (c >= in->end || *c < '0' || *c > '9') return NULL;
  if (*c == '0' && c + 1 < in->end && c[1] >= '0' && c[1] <= '9') return NULL;
  while (c < in->end && ((*c >= '0' && *c <= '9') || *c == '.' || *c == 'e' || *c == 'E' || *c == '+' || *c == '-')) c++;
  if (c - start > 40 || c[-1] < '0' || c[-1] > '9') return NULL;
  char *stopped = NULL;
  double number = strtod(start, &stopped);
  if (stopped != c || number - number != 0) return NULL;
  in->at = c;
  struct json *value = new_value(in, JSON_NUMBER);
  if (value != NULL) value->number = number;
  return value;
}

static struct json *read_word(struct reader *in) {
  static const struct { const char *word; enum json_type type; double number; } WORDS[] = {
      {"true", JSON_BOOLEAN, 1}, {"false", JSON_BOOLEAN, 0}, {"null", JSON_NULL, 0}};
  for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
    size_t length = strlen(WORDS[i].word);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, WORDS[i].word, length) != 0) continue;
    in->at += length;
    struct json *value = new_value(in, WORDS[i].type);
    if (value != NULL) value->number = WORDS[i].number;
    return value;
  }
  return NULL;
}

static struct json *read_members(struct reader *in, enum json_type type, int depth) {
  struct json *value = depth > 0 ? new_value(in, type) : NULL;
  if (value == NULL) return NULL;
  char close = type == JSON_OBJECT ? '}' : ']';
  if (take(in, close)) return value;
  struct json **link = &value->first;
  do {
    const char *key = NULL;
    size_t key_length = 0;
    if (type == JSON_OBJECT && !(take(in, '"') && read_string(in, &key, &key_length) && take(in, ':'))) return NULL;
    struct json *member = read_value(in, depth - 1);
    if (member == NULL) return NULL;
    member->key = key;
    member->key_length = key_length;
    *link = member;
    link = &member->next;
  } while (take(in, ','));
  return take(in, close) ? value : NULL;
}

static struct json *read_value(struct reader *in, int depth) {
  skip_space(in);
  if (in->at >= in->end) return NULL;
  switch (*in->at) {
    case '{':
      in->at++;
      return read_members(in, JSON_OBJECT, depth);
    case '[':
      in->at++;
      return read_members(in, JSON_ARRAY, depth);
    case '"': {
      in->at++;
      struct json *value = new_value(in, JSON_STRING);
      return value != NULL && read_string(in, &value->text, &value->length) ? value : NULL;
    }
    case 't':
    case 'f':
    case 'n':
      return read_word(in);
    default:
      return read_number(in);
  }
}

struct json *json_parse(char *text, size_t length, struct json_pool *pool) {
  struct reader in = {text, text + length, pool};
  pool->used = 0;
  struct json *value = read_value(&in, pool->depth);
  skip_space(&in);
  return in.at == in.end ? value : NULL;
}

const struct json *json_get(const struct json *object, const char *key) {
  const struct json *found = NULL;
  if (object == NULL || object->type != JSON_OBJECT) return NULL;
  size_t length = strlen(key);
  for (const struct json *member = object->first; member != NULL; member = member->next) {
    if (member->key_length == length && memcmp(member->key, key, length) == 0) found = member;
  }
  return found;
}

bool json_is(const struct json *value, const char *text) {
  size_t length = strlen(text);
  return value != NULL && value->type == JSON_STRING && value->length == length &&
         memcmp(value->text, text, length) == 0;
}
