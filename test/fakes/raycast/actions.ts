import type { ReactNode } from "react";
import { fieldsOf } from "./nesting.ts";
import type { Instance } from "./reconciler.ts";

/** What an action may set in motion. */
export interface Reach {
  push(element: ReactNode, onPop?: () => void): void;
  copy(content: unknown): Promise<void>;
  paste(content: unknown): Promise<void>;
  open(target: string): Promise<void>;
}

type Callback = ((value?: unknown) => unknown) | undefined;

/** Does what Raycast does when the person chooses this action, and waits for its handler. */
export async function perform(action: Instance, screen: Instance, reach: Reach): Promise<void> {
  const { props } = action;
  const call = async (name: string, value?: unknown) => {
    await (props[name] as Callback)?.(value);
  };
  switch (action.type) {
    case "Action":
      return call("onAction");
    case "Action.CopyToClipboard":
      await reach.copy(props["content"]);
      return call("onCopy", props["content"]);
    case "Action.Paste":
      await reach.paste(props["content"]);
      return call("onPaste", props["content"]);
    case "Action.OpenInBrowser":
      await reach.open(String(props["url"]));
      return call("onOpen", props["url"]);
    case "Action.Open":
      await reach.open(String(props["target"]));
      return call("onOpen", props["target"]);
    case "Action.ShowInFinder":
      await reach.open(String(props["path"]));
      return call("onShow", props["path"]);
    case "Action.Push":
      reach.push(props["target"] as ReactNode, props["onPop"] as () => void);
      return call("onPush");
    case "Action.SubmitForm":
      return call("onSubmit", valuesOf(screen));
    default:
      throw new Error(`The fake cannot do ${action.type} yet.`);
  }
}

/** Enters values into the fields of a form as a person would. */
export function enter(form: Instance, values: Readonly<Record<string, unknown>>): void {
  const fields = fieldsOf(form);
  for (const [id, value] of Object.entries(values)) {
    const field = fields.find((candidate) => candidate.props["id"] === id);
    if (field === undefined)
      throw new Error(`The form has ${fields.map((each) => String(each.props["id"])).join(", ")}, not "${id}".`);
    const choices = choicesOf(field);
    if (choices.length > 0 && !choices.includes(value))
      throw new Error(`"${id}" offers ${choices.join(", ")}, not ${String(value)}.`);
    field.typed = value;
    (field.props["onChange"] as Callback)?.(value);
  }
}

/** Whether the fields whose value the command holds show what was entered. */
export function shows(form: Instance, values: Readonly<Record<string, unknown>>): boolean {
  return fieldsOf(form).every(({ props }) => {
    const id = String(props["id"]);
    return !Object.hasOwn(values, id) || props["value"] === undefined || props["value"] === values[id];
  });
}

/** What a form would submit now. */
export function valuesOf(form: Instance): Record<string, unknown> {
  if (form.type !== "Form") throw new Error(`${form.type} has nothing to submit; Action.SubmitForm belongs to a Form.`);
  return Object.fromEntries(fieldsOf(form).map((field) => [String(field.props["id"]), valueOf(field)]));
}

function valueOf(field: Instance): unknown {
  const { value, defaultValue } = field.props;
  const empty = { "Form.Checkbox": false, "Form.TagPicker": [], "Form.FilePicker": [], "Form.DatePicker": null }[
    field.type
  ];
  return value ?? field.typed ?? defaultValue ?? choicesOf(field)[0] ?? (empty === undefined ? "" : empty);
}

function choicesOf(field: Instance): unknown[] {
  if (field.type !== "Form.Dropdown") return [];
  return field.children
    .flatMap((child) => (child.type.endsWith(".Section") ? child.children : [child]))
    .map((item) => item.props["value"]);
}
