#include "node.h"

#include "roles.h"
#include "text.h"

static const enum ax_name ASKED[SLOT_COUNT + 2] = {
    NAME_AXRole, NAME_AXSubrole, NAME_AXTitle, NAME_AXDescription, NAME_AXHelp, NAME_AXPlaceholderValue,
    NAME_AXIdentifier, NAME_AXPosition, NAME_AXSize, NAME_AXEnabled, NAME_AXFocused, NAME_AXSelected, NAME_AXExpanded,
    NAME_AXDisclosing, NAME_AXModal, NAME_AXNumberOfCharacters, NAME_AXVisibleCharacterRange, NAME_AXMenuItemMarkChar,
    NAME_AXTitleUIElement, NAME_AXHeader, NAME_AXChildren, NAME_AXValue};

/* By enum reading: without children and value, with children, with value, with both. */
static CFArrayRef lists[4];

bool node_start(void) {
  for (unsigned reading = 0; reading < 4; reading++) {
    const void *names[SLOT_COUNT + 2];
    CFIndex count = 0;
    for (; count < SLOT_COUNT; count++) names[count] = ax_name(ASKED[count]);
    if (reading & READ_CHILDREN) names[count++] = ax_name(NAME_AXChildren);
    if (reading & READ_VALUE) names[count++] = ax_name(NAME_AXValue);
    lists[reading] = CFArrayCreate(NULL, names, count, &kCFTypeArrayCallBacks);
    if (lists[reading] == NULL) return false;
  }
  return true;
}

void node_stop(void) {
  for (int i = 0; i < 4; i++) drop(lists[i]);
}

CFTypeRef node_slot(const struct node *node, enum node_slot slot) {
  CFTypeRef object = CFArrayGetValueAtIndex(node->slots, slot);
  return read_error(object) == kAXErrorSuccess ? object : NULL;
}

bool node_is(const struct node *node, enum node_slot slot) {
  double number;
  return read_double(node_slot(node, slot), &number) && number != 0;
}

/* Absent is absent; any other error means that the program failed to tell. */
static void note_errors(struct node *node) {
  CFIndex count = CFArrayGetCount(node->slots);
  for (CFIndex i = 0; i < count; i++) {
    AXError error = read_error(CFArrayGetValueAtIndex(node->slots, i));
    if (error != kAXErrorSuccess && error != kAXErrorAttributeUnsupported && error != kAXErrorNoValue) {
      node->is_incomplete = true;
    }
  }
}

/* What the slots say about the node, once they are read. Returns its identity, never 0. */
static uint64_t digest(struct node *node) {
  CFTypeRef role = node_slot(node, SLOT_ROLE), subrole = node_slot(node, SLOT_SUBROLE);
  if (is_string(role)) text_ascii(role, node->role, sizeof node->role);
  if (is_string(subrole)) text_ascii(subrole, node->subrole, sizeof node->subrole);
  node->flags = role_flags(node->role);
  node->is_secure = strcmp(node->subrole, "AXSecureTextField") == 0 || strcmp(node->role, "AXSecureTextField") == 0;
  node->has_rect = read_pair(node_slot(node, SLOT_POSITION), kAXValueCGPointType, &node->rect[0]) &&
                   read_pair(node_slot(node, SLOT_SIZE), kAXValueCGSizeType, &node->rect[2]);
  double number;
  node->characters = -1;
  if (read_double(node_slot(node, SLOT_CHARACTERS), &number) && number >= 0 && number < 1e12) {
    node->characters = (CFIndex)number;
  }
  static const enum node_slot NAMING[] = {SLOT_ROLE, SLOT_SUBROLE, SLOT_TITLE, SLOT_DESCRIPTION};
  uint64_t identity = 14695981039346656037u;
  for (int i = 0; i < 4; i++) {
    CFTypeRef text = node_slot(node, NAMING[i]);
    /* A window's title tells of its document, not of which window it is. */
    if (NAMING[i] == SLOT_TITLE && strcmp(node->role, "AXWindow") == 0) text = NULL;
    identity = text_hash(identity, is_string(text) ? text : NULL);
  }
  return identity == 0 ? 1 : identity;
}

AXError node_glance(AXUIElementRef reference, struct node *node, uint64_t *identity) {
  *node = (struct node){0};
  AXError error = ax_copy_all(reference, lists[READ_CAREFULLY], &node->slots);
  if (error != kAXErrorSuccess) return error;
  note_errors(node);
  *identity = digest(node);
  return kAXErrorSuccess;
}

static bool has_text(CFTypeRef object) { return is_string(object) && CFStringGetLength(object) > 0; }

/* The text of a field or an area: whole when it is short, else the part on view. */
static void read_text(struct element *item, struct node *node, int most) {
  bool is_long = node->characters > most || (node->characters < 0 && strcmp(node->role, "AXTextArea") == 0);
  AXError error;
  if (is_long) {
    CFRange view = {0, 0};
    CFTypeRef range = node_slot(node, SLOT_VISIBLE_RANGE);
    if (range != NULL && CFGetTypeID(range) == AXValueGetTypeID()) AXValueGetValue(range, kAXValueCFRangeType, &view);
    if (view.location < 0 || view.location >= node->characters) view.location = 0;
    CFIndex left = node->characters < 0 ? most : node->characters - view.location;
    error = ax_copy_text(item->reference, view.location, left < most ? left : most, &node->value);
  } else {
    error = ax_copy(item->reference, NAME_AXValue, &node->value);
  }
  bool is_absent = error == kAXErrorAttributeUnsupported || error == kAXErrorNoValue ||
                   error == kAXErrorParameterizedAttributeUnsupported;
  if (error != kAXErrorSuccess && !is_absent) node->is_incomplete = true;
}

