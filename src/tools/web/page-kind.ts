import { looksBinary } from "../files/looks-like.ts";

/** How a body is shown: as a page made readable, as the text that it is, or not at all. */
export type PageKind = "html" | "text" | "other";

const TEXT =
  /^(text\/|application\/(json|xml|javascript|ecmascript|yaml|x-yaml|toml|x-ndjson|jsonl|sql|x-sh|graphql)$)|[+](json|xml|yaml)$/;
const UNTOLD = new Set(["", "application/octet-stream", "binary/octet-stream", "unknown/unknown"]);

/** What a server says about a body, without its parameters: `text/html`. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(/[;,]/)[0] ?? "").trim().toLowerCase();
}

/** Whether a body may be text, from what its server says; `other` is certain. */
export function declaredKind(contentType: string): PageKind | "unknown" {
  const type = mediaTypeOf(contentType);
  if (type === "text/html" || type === "application/xhtml+xml") return "html";
  if (TEXT.test(type)) return "text";
  return UNTOLD.has(type) ? "unknown" : "other";
}

/** What a body is, from what its server says and from how it begins. */
export function kindOf(contentType: string, bytes: Buffer): PageKind {
  const declared = declaredKind(contentType);
  const start = bytes.subarray(0, 1024);
  const isWide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  const isNamedWide = /charset\s*=\s*"?utf-?16/i.test(contentType);
  if (looksBinary(start) && !isWide && !isNamedWide) return "other";
  if (declared !== "unknown") return declared;
  return /^\s*<(!doctype html|html|head|body)[\s>]/i.test(start.toString("latin1")) ? "html" : "text";
}
