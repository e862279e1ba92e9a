#include "page.h"

#include "elements.h"

/* UTF-16 units of a page's whole text: no piece of it is longer. */
#define MOST_UNITS 50000

/* Length of everything that a page says, or -1 when it does not tell. */
static double length_of(AXUIElementRef page) {
  CFTypeRef range, length;
  double units = -1;
  if (ax_copy_with(page, NAME_AXTextMarkerRangeForUIElement, page, &range) != kAXErrorSuccess) return -1;
  if (ax_copy_with(page, NAME_AXLengthForTextMarkerRange, range, &length) == kAXErrorSuccess) {
    if (!read_double(length, &units)) units = -1;
    drop(length);
  }
  drop(range);
  return units;
}

/* The pieces of text of a page, from its beginning. NULL: it does not tell. */
static CFArrayRef find_texts(AXUIElementRef page, int most) {
  double limit = most;
  CFNumberRef number = CFNumberCreate(NULL, kCFNumberFloat64Type, &limit);
  const void *keys[] = {ax_name(NAME_AXSearchKey), ax_name(NAME_AXDirection), ax_name(NAME_AXResultsLimit)};
  const void *values[] = {ax_name(NAME_AXStaticTextSearchKey), ax_name(NAME_AXDirectionNext), number};
  CFDictionaryRef search = number == NULL ? NULL
                                          : CFDictionaryCreate(NULL, keys, values, 3, &kCFTypeDictionaryKeyCallBacks,
                                                               &kCFTypeDictionaryValueCallBacks);
  CFTypeRef found = NULL;
  if (search != NULL) ax_copy_with(page, NAME_AXUIElementsForSearchPredicate, search, &found);
  drop(search);
  drop(number);
  if (is_array(found)) return found;
  drop(found);
  return NULL;
}

void page_learn(AXUIElementRef page, int most) {
  double units = length_of(page);
  if (units < 0 || units > MOST_UNITS) return;
  CFArrayRef texts = find_texts(page, most);
  CFIndex count = texts == NULL ? 0 : CFArrayGetCount(texts);
  for (CFIndex i = 0; i < count && i < most; i++) {
    CFTypeRef text = CFArrayGetValueAtIndex(texts, i);
    int held = elements_count();
    struct element *item = is_element(text) ? elements_add(text) : NULL;
    if (item == NULL || item->is_known) continue;
    /* One that the walk does not come upon, within a link say, is not kept. */
    if (elements_count() > held) item->round = 0;
    item->is_known = true;
    item->reading = READ_VALUE;
  }
  drop(texts);
}
