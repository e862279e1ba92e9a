#include "ax.h"

#include "text.h"

#define AX_NAME_TEXT(name) #name,
static const char *const NAMES[NAME_COUNT] = {AX_NAMES(AX_NAME_TEXT)};

static struct {
  CFStringRef names[NAME_COUNT];
  AXUIElementRef system;
  double call_seconds, set_seconds;
  uint64_t ends_at, called_at;
  bool is_hung;
  int calls;
} ax;

bool ax_start(void) {
  for (int i = 0; i < NAME_COUNT; i++) {
    ax.names[i] = text_create(NAMES[i], strlen(NAMES[i]));
    if (ax.names[i] == NULL) return false;
  }
  ax.system = AXUIElementCreateSystemWide();
  return ax.system != NULL;
}

void ax_stop(void) {
  for (int i = 0; i < NAME_COUNT; i++) drop(ax.names[i]);
  drop(ax.system);
}

CFStringRef ax_name(enum ax_name name) { return ax.names[name]; }

uint64_t ax_now(void) { return clock_gettime_nsec_np(CLOCK_UPTIME_RAW) / 1000000; }

void ax_begin(int call_ms, int time_ms) {
  ax.call_seconds = call_ms / 1000.0;
  ax.ends_at = ax_now() + (uint64_t)time_ms;
  ax.is_hung = false;
  ax.calls = 0;
}

int ax_time_left(void) {
  uint64_t now = ax_now();
  return now >= ax.ends_at ? 0 : (int)(ax.ends_at - now);
}

bool ax_is_hung(void) { return ax.is_hung; }

int ax_calls(void) { return ax.calls; }

/* Before a message: sets how long it may take, on the element that stands for all programs. False: do not send. */
static bool enter(void) {
  if (ax.is_hung) return false;
  double left = ax_time_left() / 1000.0, seconds = ax.call_seconds < left ? ax.call_seconds : left;
  /* Not below 50 ms: 0 would mean the default of 6 s. Setting it sends no message. */
  if (seconds < 0.05) seconds = 0.05;
  if (seconds != ax.set_seconds) {
    AXUIElementSetMessagingTimeout(ax.system, (float)seconds);
    ax.set_seconds = seconds;
  }
  ax.calls++;
  ax.called_at = ax_now();
  return true;
}

/* After it: a program that let the whole limit pass hangs; the same code at once is a fault of that one element. */
static AXError leave(AXError error) {
  if (error == kAXErrorCannotComplete && ax_now() - ax.called_at >= (uint64_t)(ax.set_seconds * 900)) ax.is_hung = true;
  return error;
}

#define CALL(function, ...) (enter() ? leave(function(__VA_ARGS__)) : kAXErrorCannotComplete)

/* An object without success, or success without an object, are both answers that programs give. */
static AXError checked(AXError error, CFTypeRef *object) {
  if (error == kAXErrorSuccess) return *object == NULL ? kAXErrorNoValue : error;
  drop(*object);
  *object = NULL;
  return error;
}

AXError ax_copy(AXUIElementRef element, enum ax_name name, CFTypeRef *value) {
  *value = NULL;
  return checked(CALL(AXUIElementCopyAttributeValue, element, ax.names[name], value), value);
}

AXError ax_copy_all(AXUIElementRef element, CFArrayRef names, CFArrayRef *values) {
  *values = NULL;
  AXError error = CALL(AXUIElementCopyMultipleAttributeValues, element, names, 0, values);
  error = checked(error, (CFTypeRef *)values);
  if (error == kAXErrorSuccess && CFArrayGetCount(*values) != CFArrayGetCount(names)) {
    drop(*values);
    *values = NULL;
    return kAXErrorFailure;
  }
  return error;
}

AXError ax_copy_range(AXUIElementRef element, enum ax_name name, CFIndex first, CFIndex most, CFArrayRef *values) {
  *values = NULL;
  AXError error = CALL(AXUIElementCopyAttributeValues, element, ax.names[name], first, most, values);
  return checked(error, (CFTypeRef *)values);
}

