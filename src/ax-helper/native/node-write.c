#include "node.h"
#include "roles.h"
#include "text.h"

/* The most units of a name, a description and the like. */
#define NAME_UNITS 1000

static void write_text(struct buffer *out, const struct node *node, enum node_slot slot, const char *key) {
  CFTypeRef object = node_slot(node, slot);
  if (!is_string(object) || CFStringGetLength(object) == 0) return;
  put_key(out, key);
  put_string(out, object, NAME_UNITS);
}

static void write_flag(struct buffer *out, const struct node *node, enum node_slot slot, const char *key) {
  double number;
  if (!read_double(node_slot(node, slot), &number)) return;
  put_key(out, key);
  put_boolean(out, number != 0);
}

/* Whatever a value is: text, number, truth, address, styled text. Of other kinds (elements, lists) nothing. */
static void write_value(struct buffer *out, CFTypeRef value, CFIndex most) {
  if (value == NULL) return;
  CFTypeID type = CFGetTypeID(value);
  CFTypeRef text = type == CFStringGetTypeID()             ? value
                   : type == CFAttributedStringGetTypeID() ? CFAttributedStringGetString(value)
                   : type == CFURLGetTypeID()              ? CFURLGetString(value)
                                                           : NULL;
  double number;
  if (is_string(text)) {
    put_key(out, "value");
    put_string(out, text, most);
  } else if (read_double(value, &number)) {
    put_key(out, "value");
    if (type == CFBooleanGetTypeID()) put_boolean(out, number != 0);
    else put_number(out, number);
  }
}

static int64_t rounded(double number) {
  double bounded = number > 1e9 ? 1e9 : number < -1e9 ? -1e9 : number;
  return (int64_t)(bounded + (bounded < 0 ? -0.5 : 0.5));
}

void node_write(struct buffer *out, const struct node *node, uint64_t id, uint64_t parent, const char *root,
                uint64_t label, struct node_limits limits) {
  put_comma(out);
  put(out, "{\"id\":");
  put_integer(out, (int64_t)id);
  if (parent != 0) {
    put_key(out, "parent");
    put_integer(out, (int64_t)parent);
  } else {
    put_key(out, "root");
    put_text(out, root);
    if (node->is_of_page) {
      put_key(out, "page");
      put_boolean(out, true);
    }
  }
  write_text(out, node, SLOT_ROLE, "role");
  write_text(out, node, SLOT_SUBROLE, "subrole");
  write_text(out, node, SLOT_TITLE, "title");
  write_text(out, node, SLOT_DESCRIPTION, "description");
  write_text(out, node, SLOT_HELP, "help");
  write_text(out, node, SLOT_PLACEHOLDER, "placeholder");
  write_text(out, node, SLOT_IDENTIFIER, "identifier");
  write_text(out, node, SLOT_MARK, "mark");
  if (node->is_secure) {
    put_key(out, "secure");
    put_boolean(out, true);
  } else {
    write_value(out, node->value, limits.text);
    if (node->characters >= 0) {
      put_key(out, "characters");
      put_integer(out, node->characters);
    }
  }
  if (node->has_rect) {
    put_key(out, "rect");
    put(out, "[");
    for (int i = 0; i < 4; i++) {
      put_comma(out);
      put_integer(out, rounded(node->rect[i]));
    }
    put(out, "]");
  }
  write_flag(out, node, SLOT_ENABLED, "enabled");
  write_flag(out, node, SLOT_FOCUSED, "focused");
  write_flag(out, node, SLOT_SELECTED, "selected");
  write_flag(out, node, SLOT_EXPANDED, "expanded");
  write_flag(out, node, SLOT_DISCLOSING, "disclosing");
  write_flag(out, node, SLOT_MODAL, "modal");
  if (node->has_settable) {
    put_key(out, "settable");
    put_boolean(out, node->is_settable);
  }
  if (label != 0) {
    put_key(out, "label");
    put_integer(out, (int64_t)label);
  }
  if (node->more > 0) {
    put_key(out, "more");
    put_integer(out, node->more);
  }
  if (node->is_incomplete) {
    put_key(out, "incomplete");
    put_boolean(out, true);
  }
  put(out, "}");
}
