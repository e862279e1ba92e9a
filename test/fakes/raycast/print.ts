import { spellingOf } from "./shortcuts.ts";
import { isView, titleOf, type View } from "./view.ts";

/** Props that are printed in their own place, or say nothing to a reader. */
const SILENT = new Set([
  "actions",
  "metadata",
  "detail",
  "searchBarAccessory",
  "markdown",
  "icon",
  "title",
  "shortcut",
]);

/** A view as text that a person can read: Markdown, then details, then actions with their keys. */
export function print(view: View): string {
  return lines(view, "").join("\n");
}

function lines(view: View, indent: string): string[] {
  const { type, props, children } = view;
  const head = [type.replace(/^.*Metadata\./, ""), quoted(props["title"]), ...plainProps(props)]
    .filter(Boolean)
    .join(" ");
  const inner = `${indent}  `;
  const markdown =
    typeof props["markdown"] === "string"
      ? props["markdown"].split("\n").map((line) => `${inner}| ${line}`.trimEnd())
      : [];
  const slots = ["searchBarAccessory", "detail", "metadata", "actions"].flatMap((name) => {
    const slot = props[name];
    return isView(slot) ? (name === "actions" ? actionLines(slot, inner) : lines(slot, inner)) : [];
  });
  return [indent + head, ...markdown, ...children.flatMap((child) => lines(child, inner)), ...slots];
}

function actionLines(panel: View, indent: string): string[] {
  return panel.children.flatMap((child) => {
    if (/Section$|Submenu$/.test(child.type)) return actionLines(child, indent);
    const keys = spellingOf(child.props["shortcut"]);
    const style = child.props["style"] === "destructive" ? " (destructive)" : "";
    return [`${indent}> ${titleOf(child)}${style}${keys === undefined ? "" : `  [${keys}]`}`];
  });
}

function plainProps(props: View["props"]): string[] {
  return Object.entries(props)
    .filter(
      ([name, value]) =>
        !SILENT.has(name) && value !== undefined && (typeof value !== "object" || worded(value) !== undefined),
    )
    .map(([name, value]) => `${name}=${JSON.stringify(typeof value === "object" ? worded(value) : value)}`);
}

/** The words of a value that is more than a text: accessories, a title with its tooltip, a date. */
function worded(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null || isView(value)) return undefined;
  if (Array.isArray(value)) {
    const words = value.map(worded).filter((word) => word !== undefined);
    return words.length === 0 ? undefined : words.join(" · ");
  }
  const { text, value: own, tag, date } = value as Record<string, unknown>;
  return worded(text ?? own ?? tag ?? date);
}

function quoted(value: unknown): string {
  const words = worded(value);
  return words === undefined ? "" : JSON.stringify(words);
}
