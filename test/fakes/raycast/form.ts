import { existsSync, statSync } from "node:fs";
import { fieldsOf } from "./nesting.ts";

/** A form or a field of one, as mounted or as shown. */
interface Node {
  type: string;
  props: Readonly<Record<string, unknown>>;
  children: readonly Node[];
  typed?: unknown;
}

/** What a form would submit now. */
export function valuesOf(form: Node): Record<string, unknown> {
  if (form.type !== "Form") throw new Error(`${form.type} has nothing to submit; Action.SubmitForm belongs to a Form.`);
  return Object.fromEntries(fieldsOf(form).map((field) => [String(field.props["id"]), valueOf(field)]));
}

/** Whether the fields whose value the command holds show what was entered. */
export function shows(form: Node, values: Readonly<Record<string, unknown>>): boolean {
  return fieldsOf(form).every(({ props }) => {
    const id = String(props["id"]);
    return !Object.hasOwn(values, id) || props["value"] === undefined || same(props["value"], values[id]);
  });
}

/** The field of a name, after making sure that a person could give it this value. */
export function fieldFor<T extends Node & { children: readonly T[] }>(form: T, id: string, value: unknown): T {
  const fields = fieldsOf(form);
  const field = fields.find((candidate) => candidate.props["id"] === id);
  if (field === undefined)
    throw new Error(`The form has ${fields.map((each) => String(each.props["id"])).join(", ")}, not "${id}".`);
  const mistake = impossible(field, value);
  if (mistake !== undefined) throw new Error(`"${id}" ${mistake}.`);
  return field;
}

function impossible(field: Node, value: unknown): string | undefined {
  const { props, type } = field;
  const choices = choicesOf(field);
  switch (type) {
    case "Form.Dropdown":
      return choices.includes(value) ? undefined : `offers ${choices.join(", ")}, not ${String(value)}`;
    case "Form.TagPicker": {
      const strange = Array.isArray(value) ? value.find((each) => !choices.includes(each)) : value;
      return strange === undefined ? undefined : `offers ${choices.join(", ")}, not ${String(strange)}`;
    }
    case "Form.Checkbox":
      return typeof value === "boolean" ? undefined : "is ticked or not";
    case "Form.DatePicker":
      return value === null || value instanceof Date ? undefined : "takes a date";
    case "Form.FilePicker":
      return unpickable(props, value);
    default:
      return typeof value === "string" ? undefined : "takes a text";
  }
}

function unpickable(props: Node["props"], value: unknown): string | undefined {
  if (!Array.isArray(value)) return "takes a list of paths";
  if (props["allowMultipleSelection"] === false && value.length > 1) return "takes one path";
  for (const path of value as string[]) {
    if (!existsSync(path)) return `cannot pick ${path}: it is not there`;
    const isFolder = statSync(path).isDirectory();
    if (isFolder ? props["canChooseDirectories"] !== true : props["canChooseFiles"] === false)
      return `picks no ${isFolder ? "folders" : "files"}`;
  }
  return undefined;
}

function valueOf(field: Node): unknown {
  const { value, defaultValue } = field.props;
  const empty = { "Form.Checkbox": false, "Form.TagPicker": [], "Form.FilePicker": [], "Form.DatePicker": null }[
    field.type
  ];
  const first = field.type === "Form.Dropdown" ? choicesOf(field)[0] : undefined;
  return value ?? field.typed ?? defaultValue ?? first ?? (empty === undefined ? "" : empty);
}

/** Values that a dropdown or tag picker offers. */
export function choicesOf(field: Node): unknown[] {
  return field.children
    .flatMap((child) => (child.type.endsWith(".Section") ? child.children : [child]))
    .map((item) => item.props["value"]);
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