/* Takes over an array of children: NULL unless it is one. The first `most` are to be read. */
static void take_children(struct node *node, CFArrayRef children, CFIndex total, int most) {
  drop(node->children);
  node->children = children;
  CFIndex there = children == NULL ? 0 : CFArrayGetCount(children);
  node->child_count = there < most ? there : most;
  node->more = total > node->child_count ? total - node->child_count : 0;
}

/* The first children by a range, so that a container of thousands never crosses whole. */
static void read_range(struct element *item, struct node *node, enum ax_name name, int most) {
  CFArrayRef children;
  if (ax_copy_range(item->reference, name, 0, most, &children) != kAXErrorSuccess) return;
  CFIndex total = CFArrayGetCount(children);
  if (total >= most) ax_count(item->reference, name, &total);
  take_children(node, children, total, most);
}

/* The rows of a table, an outline or a list: those on view where it tells which. */
static void read_rows(struct element *item, struct node *node, bool is_wild, int most) {
  bool is_list = strcmp(node->role, "AXList") == 0;
  CFArrayRef rows = NULL;
  if (!is_list || !is_wild) {
    ax_copy_range(item->reference, is_list ? NAME_AXVisibleChildren : NAME_AXVisibleRows, 0, most, &rows);
  }
  if (rows == NULL || CFArrayGetCount(rows) == 0) {
    drop(rows);
    read_range(item, node, is_list ? NAME_AXChildren : NAME_AXRows, most);
    if (node->children == NULL && !is_list) read_range(item, node, NAME_AXChildren, most);
  } else {
    CFIndex total = 0;
    ax_count(item->reference, is_list ? NAME_AXChildren : NAME_AXRows, &total);
    take_children(node, rows, total, most);
  }
}

/* Anything in a page may be a password field, so there a value is read only when the role is known. */
static unsigned first_reading(struct place place) {
  if (place.parent_flags & ROLE_PLAIN) return place.is_wild ? READ_CHILDREN : READ_CHILDREN | READ_VALUE;
  if (place.parent_flags & (ROLE_ROWS | ROLE_ROW)) return READ_CHILDREN;
  return place.is_wild || (place.parent_flags & ROLE_SCROLLS) ? READ_CAREFULLY : READ_CHILDREN;
}

AXError node_read(struct element *item, struct place place, struct node_limits limits, struct node *node) {
  unsigned reading = item->is_known ? item->reading : first_reading(place);
  *node = (struct node){0};
  AXError error = ax_copy_all(item->reference, lists[reading], &node->slots);
  if (error != kAXErrorSuccess) return error;
  note_errors(node);
  item->identity = digest(node);
  item->is_of_page = node->is_of_page = place.is_of_page;

  unsigned flags = node->flags;
  if ((flags & ROLE_NAMED) && (has_text(node_slot(node, SLOT_TITLE)) || has_text(node_slot(node, SLOT_DESCRIPTION)))) {
    flags |= ROLE_CLOSED;
  }
  if ((flags & ROLE_OPENS) && !node_is(node, SLOT_SELECTED)) flags |= ROLE_CLOSED;
  bool is_text = (flags & ROLE_TEXT) || node->characters > limits.text;

  if (!node->is_secure && (flags & (ROLE_VALUE | ROLE_TEXT))) {
    if ((reading & READ_VALUE) == 0) read_text(item, node, limits.text);
    else {
      node->value = CFArrayGetValueAtIndex(node->slots, CFArrayGetCount(node->slots) - 1);
      node->value = read_error(node->value) == kAXErrorSuccess ? CFRetain(node->value) : NULL;
    }
  }
  if (flags & ROLE_ROWS) {
    read_rows(item, node, place.is_wild, limits.rows);
  } else if ((flags & (ROLE_CLOSED | ROLE_SKIP)) == 0) {
    if (reading & READ_CHILDREN) {
      CFTypeRef all = CFArrayGetValueAtIndex(node->slots, SLOT_COUNT);
      if (is_array(all)) take_children(node, CFRetain(all), CFArrayGetCount(all), limits.rows);
    } else {
      read_range(item, node, NAME_AXChildren, limits.rows);
    }
  }
  if (is_text) {
    node->has_settable = ax_is_settable(item->reference, NAME_AXValue, &node->is_settable) == kAXErrorSuccess;
  }

  item->is_known = node->role[0] != '\0';
  item->reading = READ_CAREFULLY;
  /* A control of a page can be made a password field by its script; a piece of text cannot. */
  bool is_safe = !place.is_wild || strcmp(node->role, "AXStaticText") == 0;
  if ((flags & ROLE_VALUE) && !is_text && is_safe) item->reading |= READ_VALUE;
  if ((flags & (ROLE_ROWS | ROLE_CLOSED | ROLE_SKIP)) == 0 && node->more == 0) item->reading |= READ_CHILDREN;
  return kAXErrorSuccess;
}

void node_release(struct node *node) {
  drop(node->slots);
  drop(node->value);
  drop(node->children);
  *node = (struct node){0};
}
