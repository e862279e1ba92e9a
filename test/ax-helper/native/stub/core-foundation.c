#include "stub.h"

long stub_live = 0;

static struct number TRUE_OBJECT = {{T_BOOLEAN, IMMORTAL}, 1}, FALSE_OBJECT = {{T_BOOLEAN, IMMORTAL}, 0};
const CFBooleanRef kCFBooleanTrue = (CFBooleanRef)&TRUE_OBJECT, kCFBooleanFalse = (CFBooleanRef)&FALSE_OBJECT;
const CFArrayCallBacks kCFTypeArrayCallBacks;
const CFDictionaryKeyCallBacks kCFTypeDictionaryKeyCallBacks;
const CFDictionaryValueCallBacks kCFTypeDictionaryValueCallBacks;

void *stub_new(enum stub_type type, size_t size) {
  struct object *object = calloc(1, size);
  if (object == NULL) abort();
  *object = (struct object){type, 1};
  stub_live++;
  return object;
}

CFTypeRef CFRetain(CFTypeRef reference) {
  struct object *object = (struct object *)reference;
  if (object->count < IMMORTAL) object->count++;
  return reference;
}

void CFRelease(CFTypeRef reference) {
  struct object *object = (struct object *)reference;
  if (object->count <= 0) abort();
  if (object->count >= IMMORTAL || --object->count > 0) return;
  stub_live--;
  switch (object->type) {
    case T_STRING:
      free(((struct string *)object)->units);
      break;
    case T_ARRAY: {
      struct array *array = (struct array *)object;
      for (CFIndex i = 0; i < array->count; i++) CFRelease(array->items[i]);
      free(array->items);
      break;
    }
    case T_DICTIONARY: {
      struct dictionary *dictionary = (struct dictionary *)object;
      for (CFIndex i = 0; i < dictionary->count; i++) {
        CFRelease(dictionary->keys[i]);
        CFRelease(dictionary->values[i]);
      }
      free(dictionary->keys);
      free(dictionary->values);
      break;
    }
    case T_URL:
    case T_ATTRIBUTED:
      CFRelease(((struct wrapper *)object)->inside);
      break;
    default:
      break;
  }
  free(object);
}

CFTypeID CFGetTypeID(CFTypeRef reference) { return ((const struct object *)reference)->type; }

Boolean CFEqual(CFTypeRef a, CFTypeRef b) {
  if (a == b) return 1;
  if (CFGetTypeID(a) != CFGetTypeID(b)) return 0;
  if (CFGetTypeID(a) == T_STRING) {
    const struct string *one = a, *two = b;
    return one->length == two->length && memcmp(one->units, two->units, (size_t)one->length * 2) == 0;
  }
  if (CFGetTypeID(a) == T_ELEMENT) {
    const struct element_object *one = a, *two = b;
    return one->node == two->node && one->pid == two->pid;
  }
  return 0;
}

CFHashCode CFHash(CFTypeRef reference) {
  if (CFGetTypeID(reference) != T_ELEMENT) return (CFHashCode)reference;
  /* Few hashes for many elements, as real ones may have. */
  return (CFHashCode)(((const struct element_object *)reference)->node % 4096);
}

CFTypeID CFStringGetTypeID(void) { return T_STRING; }
CFTypeID CFArrayGetTypeID(void) { return T_ARRAY; }
CFTypeID CFBooleanGetTypeID(void) { return T_BOOLEAN; }
CFTypeID CFNumberGetTypeID(void) { return T_NUMBER; }
CFTypeID CFDictionaryGetTypeID(void) { return T_DICTIONARY; }
CFTypeID CFURLGetTypeID(void) { return T_URL; }
CFTypeID CFAttributedStringGetTypeID(void) { return T_ATTRIBUTED; }

CFTypeRef stub_string(const uint16_t *units, CFIndex length) {
  struct string *string = stub_new(T_STRING, sizeof *string);
  string->length = length;
  string->units = malloc((size_t)length * 2 + 2);
  memcpy(string->units, units, (size_t)length * 2);
  return string;
}

CFTypeRef stub_ascii(const char *text) {
  uint16_t units[512];
  size_t length = strlen(text);
  for (size_t i = 0; i < length && i < 512; i++) units[i] = (unsigned char)text[i];
  return stub_string(units, (CFIndex)length);
}

