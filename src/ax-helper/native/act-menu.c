#include "act.h"
#include "target.h"
#include "text.h"

#define MOST_ITEMS 500
#define MOST_LEVELS 8
/* ms that a pop-up button gets to show its menu. */
#define OPEN_MS 1000

/* Length of a title without the dots that say that more will be asked. */
static CFIndex bare_length(const uint16_t *units, CFIndex length) {
  if (length > 1 && units[length - 1] == 0x2026) return length - 1;
  if (length > 3 && units[length - 1] == '.' && units[length - 2] == '.' && units[length - 3] == '.') return length - 3;
  return length;
}

static bool is_titled(CFTypeRef title, CFStringRef wanted) {
  uint16_t units[2][400];
  if (!is_string(title)) return false;
  CFIndex lengths[2] = {CFStringGetLength(title), CFStringGetLength(wanted)};
  if (lengths[0] > 400 || lengths[1] > 400) return false;
  CFStringGetCharacters(title, (CFRange){0, lengths[0]}, units[0]);
  CFStringGetCharacters(wanted, (CFRange){0, lengths[1]}, units[1]);
  for (int i = 0; i < 2; i++) lengths[i] = bare_length(units[i], lengths[i]);
  return lengths[0] == lengths[1] && memcmp(units[0], units[1], (size_t)lengths[0] * sizeof **units) == 0;
}

/* The item of a menu with a title, retained. NULL: refused, with the titles that there are. */
static AXUIElementRef find_item(struct request *request, AXUIElementRef menu, CFStringRef wanted) {
  CFArrayRef items;
  CFTypeRef titles[60];
  int count = 0;
  AXUIElementRef found = NULL;
  bool is_enabled = true;
  AXError error = ax_copy_range(menu, NAME_AXChildren, 0, MOST_ITEMS, &items);
  for (CFIndex i = 0; items != NULL && i < CFArrayGetCount(items) && found == NULL && ax_time_left() > 0; i++) {
    CFTypeRef item = CFArrayGetValueAtIndex(items, i);
    struct node node;
    uint64_t identity;
    if (!is_element(item) || node_glance(item, &node, &identity) != kAXErrorSuccess) continue;
    CFTypeRef title = node_slot(&node, SLOT_TITLE);
    if (is_titled(title, wanted)) {
      double enabled;
      found = CFRetain(item);
      is_enabled = !read_double(node_slot(&node, SLOT_ENABLED), &enabled) || enabled != 0;
    } else if (count < 60 && is_string(title) && CFStringGetLength(title) > 0) {
      titles[count++] = CFRetain(title);
    }
    node_release(&node);
  }
  if (found != NULL && !is_enabled) {
    refuse(request, "disabled", "that menu item is disabled");
    drop(found);
    found = NULL;
  } else if (found == NULL) {
    if (ax_is_hung()) refuse_ax(request, error, "the menu could not be read");
    else refuse(request, "not-found", "the menu has no item of that title");
    add_choices(request, titles, count);
  }
  while (count > 0) drop(titles[--count]);
  drop(items);
  return found;
}

/* The menu below an item: its only child. */
static AXUIElementRef open_submenu(AXUIElementRef item) {
  CFArrayRef children;
  if (ax_copy_range(item, NAME_AXChildren, 0, 1, &children) != kAXErrorSuccess) return NULL;
  CFTypeRef first = CFArrayGetCount(children) == 0 ? NULL : CFArrayGetValueAtIndex(children, 0);
  AXUIElementRef menu = is_element(first) ? CFRetain(first) : NULL;
  drop(children);
  return menu;
}

/* Goes down the path from the menu bar and presses its last item. Takes over `menu`. */
static void press_path(struct request *request, AXUIElementRef menu, const struct json *path) {
  for (const struct json *title = path->first; menu != NULL; title = title->next) {
    CFStringRef wanted = text_create(title->text, title->length);
    AXUIElementRef item = wanted == NULL ? NULL : find_item(request, menu, wanted);
    drop(wanted);
    drop(menu);
    menu = NULL;
    if (item == NULL) return;
    if (title->next == NULL) {
      finish_action(request, ax_perform(item, ax_name(NAME_AXPress)), "the menu item was refused");
    } else {
      menu = open_submenu(item);
      if (menu == NULL) refuse(request, "not-found", "that menu item has no menu below it");
    }
    drop(item);
  }
}

void act_menu(struct request *request) {
  int pid, levels = 0;
  const struct json *path = json_get(request->json, "path");
  bool is_path = path != NULL && path->type == JSON_ARRAY && path->first != NULL;
  for (const struct json *title = is_path ? path->first : NULL; title != NULL; title = title->next) {
    if (title->type != JSON_STRING || title->length > 400 || ++levels > MOST_LEVELS) is_path = false;
  }
  if (!is_path) {
    refuse(request, "invalid", "path must be 1 to 8 titles");
    return;
  }
  if (!take_pid(request, &pid)) return;
  AXUIElementRef app = open_app(request, pid), bar;
  if (app == NULL) return;
  AXError error = ax_copy_element(app, NAME_AXMenuBar, &bar);
  if (error != kAXErrorSuccess) refuse_ax(request, error, "the program has no menu bar");
  else press_path(request, bar, path);
  drop(app);
}

/* The menu of a pop-up button, which is there only while it is open: opens it. NULL: refused, or it never showed. */
static AXUIElementRef open_popup(struct request *request, const struct subject *subject) {
  AXUIElementRef menu = open_submenu(subject->reference);
  if (menu != NULL) return menu;
  /* A program that follows the mouse in its menu confirms the press only when the menu is closed: the menu is the judge. */
  AXError error = ax_perform(subject->reference, ax_name(NAME_AXPress));
  if (error != kAXErrorSuccess && error != kAXErrorCannotComplete) {
    refuse_ax(request, error, "the element cannot be opened");
    return NULL;
  }
  uint64_t ends_at = ax_now() + OPEN_MS;
  while (menu == NULL && ax_now() < ends_at && ax_time_left() > 0 && !ax_is_hung()) {
    usleep(20000);
    menu = open_submenu(subject->reference);
  }
  if (menu == NULL) refuse(request, ax_is_hung() ? "not-responding" : "unsupported", "the element showed no menu");
  return menu;
}

void act_choose(struct request *request) {
  struct subject subject;
  const struct json *title = need_string(request, "title", 400);
  if (title == NULL || !subject_open(request, &subject)) return;
  CFStringRef wanted = text_create(title->text, title->length);
  AXUIElementRef menu = wanted == NULL ? NULL : open_popup(request, &subject);
  if (wanted == NULL) refuse(request, "failed", "no memory");
  AXUIElementRef item = menu == NULL ? NULL : find_item(request, menu, wanted);
  if (item != NULL) finish_action(request, ax_perform(item, ax_name(NAME_AXPress)), "the menu item was refused");
  /* Nothing of that title: the menu is closed again. */
  else if (menu != NULL) ax_perform(menu, ax_name(NAME_AXCancel));
  drop(item);
  drop(menu);
  drop(wanted);
  node_release(&subject.node);
}
