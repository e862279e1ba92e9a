#include "stub.h"

static AXUIElementRef new_element(int node, int pid) {
  struct element_object *element = stub_new(T_ELEMENT, sizeof *element);
  element->node = node;
  element->pid = pid;
  return (AXUIElementRef)element;
}

static const struct element_object *element_of(AXUIElementRef reference) {
  const struct element_object *element = (const void *)reference;
  if (element->object.type != T_ELEMENT || element->object.count <= 0) abort();
  return element;
}

CFTypeRef stub_value(uint32_t type, double a, double b) {
  struct value *value = stub_new(T_VALUE, sizeof *value);
  value->type = type;
  value->numbers[0] = a;
  value->numbers[1] = b;
  if (type == kAXValueCFRangeType) value->range = (CFRange){(CFIndex)a, (CFIndex)b};
  if (type == kAXValueAXErrorType) value->error = (AXError)a;
  return value;
}

/* What every message goes through: latency, trust, hanging programs, dead and faulty elements. */
static AXError receive(const struct element_object *element, struct node_object **node) {
  stub_control();
  counters.calls++;
  *node = NULL;
  if (world.latency_us > 0) {
    uint64_t until = stub_now_us() + (uint64_t)world.latency_us;
    while (stub_now_us() < until) {}
  }
  if (!world.is_trusted) return kAXErrorAPIDisabled;
  struct app_object *app = stub_app(element->pid);
  if (app != NULL && app->hang_in > 0 && --app->hang_in == 0) app->hangs_until = stub_now_us() + 60000000;
  uint64_t now = stub_now_us(), limit = (uint64_t)(world.timeout * 1e6f);
  if (app != NULL && app->hangs_until > now) {
    uint64_t left = app->hangs_until - now;
    usleep((useconds_t)(left < limit ? left : limit));
    if (left >= limit) return kAXErrorCannotComplete;
  }
  if (element->node < 0) return element->node == -1 ? kAXErrorSuccess : kAXErrorInvalidUIElement;
  *node = &world.nodes[element->node];
  if ((*node)->is_dead) return kAXErrorInvalidUIElement;
  return (*node)->call_error;
}

static bool is_awake(int pid) {
  struct app_object *app = stub_app(pid);
  return app == NULL || app->wakes_by[0] == '\0' || (app->awake_at != 0 && stub_now_us() >= app->awake_at);
}

/* The elements of a list attribute, or the children, as node numbers. -1: there is no such list. */
static CFIndex list_of(struct node_object *node, CFStringRef name, int **to) {
  char ascii[48];
  for (CFIndex i = 0; i <= CFStringGetLength(name) && i < 47; i++) {
    ascii[i] = i == CFStringGetLength(name) ? '\0' : (char)((const struct string *)(const void *)name)->units[i];
  }
  struct attribute *attribute = stub_attribute(node, ascii);
  if (attribute != NULL && attribute->kind == A_ELEMENTS) {
    *to = malloc((size_t)attribute->length * sizeof(int) + 1);
    memcpy(*to, attribute->nodes, (size_t)attribute->length * sizeof(int));
    return attribute->length;
  }
  if (strcmp(ascii, "AXChildren") != 0) return -1;
  *to = malloc((size_t)node->child_count * sizeof(int) + 1);
  CFIndex count = 0;
  for (int i = 0; i < node->child_count; i++) {
    struct node_object *child = &world.nodes[node->children[i]];
    if (!child->is_dead && (!child->is_asleep || is_awake(child->pid))) (*to)[count++] = node->children[i];
  }
  return count;
}

static CFArrayRef elements_of(const int *nodes, CFIndex count) {
  const void **items = malloc((size_t)count * sizeof *items + 1);
  for (CFIndex i = 0; i < count; i++) items[i] = new_element(nodes[i], world.nodes[nodes[i]].pid);
  CFArrayRef array = CFArrayCreate(NULL, items, count, &kCFTypeArrayCallBacks);
  for (CFIndex i = 0; i < count; i++) CFRelease(items[i]);
  free(items);
  if (count > counters.most_elements) counters.most_elements = count;
  return array;
}

static CFTypeRef wrap(enum stub_type type, CFTypeRef inside) {
  struct wrapper *wrapper = stub_new(type, sizeof *wrapper);
  wrapper->inside = inside;
  return wrapper;
}

