#include "roles.h"

#include "mac.h"

static const struct {
  const char *role;
  unsigned flags;
} ROLES[] = {
    {"AXBrowser", ROLE_SCROLLS},
    {"AXBusyIndicator", ROLE_CLOSED | ROLE_PLAIN},
    {"AXButton", ROLE_NAMED | ROLE_PLAIN},
    {"AXCheckBox", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXColorWell", ROLE_CLOSED | ROLE_PLAIN},
    {"AXColumn", ROLE_SKIP},
    {"AXComboBox", ROLE_TEXT | ROLE_CLOSED},
    {"AXDateField", ROLE_VALUE | ROLE_CLOSED},
    {"AXDisclosureTriangle", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXGrowArea", ROLE_SKIP},
    {"AXHeading", ROLE_PLAIN},
    {"AXImage", ROLE_CLOSED | ROLE_PLAIN},
    {"AXIncrementor", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXLevelIndicator", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXLink", ROLE_NAMED | ROLE_PLAIN},
    {"AXList", ROLE_ROWS},
    {"AXGrid", ROLE_ROWS},
    {"AXListMarker", ROLE_SKIP},
    {"AXMenu", ROLE_PLAIN},
    {"AXMenuBar", ROLE_PLAIN},
    {"AXMenuBarItem", ROLE_OPENS | ROLE_PLAIN},
    {"AXMenuButton", ROLE_CLOSED | ROLE_PLAIN},
    {"AXMenuItem", ROLE_OPENS | ROLE_PLAIN},
    {"AXOutline", ROLE_ROWS},
    {"AXPopUpButton", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXProgressIndicator", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXRadioButton", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXRadioGroup", ROLE_PLAIN},
    {"AXRow", ROLE_ROW},
    {"AXRuler", ROLE_SKIP},
    {"AXScrollArea", ROLE_SCROLLS},
    {"AXScrollBar", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXSlider", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXSortButton", ROLE_CLOSED | ROLE_PLAIN},
    {"AXSplitter", ROLE_CLOSED | ROLE_PLAIN},
    {"AXStaticText", ROLE_VALUE | ROLE_CLOSED | ROLE_PLAIN},
    {"AXTable", ROLE_ROWS},
    {"AXTextArea", ROLE_TEXT | ROLE_CLOSED},
    {"AXTextField", ROLE_TEXT | ROLE_CLOSED},
    {"AXTimeField", ROLE_VALUE | ROLE_CLOSED},
    {"AXValueIndicator", ROLE_SKIP},
    {"AXWebArea", ROLE_WEB},
};

unsigned role_flags(const char *role) {
  if (role[0] != 'A' || role[1] != 'X') return 0;
  for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++) {
    if (strcmp(ROLES[i].role + 2, role + 2) == 0) return ROLES[i].flags;
  }
  return 0;
}
