import type { MacNode } from "./protocol.ts";

const ROLES: Record<string, string> = {
  AXBrowser: "panel",
  AXBusyIndicator: "progress bar",
  AXButton: "push button",
  AXCell: "table cell",
  AXCheckBox: "check box",
  AXColorWell: "push button",
  AXComboBox: "combo box",
  AXDateField: "entry",
  AXDisclosureTriangle: "toggle button",
  AXGrid: "table",
  AXHeading: "heading",
  AXImage: "image",
  AXIncrementor: "spin button",
  AXLevelIndicator: "level bar",
  AXLink: "link",
  AXList: "list",
  AXMenu: "menu",
  AXMenuBar: "menu bar",
  AXMenuBarItem: "menu",
  AXMenuButton: "push button",
  AXMenuItem: "menu item",
  AXOutline: "tree table",
  AXPopUpButton: "combo box",
  AXPopover: "dialog",
  AXProgressIndicator: "progress bar",
  AXRadioButton: "radio button",
  AXRow: "table row",
  AXScrollArea: "scroll pane",
  AXScrollBar: "scroll bar",
  AXSheet: "dialog",
  AXSlider: "slider",
  AXSortButton: "table column header",
  AXSplitGroup: "split pane",
  AXSplitter: "separator",
  AXStaticText: "label",
  AXTabGroup: "page tab list",
  AXTable: "table",
  AXTextArea: "text",
  AXTextField: "entry",
  AXTimeField: "entry",
  AXToolbar: "tool bar",
  AXUnknown: "unknown",
  AXWebArea: "document web",
  AXWindow: "frame",
};

const SUBROLES: Record<string, string> = {
  AXDialog: "dialog",
  AXSystemDialog: "dialog",
  AXSwitch: "toggle button",
  AXTabButton: "page tab",
  AXToggle: "toggle button",
};

/** Names of controls that AppKit only tells apart by their subrole. */
const NAMES: Record<string, string> = {
  AXCloseButton: "Close",
  AXDecrementArrow: "Decrement",
  AXDecrementPage: "Page back",
  AXFullScreenButton: "Full Screen",
  AXIncrementArrow: "Increment",
  AXIncrementPage: "Page forward",
  AXMinimizeButton: "Minimize",
  AXToolbarButton: "Toolbar",
  AXZoomButton: "Zoom",
};

/** The role, in the words of the other backends. What is not known is a panel: kept, but no control. */
export function roleOf(node: MacNode): string {
  if (node.secure === true) return "password text";
  if (node.root === "menu") return "popup menu";
  if (node.role === "AXWindow" && node.modal === true) return "dialog";
  if (node.role === "AXMenuItem" && (node.mark ?? "") !== "") return "check menu item";
  if (node.subrole?.startsWith("AXLandmark") === true) return "landmark";
  return SUBROLES[node.subrole ?? ""] ?? ROLES[node.role ?? ""] ?? "panel";
}

/** The name that a subrole stands for, or "". */
export function nameOfSubrole(subrole: string | undefined): string {
  return NAMES[subrole ?? ""] ?? "";
}