static CFTypeRef object_of(const struct attribute *attribute) {
  const double *numbers = attribute->numbers;
  switch (attribute->kind) {
    case A_STRING:
      return stub_string(attribute->units, attribute->length);
    case A_URL:
      return wrap(T_URL, stub_string(attribute->units, attribute->length));
    case A_ATTRIBUTED:
      return wrap(T_ATTRIBUTED, stub_string(attribute->units, attribute->length));
    case A_NUMBER:
      return CFNumberCreate(NULL, kCFNumberFloat64Type, numbers);
    case A_BOOLEAN:
      return CFRetain(numbers[0] != 0 ? kCFBooleanTrue : kCFBooleanFalse);
    case A_POINT:
      return stub_value(kAXValueCGPointType, numbers[0], numbers[1]);
    case A_SIZE:
      return stub_value(kAXValueCGSizeType, numbers[0], numbers[1]);
    case A_RANGE:
      return stub_value(kAXValueCFRangeType, numbers[0], numbers[1]);
    case A_ELEMENT:
      return new_element((int)numbers[0], world.nodes[(int)numbers[0]].pid);
    case A_ELEMENTS:
      return elements_of(attribute->nodes, attribute->length);
    default:
      return stub_new(T_NULL, sizeof(struct wrapper));
  }
}

/* One attribute of a node as a new object, or NULL with an error. */
static CFTypeRef read_attribute(struct node_object *node, CFStringRef name, AXError *error) {
  int *list = NULL;
  *error = kAXErrorSuccess;
  counters.slots++;
  if (node->is_secure && (stub_is(name, "AXValue") || stub_is(name, "AXSelectedText"))) counters.secret_reads++;
  for (int i = 0; i < node->attribute_count; i++) {
    struct attribute *attribute = &node->attributes[i];
    if (!stub_is(name, attribute->name)) continue;
    if (attribute->kind == A_ERROR) {
      *error = (AXError)attribute->numbers[0];
      return NULL;
    }
    if (attribute->length > counters.most_units && attribute->units != NULL) counters.most_units = attribute->length;
    return object_of(attribute);
  }
  if (stub_is(name, "AXChildren")) {
    CFIndex count = list_of(node, name, &list);
    CFArrayRef array = elements_of(list, count);
    free(list);
    return array;
  }
  if (stub_is(name, "AXParent") && node->parent >= 0) return new_element(node->parent, world.nodes[node->parent].pid);
  *error = kAXErrorAttributeUnsupported;
  return NULL;
}

Boolean AXIsProcessTrusted(void) {
  stub_control();
  return world.is_trusted;
}

CFTypeID AXUIElementGetTypeID(void) { return T_ELEMENT; }
AXUIElementRef AXUIElementCreateSystemWide(void) { return new_element(-1, -1); }

AXUIElementRef AXUIElementCreateApplication(int pid) {
  struct app_object *app = stub_app(pid);
  return new_element(app == NULL ? -2 : app->node, pid);
}

AXError AXUIElementGetPid(AXUIElementRef element, int *pid) {
  *pid = element_of(element)->pid;
  return kAXErrorSuccess;
}

AXError AXUIElementSetMessagingTimeout(AXUIElementRef element, float seconds) {
  if (element_of(element)->node != -1) abort();
  counters.timeouts_set++;
  world.timeout = seconds <= 0 ? 6 : seconds;
  return kAXErrorSuccess;
}

AXError AXUIElementCopyAttributeValue(AXUIElementRef reference, CFStringRef name, CFTypeRef *value) {
  struct node_object *node;
  AXError error = receive(element_of(reference), &node);
  if (error != kAXErrorSuccess) return error;
  if (node != NULL) {
    *value = read_attribute(node, name, &error);
    return error;
  }
  struct app_object *app = stub_app(world.frontmost);
  if (!stub_is(name, "AXFocusedApplication")) return kAXErrorAttributeUnsupported;
  if (app == NULL) return kAXErrorNoValue;
  *value = new_element(app->node, app->pid);
  return kAXErrorSuccess;
}

