import type { MacNode } from "./protocol.ts";

const CHECKABLE = new Set(["check box", "toggle button", "radio button", "page tab", "check menu item"]);
const EDITABLE = new Set(["entry", "text", "password text"]);
const CONTROLS = new Set([
  ...["push button", "combo box", "link", "slider", "spin button", "menu item", "menu", "scroll bar", "table row"],
  ...CHECKABLE,
  ...EDITABLE,
]);

/** What a value says of a control with two or three states. */
function checkedOf(node: MacNode): "on" | "off" | "mixed" {
  if (node.mark !== undefined && node.mark !== "") return "on";
  if (node.value === 2) return "mixed";
  return node.value === 1 || node.value === true ? "on" : "off";
}

/** The states of an element in the words of the other backends, sorted as theirs are. */
export function statesOf(node: MacNode, role: string, where: { showing: boolean; focused: boolean }): string[] {
  const states = new Set<string>(["visible"]);
  const put = (state: string, isPut: boolean | undefined) => {
    if (isPut === true) states.add(state);
  };
  put("showing", where.showing);
  put("enabled", node.enabled !== false);
  put("sensitive", node.enabled !== false);
  put("focusable", CONTROLS.has(role));
  put("focused", where.focused);
  put("modal", node.modal);
  put("selectable", node.selected !== undefined);
  put("selected", node.selected);
  const isTab = role === "page tab";
  if (CHECKABLE.has(role) && node.role !== "AXDisclosureTriangle") {
    const checked = checkedOf(node);
    put("checkable", !isTab);
    put(isTab ? "selected" : "checked", checked === "on");
    put("indeterminate", checked === "mixed");
  }
  const isOpen = node.expanded ?? node.disclosing;
  const isTriangle = node.role === "AXDisclosureTriangle";
  put("expandable", isOpen !== undefined || isTriangle);
  put("expanded", isOpen ?? (isTriangle && checkedOf(node) === "on"));
  const isEditable = EDITABLE.has(role) || node.role === "AXComboBox";
  put("editable", isEditable && node.settable !== false);
  put("read-only", isEditable && node.settable === false);
  put("multi-line", role === "text");
  put("single-line", isEditable && role !== "text");
  put("has-popup", node.role === "AXMenuButton" || node.role === "AXPopUpButton");
  return [...states].sort();
}