AXError ax_count(AXUIElementRef element, enum ax_name name, CFIndex *count) {
  *count = 0;
  AXError error = CALL(AXUIElementGetAttributeValueCount, element, ax.names[name], count);
  if (error != kAXErrorSuccess || *count < 0) *count = 0;
  return error;
}

AXError ax_copy_with(AXUIElementRef element, enum ax_name name, CFTypeRef parameter, CFTypeRef *value) {
  *value = NULL;
  return checked(CALL(AXUIElementCopyParameterizedAttributeValue, element, ax.names[name], parameter, value), value);
}

AXError ax_copy_text(AXUIElementRef element, CFIndex first, CFIndex count, CFTypeRef *text) {
  CFRange range = {first, count};
  AXValueRef parameter = AXValueCreate(kAXValueCFRangeType, &range);
  *text = NULL;
  if (parameter == NULL) return kAXErrorFailure;
  AXError error = ax_copy_with(element, NAME_AXStringForRange, parameter, text);
  drop(parameter);
  return error;
}

AXError ax_is_settable(AXUIElementRef element, enum ax_name name, bool *is_settable) {
  Boolean answer = 0;
  AXError error = CALL(AXUIElementIsAttributeSettable, element, ax.names[name], &answer);
  *is_settable = error == kAXErrorSuccess && answer != 0;
  return error;
}

AXError ax_set(AXUIElementRef element, enum ax_name name, CFTypeRef value) {
  return CALL(AXUIElementSetAttributeValue, element, ax.names[name], value);
}

AXError ax_perform(AXUIElementRef element, CFStringRef action) { return CALL(AXUIElementPerformAction, element, action); }

AXError ax_actions(AXUIElementRef element, CFArrayRef *names) {
  *names = NULL;
  return checked(CALL(AXUIElementCopyActionNames, element, names), (CFTypeRef *)names);
}

AXError ax_at(AXUIElementRef within, CGPoint point, AXUIElementRef *found) {
  *found = NULL;
  AXUIElementRef root = within == NULL ? ax.system : within;
  AXError error = CALL(AXUIElementCopyElementAtPosition, root, (float)point.x, (float)point.y, found);
  return checked(error, (CFTypeRef *)found);
}

AXError ax_focused_app(AXUIElementRef *app) { return ax_copy_element(ax.system, NAME_AXFocusedApplication, app); }

AXError ax_copy_element(AXUIElementRef element, enum ax_name name, AXUIElementRef *found) {
  CFTypeRef value;
  *found = NULL;
  AXError error = ax_copy(element, name, &value);
  if (error != kAXErrorSuccess) return error;
  if (!is_element(value)) {
    drop(value);
    return kAXErrorNoValue;
  }
  *found = value;
  return error;
}

void drop(CFTypeRef object) {
  if (object != NULL) CFRelease(object);
}

bool is_string(CFTypeRef object) { return object != NULL && CFGetTypeID(object) == CFStringGetTypeID(); }

bool is_array(CFTypeRef object) { return object != NULL && CFGetTypeID(object) == CFArrayGetTypeID(); }

bool is_element(CFTypeRef object) { return object != NULL && CFGetTypeID(object) == AXUIElementGetTypeID(); }

bool read_double(CFTypeRef object, double *number) {
  if (object == NULL) return false;
  if (CFGetTypeID(object) == CFBooleanGetTypeID()) {
    *number = CFBooleanGetValue(object) != 0;
    return true;
  }
  if (CFGetTypeID(object) != CFNumberGetTypeID()) return false;
  CFNumberGetValue(object, kCFNumberFloat64Type, number);
  return *number - *number == 0;
}

bool read_pair(CFTypeRef object, uint32_t type, double pair[2]) {
  if (object == NULL || CFGetTypeID(object) != AXValueGetTypeID() || AXValueGetType(object) != type) return false;
  return AXValueGetValue(object, type, pair) && pair[0] - pair[0] == 0 && pair[1] - pair[1] == 0;
}

AXError read_error(CFTypeRef object) {
  AXError error = kAXErrorSuccess;
  if (object == NULL || CFGetTypeID(object) != AXValueGetTypeID()) return error;
  if (AXValueGetType(object) == kAXValueAXErrorType) AXValueGetValue(object, kAXValueAXErrorType, &error);
  return error;
}