AXError AXUIElementCopyMultipleAttributeValues(AXUIElementRef reference, CFArrayRef names, uint32_t options,
                                               CFArrayRef *values) {
  struct node_object *node;
  AXError error = receive(element_of(reference), &node);
  if (error != kAXErrorSuccess) return error;
  if (node == NULL || options != 0) return kAXErrorIllegalArgument;
  CFIndex count = CFArrayGetCount(names);
  const void *items[64];
  for (CFIndex i = 0; i < count; i++) {
    items[i] = read_attribute(node, CFArrayGetValueAtIndex(names, i), &error);
    if (items[i] == NULL) items[i] = stub_value(kAXValueAXErrorType, error, 0);
  }
  *values = CFArrayCreate(NULL, items, count, &kCFTypeArrayCallBacks);
  for (CFIndex i = 0; i < count; i++) CFRelease(items[i]);
  return kAXErrorSuccess;
}

AXError AXUIElementGetAttributeValueCount(AXUIElementRef reference, CFStringRef name, CFIndex *count) {
  struct node_object *node;
  int *list = NULL;
  AXError error = receive(element_of(reference), &node);
  if (error != kAXErrorSuccess) return error;
  *count = list_of(node, name, &list);
  free(list);
  return *count < 0 ? kAXErrorAttributeUnsupported : kAXErrorSuccess;
}

AXError AXUIElementCopyAttributeValues(AXUIElementRef reference, CFStringRef name, CFIndex first, CFIndex most,
                                       CFArrayRef *values) {
  struct node_object *node;
  int *list = NULL;
  AXError error = receive(element_of(reference), &node);
  if (error != kAXErrorSuccess) return error;
  CFIndex count = list_of(node, name, &list);
  if (count < 0) error = kAXErrorAttributeUnsupported;
  else if (first >= count) error = kAXErrorIllegalArgument;
  else *values = elements_of(list + first, count - first < most ? count - first : most);
  free(list);
  return error;
}

/* The pieces of text below a page, in document order; returns the length of all of them. */
static CFIndex collect_texts(int index, int *to, CFIndex *count, CFIndex most) {
  struct node_object *node = &world.nodes[index];
  struct attribute *role = stub_attribute(node, "AXRole"), *value = stub_attribute(node, "AXValue");
  CFIndex units = 0;
  if (node->is_dead || (node->is_asleep && !is_awake(node->pid))) return 0;
  bool is_text = role != NULL && role->kind == A_STRING && role->length == 12 && role->units[2] == 'S' && role->units[8] == 'T';
  if (is_text && value != NULL && value->units != NULL) units = value->length;
  if (is_text && *count < most) to[(*count)++] = index;
  for (int i = 0; i < node->child_count; i++) units += collect_texts(node->children[i], to, count, most);
  return units;
}

/* What a page tells of its text: an opaque range, its length, and its pieces by a search. NULL: it is no page, or cannot. */
static CFTypeRef read_page(int index, CFStringRef name, CFTypeRef parameter, AXError *error) {
  struct attribute *role = stub_attribute(&world.nodes[index], "AXRole");
  bool is_page = role != NULL && role->kind == A_STRING && role->length == 9 && role->units[2] == 'W' && role->units[5] == 'A';
  CFTypeRef answer = NULL;
  *error = kAXErrorParameterizedAttributeUnsupported;
  if (!is_page || stub_attribute(&world.nodes[index], "StubTellsNothing") != NULL) return NULL;
  int *texts = malloc((size_t)world.node_count * sizeof *texts + 1);
  CFIndex count = 0;
  if (stub_is(name, "AXTextMarkerRangeForUIElement") && CFGetTypeID(parameter) == T_ELEMENT) {
    answer = stub_value(kAXValueCFRangeType, ((const struct element_object *)parameter)->node, 0);
  } else if (stub_is(name, "AXLengthForTextMarkerRange") && CFGetTypeID(parameter) == T_VALUE) {
    int root = (int)((const struct value *)parameter)->range.location;
    double units = (double)collect_texts(root, texts, &count, world.node_count);
    answer = CFNumberCreate(NULL, kCFNumberFloat64Type, &units);
  } else if (stub_is(name, "AXUIElementsForSearchPredicate") && CFGetTypeID(parameter) == T_DICTIONARY) {
    static const char *const KEYS[] = {"AXSearchKey", "AXDirection", "AXResultsLimit"};
    CFTypeRef values[3];
    for (int i = 0; i < 3; i++) {
      CFTypeRef key = stub_ascii(KEYS[i]);
      values[i] = CFDictionaryGetValue(parameter, key);
      CFRelease(key);
    }
    double most = 0;
    if (values[0] == NULL || values[1] == NULL || values[2] == NULL || !stub_is(values[0], "AXStaticTextSearchKey") ||
        !stub_is(values[1], "AXDirectionNext") || !CFNumberGetValue(values[2], kCFNumberFloat64Type, &most)) {
      abort();
    }
    collect_texts(index, texts, &count, (CFIndex)most);
    answer = elements_of(texts, count);
  }
  free(texts);
  if (answer != NULL) *error = kAXErrorSuccess;
  return answer;
}

