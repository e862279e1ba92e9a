/** Fields of our own records that name things; everything else in them is text. */
const NAMES: ReadonlySet<string> = new Set([
  ...[
    "session",
    "turn",
    "callId",
    "cardId",
    "originKey",
    "hash",
    "argumentsHash",
    "blob",
    "nonce",
    "epoch",
    "ruleId",
    "id",
    "tool_use_id",
  ],
  ...["signature", "data", "type", "mediaType", "endpoint", "model", "boot", "startTime", "env", "provenance", "hook"],
]);
/** Fields whose value is anybody's JSON: there, keys are text as well, and no key is ours. */
const FREE: ReadonlySet<string> = new Set([
  "arguments",
  "input",
  "input_schema",
  "answer",
  "value",
  "before",
  "after",
  "verdict",
  "form",
  "schema",
]);

/** What becomes of one text, or of a number where JSON is free. `key`: the nearest key above it. */
export interface TextChange {
  text(text: string, key: string): string;
  number?(value: number, key: string): number | string;
}

/** Whether a value is one of our records or anybody's JSON. */
export type Whose = "ours" | "anybody's";

/**
 * A value with every text in it changed; the same object where nothing was. Thinking that its model has signed stays as
 * it is: it would be refused, and its words came from that model.
 */
export function mapText<T>(value: T, change: TextChange, whose: Whose): T {
  return mapped(value, change, whose === "anybody's", "") as T;
}

function mapped(value: unknown, change: TextChange, isFree: boolean, key: string): unknown {
  if (typeof value === "string") return change.text(value, key);
  if (typeof value === "number") return isFree ? (change.number?.(value, key) ?? value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => mapped(item, change, isFree, key));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const fields = Object.entries(value);
  if (!isFree && isSigned(value)) return value;
  let isSame = true;
  const next = fields.map(([name, field]): [string, unknown] => {
    if (!isFree && NAMES.has(name)) return [name, field];
    const renamed = isFree ? change.text(name, "") : name;
    const fresh = mapped(field, change, isFree || FREE.has(name), name);
    if (renamed !== name || fresh !== field) isSame = false;
    return [renamed, fresh];
  });
  return isSame ? value : Object.fromEntries(next);
}

function isSigned(value: object): boolean {
  return "type" in value && value.type === "thinking" && "signature" in value && value.signature !== undefined;
}
