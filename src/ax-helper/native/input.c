#include "input.h"

#include "text.h"

#define SHIFT 0x20000u
#define CONTROL 0x40000u
#define OPTION 0x80000u
#define COMMAND 0x100000u
#define FUNCTION 0x800000u
/* UTF-16 units that one key event carries at most; macOS cuts what is longer. */
#define UNITS_PER_EVENT 20
/* µs between events, so that slow programs keep up. */
#define PAUSE 2000

/* Virtual key codes of <HIToolbox/Events.h>: places on a US keyboard. */
static const struct {
  const char *name;
  uint16_t key;
} KEYS[] = {
    {"a", 0},      {"s", 1},      {"d", 2},       {"f", 3},          {"h", 4},         {"g", 5},        {"z", 6},
    {"x", 7},      {"c", 8},      {"v", 9},       {"b", 11},         {"q", 12},        {"w", 13},       {"e", 14},
    {"r", 15},     {"y", 16},     {"t", 17},      {"1", 18},         {"2", 19},        {"3", 20},       {"4", 21},
    {"6", 22},     {"5", 23},     {"=", 24},      {"9", 25},         {"7", 26},        {"-", 27},       {"8", 28},
    {"0", 29},     {"]", 30},     {"o", 31},      {"u", 32},         {"[", 33},        {"i", 34},       {"p", 35},
    {"return", 36}, {"enter", 36}, {"l", 37},     {"j", 38},         {"'", 39},        {"k", 40},       {";", 41},
    {"\\", 42},    {",", 43},     {"/", 44},      {"n", 45},         {"m", 46},        {".", 47},       {"tab", 48},
    {"space", 49}, {"`", 50},     {"backspace", 51}, {"escape", 53}, {"esc", 53},      {"f5", 96},      {"f6", 97},
    {"f7", 98},    {"f3", 99},    {"f8", 100},    {"f9", 101},       {"f11", 103},     {"f10", 109},    {"f12", 111},
    {"home", 115}, {"pageup", 116}, {"delete", 117}, {"f4", 118},    {"end", 119},     {"f2", 120},     {"pagedown", 121},
    {"f1", 122},   {"left", 123}, {"right", 124}, {"down", 125},     {"up", 126},      {"plus", 24}, {"+", 24}};

static const struct {
  const char *name;
  uint64_t flag;
} MODIFIERS[] = {{"cmd", COMMAND}, {"command", COMMAND}, {"ctrl", CONTROL}, {"control", CONTROL}, {"alt", OPTION},
                 {"opt", OPTION},  {"option", OPTION},   {"shift", SHIFT},  {"fn", FUNCTION}};

static bool is_name(const char *part, size_t length, const char *name) {
  if (strlen(name) != length) return false;
  for (size_t i = 0; i < length; i++) {
    char c = part[i];
    if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name[i]) return false;
  }
  return true;
}

bool chord_read(const char *text, size_t length, struct chord *chord) {
  *chord = (struct chord){0};
  const char *end = text + length;
  for (const char *plus; (plus = memchr(text, '+', (size_t)(end - text))) != NULL && plus + 1 < end; text = plus + 1) {
    uint64_t flag = 0;
    for (size_t i = 0; i < sizeof MODIFIERS / sizeof *MODIFIERS; i++) {
      if (is_name(text, (size_t)(plus - text), MODIFIERS[i].name)) flag = MODIFIERS[i].flag;
    }
    if (flag == 0) return false;
    chord->flags |= flag;
  }
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
    if (!is_name(text, (size_t)(end - text), KEYS[i].name)) continue;
    chord->key = KEYS[i].key;
    if (KEYS[i].name[0] == '+' || strcmp(KEYS[i].name, "plus") == 0) chord->flags |= SHIFT;
    /* Arrows, F keys and the block above them carry this on a real keyboard. */
    if (chord->key >= 96) chord->flags |= FUNCTION;
    return true;
  }
  return false;
}

/* One key down and up, with text when there is some. The modifiers held by the person do not mix in. */
static bool key_post(int pid, struct chord chord, const uint16_t *units, size_t count) {
  for (int is_down = 1; is_down >= 0; is_down--) {
    CGEventRef event = CGEventCreateKeyboardEvent(NULL, chord.key, is_down != 0);
    if (event == NULL) return false;
    CGEventSetFlags(event, chord.flags);
    if (count > 0) CGEventKeyboardSetUnicodeString(event, count, units);
    CGEventPostToPid(pid, event);
    CFRelease(event);
  }
  usleep(PAUSE);
  return true;
}

bool chord_post(int pid, struct chord chord) { return key_post(pid, chord, NULL, 0); }

static bool units_post(int pid, const uint16_t *units, size_t count) {
  static const struct chord RETURN = {36, 0}, TAB = {48, 0}, NONE = {0, 0};
  for (size_t at = 0; at < count;) {
    if (units[at] == '\n' || units[at] == '\t') {
      if (!key_post(pid, units[at++] == '\n' ? RETURN : TAB, NULL, 0)) return false;
      continue;
    }
    size_t end = at;
    while (end < count && end - at < UNITS_PER_EVENT && units[end] >= 0x20) end++;
    if (end < count && end - at > 1 && units[end - 1] >= 0xD800 && units[end - 1] <= 0xDBFF) end--;
    if (!key_post(pid, NONE, units + at, end - at)) return false;
    at = end;
  }
  return true;
}

bool text_post(int pid, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) return false;
  }
  uint16_t *units = malloc((length + 1) * sizeof *units);
  if (units == NULL) return false;
  bool is_posted = units_post(pid, units, utf16_from_utf8(text, length, units));
  free(units);
  return is_posted;
}

bool click_post(CGPoint point, int count, bool is_right) {
  uint32_t down = is_right ? kCGEventRightMouseDown : kCGEventLeftMouseDown;
  uint32_t kinds[] = {kCGEventMouseMoved, down, down + 1};
  for (int click = 1; click <= count; click++) {
    for (int i = click == 1 ? 0 : 1; i < 3; i++) {
      CGEventRef event = CGEventCreateMouseEvent(NULL, kinds[i], point, is_right ? 1 : 0);
      if (event == NULL) return false;
      CGEventSetFlags(event, 0);
      if (i > 0) CGEventSetIntegerValueField(event, kCGMouseEventClickState, click);
      CGEventPost(kCGHIDEventTap, event);
      CFRelease(event);
      usleep(PAUSE);
    }
  }
  return true;
}