AXError AXUIElementCopyParameterizedAttributeValue(AXUIElementRef reference, CFStringRef name, CFTypeRef parameter,
                                                   CFTypeRef *value) {
  struct node_object *node;
  AXError error = receive(element_of(reference), &node);
  if (error != kAXErrorSuccess) return error;
  *value = read_page(element_of(reference)->node, name, parameter, &error);
  if (*value != NULL) return kAXErrorSuccess;
  struct attribute *text = stub_attribute(node, "AXValue");
  if (node->is_secure && stub_is(name, "AXStringForRange")) counters.secret_reads++;
  if (!stub_is(name, "AXStringForRange") || text == NULL || text->kind != A_STRING) {
    return kAXErrorParameterizedAttributeUnsupported;
  }
  CFRange range = ((const struct value *)parameter)->range;
  if (range.location < 0 || range.length < 0 || range.location > text->length) return kAXErrorIllegalArgument;
  if (range.length > text->length - range.location) range.length = text->length - range.location;
  if (range.length > counters.most_units) counters.most_units = range.length;
  *value = stub_string(text->units + range.location, range.length);
  return kAXErrorSuccess;
}

AXError AXUIElementCopyActionNames(AXUIElementRef reference, CFArrayRef *names) {
  struct node_object *node;
  AXError error = receive(element_of(reference), &node);
  if (error != kAXErrorSuccess) return error;
  const void *items[32];
  int count = node->action_count < 32 ? node->action_count : 32;
  for (int i = 0; i < count; i++) items[i] = stub_ascii(node->actions[i]);
  *names = CFArrayCreate(NULL, items, count, &kCFTypeArrayCallBacks);
  for (int i = 0; i < count; i++) CFRelease(items[i]);
  return kAXErrorSuccess;
}

AXError AXUIElementCopyElementAtPosition(AXUIElementRef reference, float x, float y, AXUIElementRef *found) {
  struct node_object *unused;
  AXError error = receive(element_of(reference), &unused);
  if (error != kAXErrorSuccess) return error;
  int best = -1;
  for (int i = 0; i < world.node_count; i++) {
    struct attribute *at = stub_attribute(&world.nodes[i], "AXPosition"), *size = stub_attribute(&world.nodes[i], "AXSize");
    if (at == NULL || size == NULL || at->kind != A_POINT || size->kind != A_SIZE || world.nodes[i].is_dead) continue;
    bool is_inside = x >= at->numbers[0] && y >= at->numbers[1] && x < at->numbers[0] + size->numbers[0] &&
                     y < at->numbers[1] + size->numbers[1];
    /* The last one that was added is on top. */
    if (is_inside) best = i;
  }
  if (best < 0) return kAXErrorNoValue;
  *found = new_element(best, world.nodes[best].pid);
  return kAXErrorSuccess;
}

CFTypeID AXValueGetTypeID(void) { return T_VALUE; }
uint32_t AXValueGetType(AXValueRef value) { return ((const struct value *)(const void *)value)->type; }

Boolean AXValueGetValue(AXValueRef reference, uint32_t type, void *to) {
  const struct value *value = (const void *)reference;
  if (type != value->type) return 0;
  if (type == kAXValueCFRangeType) memcpy(to, &value->range, sizeof value->range);
  else if (type == kAXValueAXErrorType) memcpy(to, &value->error, sizeof value->error);
  else memcpy(to, value->numbers, sizeof(double) * 2);
  return 1;
}

AXValueRef AXValueCreate(uint32_t type, const void *from) {
  if (type != kAXValueCFRangeType) abort();
  const CFRange *range = from;
  return stub_value(type, (double)range->location, (double)range->length);
}
