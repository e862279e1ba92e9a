/*
 * Calls of the accessibility API with the bounds of the running request: each is one message to another program, waits
 * at most for that request's limit, and none is made any more once a program has let one wait its whole limit.
 */
#ifndef LOOPD_AX_H
#define LOOPD_AX_H

#include "mac.h"

/* Every attribute and action that is asked for by name. */
#define AX_NAMES(X)                                                                                                    \
  X(AXRole) X(AXSubrole) X(AXTitle) X(AXDescription) X(AXHelp) X(AXPlaceholderValue) X(AXIdentifier) X(AXPosition)     \
  X(AXSize) X(AXEnabled) X(AXFocused) X(AXSelected) X(AXExpanded) X(AXDisclosing) X(AXModal) X(AXNumberOfCharacters)   \
  X(AXVisibleCharacterRange) X(AXMenuItemMarkChar) X(AXTitleUIElement) X(AXValue) X(AXChildren) X(AXParent)            \
  X(AXRows) X(AXVisibleRows) X(AXVisibleChildren) X(AXHeader) X(AXWindows) X(AXFocusedWindow) X(AXMainWindow)          \
  X(AXFocusedUIElement) X(AXFocusedApplication) X(AXMenuBar) X(AXMinimized) X(AXMain) X(AXStringForRange)              \
  X(AXSelectedText) X(AXSelectedTextRange) X(AXSelectedRows) X(AXSelectedChildren) X(AXManualAccessibility)            \
  X(AXEnhancedUserInterface) X(AXHorizontalScrollBar) X(AXVerticalScrollBar) X(AXPress) X(AXPick) X(AXCancel)          \
  X(AXScrollToVisible) X(AXScrollUpByPage) X(AXScrollDownByPage) X(AXScrollLeftByPage) X(AXScrollRightByPage)           \
  X(AXTextMarkerRangeForUIElement) X(AXLengthForTextMarkerRange) X(AXUIElementsForSearchPredicate) X(AXSearchKey)      \
  X(AXStaticTextSearchKey) X(AXDirection) X(AXDirectionNext) X(AXResultsLimit)

#define AX_NAME_ENTRY(name) NAME_##name,
enum ax_name { AX_NAMES(AX_NAME_ENTRY) NAME_COUNT };

/* Makes the strings of all names. False without memory. Undone by ax_stop. */
bool ax_start(void);
void ax_stop(void);
CFStringRef ax_name(enum ax_name name);

/* Begins a request: a call may take `call_ms`, all together `time_ms`. */
void ax_begin(int call_ms, int time_ms);
/* ms left of the request; 0 when it is over. */
int ax_time_left(void);
/* Whether a call has waited its whole limit: the program that was asked does not answer. */
bool ax_is_hung(void);
/* Messages sent since ax_begin. */
int ax_calls(void);
/* Monotonic ms while awake. */
uint64_t ax_now(void);

/* The calls themselves. Objects they hand out are the caller's to release; NULL unless the answer is success. */
AXError ax_copy(AXUIElementRef element, enum ax_name name, CFTypeRef *value);
AXError ax_copy_all(AXUIElementRef element, CFArrayRef names, CFArrayRef *values);
AXError ax_copy_range(AXUIElementRef element, enum ax_name name, CFIndex first, CFIndex most, CFArrayRef *values);
AXError ax_count(AXUIElementRef element, enum ax_name name, CFIndex *count);
/* An attribute that takes a parameter. */
AXError ax_copy_with(AXUIElementRef element, enum ax_name name, CFTypeRef parameter, CFTypeRef *value);
AXError ax_copy_text(AXUIElementRef element, CFIndex first, CFIndex count, CFTypeRef *text);
AXError ax_is_settable(AXUIElementRef element, enum ax_name name, bool *is_settable);
AXError ax_set(AXUIElementRef element, enum ax_name name, CFTypeRef value);
AXError ax_perform(AXUIElementRef element, CFStringRef action);
AXError ax_actions(AXUIElementRef element, CFArrayRef *names);
/* What is at a point of the screen; `within` NULL: of whatever program. */
AXError ax_at(AXUIElementRef within, CGPoint point, AXUIElementRef *found);
/* The program in front by the accessibility API. */
AXError ax_focused_app(AXUIElementRef *app);
/* ax_copy of an attribute that must be an element; kAXErrorNoValue when it is something else. */
AXError ax_copy_element(AXUIElementRef element, enum ax_name name, AXUIElementRef *found);

/* CFRelease that takes NULL. */
void drop(CFTypeRef object);
/* Whether an object is there and of that type. */
bool is_string(CFTypeRef object);
bool is_array(CFTypeRef object);
bool is_element(CFTypeRef object);
/* The number or boolean that an object holds; false when it holds none. */
bool read_double(CFTypeRef object, double *number);
/* A point or a size; false when it is none or not finite. */
bool read_pair(CFTypeRef object, uint32_t type, double pair[2]);
/* The code in an error slot of ax_copy_all, or kAXErrorSuccess when the object is none. */
AXError read_error(CFTypeRef object);

#endif