bool stub_is(CFStringRef reference, const char *text) {
  const struct string *string = (const void *)reference;
  if (string->object.type != T_STRING) abort();
  if ((size_t)string->length != strlen(text)) return false;
  for (CFIndex i = 0; i < string->length; i++) {
    if (string->units[i] != (unsigned char)text[i]) return false;
  }
  return true;
}

CFStringRef CFStringCreateWithCharacters(CFAllocatorRef allocator, const uint16_t *units, CFIndex count) {
  (void)allocator;
  if (count < 0) abort();
  return stub_string(units, count);
}

CFIndex CFStringGetLength(CFStringRef reference) {
  const struct string *string = (const void *)reference;
  if (string->object.type != T_STRING) abort();
  return string->length;
}

void CFStringGetCharacters(CFStringRef reference, CFRange range, uint16_t *to) {
  const struct string *string = (const void *)reference;
  if (range.location < 0 || range.length < 0 || range.location + range.length > string->length) abort();
  memcpy(to, string->units + range.location, (size_t)range.length * 2);
}

CFArrayRef CFArrayCreate(CFAllocatorRef allocator, const void **values, CFIndex count, const CFArrayCallBacks *calls) {
  (void)allocator;
  if (count < 0 || calls != &kCFTypeArrayCallBacks) abort();
  struct array *array = stub_new(T_ARRAY, sizeof *array);
  array->count = count;
  array->items = malloc((size_t)count * sizeof *array->items + 1);
  for (CFIndex i = 0; i < count; i++) array->items[i] = CFRetain(values[i]);
  return (CFArrayRef)array;
}

CFIndex CFArrayGetCount(CFArrayRef reference) {
  const struct array *array = (const void *)reference;
  if (array->object.type != T_ARRAY) abort();
  return array->count;
}

const void *CFArrayGetValueAtIndex(CFArrayRef reference, CFIndex index) {
  const struct array *array = (const void *)reference;
  if (array->object.type != T_ARRAY || index < 0 || index >= array->count) abort();
  return array->items[index];
}

Boolean CFBooleanGetValue(CFBooleanRef reference) { return ((const struct number *)reference)->value != 0; }

CFNumberRef CFNumberCreate(CFAllocatorRef allocator, CFIndex type, const void *value) {
  (void)allocator;
  struct number *number = stub_new(T_NUMBER, sizeof *number);
  number->value = type == kCFNumberFloat64Type ? *(const double *)value : (double)*(const int64_t *)value;
  return (CFNumberRef)number;
}

Boolean CFNumberGetValue(CFNumberRef reference, CFIndex type, void *to) {
  const struct number *number = (const void *)reference;
  if (number->object.type != T_NUMBER) abort();
  if (type == kCFNumberFloat64Type) *(double *)to = number->value;
  else *(int64_t *)to = (int64_t)number->value;
  return 1;
}

CFDictionaryRef CFDictionaryCreate(CFAllocatorRef allocator, const void **keys, const void **values, CFIndex count,
                                   const CFDictionaryKeyCallBacks *key_calls,
                                   const CFDictionaryValueCallBacks *value_calls) {
  (void)allocator;
  if (key_calls != &kCFTypeDictionaryKeyCallBacks || value_calls != &kCFTypeDictionaryValueCallBacks) abort();
  struct dictionary *dictionary = stub_new(T_DICTIONARY, sizeof *dictionary);
  dictionary->count = count;
  dictionary->keys = malloc((size_t)count * sizeof(void *) + 1);
  dictionary->values = malloc((size_t)count * sizeof(void *) + 1);
  for (CFIndex i = 0; i < count; i++) {
    dictionary->keys[i] = CFRetain(keys[i]);
    dictionary->values[i] = CFRetain(values[i]);
  }
  return (CFDictionaryRef)dictionary;
}

const void *CFDictionaryGetValue(CFDictionaryRef reference, const void *key) {
  const struct dictionary *dictionary = (const void *)reference;
  if (dictionary->object.type != T_DICTIONARY) abort();
  for (CFIndex i = 0; i < dictionary->count; i++) {
    if (CFEqual(dictionary->keys[i], key)) return dictionary->values[i];
  }
  return NULL;
}

CFStringRef CFURLGetString(CFURLRef url) { return ((const struct wrapper *)(const void *)url)->inside; }

CFStringRef CFAttributedStringGetString(CFAttributedStringRef string) {
  return ((const struct wrapper *)(const void *)string)->inside;
}
