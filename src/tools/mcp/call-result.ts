import type { Content, Json } from "../../protocol/values.ts";
import type { Place, ToolResult } from "../define-tool.ts";
import type { Secrets } from "./secrets.ts";
import { oneLineOf } from "./server-log.ts";

/** Parts of one result whose bytes are kept. */
const MAX_MEDIA = 20;
/** Structured content up to this size is kept as such; more is text only. */
const MAX_STRUCTURED_CHARACTERS = 32_000;
const MEDIA_TYPE = /^(image|audio)\/[\w.+-]{1,100}$/;

type Fields = Record<string, unknown>;

/** What of a server's answer is shown to a model: text, and parts whose bytes go to blobs. */
interface Parts {
  lines: string[];
  content: Content[];
  kept: number;
}

/**
 * The answer to `tools/call` or `resources/read`, however malformed, as a tool's result. `blocks` are its content. What is
 * no text is named in the text, so that nothing is lost without the model knowing.
 */
export async function toolResultOf(
  blocks: readonly unknown[],
  { structured, isError }: { structured?: unknown; isError: boolean },
  place: Pick<Place, "saveBlob">,
  secrets: Secrets,
): Promise<ToolResult> {
  const parts: Parts = { lines: [], content: [], kept: 0 };
  for (const block of blocks) await addBlock(parts, fieldsOf(block), place);
  const json = structured === undefined ? undefined : secrets.hideNamed(JSON.stringify(structured));
  if (json !== undefined) {
    if (!parts.lines.some((line) => line !== "")) parts.lines.push(json);
    const value = json.length <= MAX_STRUCTURED_CHARACTERS ? jsonValue(json) : undefined;
    if (value !== undefined) parts.content.push({ type: "structured", value });
  }
  const text = secrets.hideNamed(parts.lines.join("\n").toWellFormed());
  const words = text === "" ? (isError ? "The server reported an error and said no more." : "(no output)") : text;
  return { text: words, isError, ...(parts.content.length > 0 ? { content: parts.content } : {}) };
}

/** Undefined where it holds what no UTF-8 can, which JSON writes as escapes, or where a hidden secret was its structure. */
function jsonValue(json: string): Json | undefined {
  if (/\\ud[89a-f][0-9a-f]{2}/i.test(json)) return undefined;
  try {
    return JSON.parse(json) as Json;
  } catch {
    return undefined;
  }
}

async function addBlock(parts: Parts, block: Fields, place: Pick<Place, "saveBlob">): Promise<void> {
  const { type, text, data, mimeType, resource, uri, name, description } = block;
  if (type === "text" && typeof text === "string") parts.lines.push(text);
  else if ((type === "image" || type === "audio") && typeof data === "string") {
    await addBytes(parts, type, data, mimeType, place);
  } else if (type === "resource") await addResource(parts, fieldsOf(resource), place);
  else if (type === "resource_link") {
    const words = [uri, name, description].filter((one) => typeof one === "string");
    parts.lines.push(`[resource ${words.map((one) => oneLineOf(one, 300)).join(" · ")}]`);
  } else parts.lines.push(`[a part that loopd cannot show: ${oneLineOf(String(type), 40)}]`);
}

/** Contents of a resource, embedded in a result or read by its address. */
async function addResource(parts: Parts, { uri, text, blob, mimeType }: Fields, place: Pick<Place, "saveBlob">) {
  const address = oneLineOf(String(uri), 300);
  if (typeof text === "string") return void parts.lines.push(`[resource ${address}]`, text);
  if (typeof blob !== "string") return void parts.lines.push(`[resource ${address}, empty]`);
  const kind = MEDIA_TYPE.exec(String(mimeType))?.[1];
  parts.lines.push(`[resource ${address}]`);
  await addBytes(parts, kind === "image" || kind === "audio" ? kind : "bytes", blob, mimeType, place);
}

async function addBytes(
  parts: Parts,
  type: "image" | "audio" | "bytes",
  base64: string,
  given: unknown,
  place: Pick<Place, "saveBlob">,
): Promise<void> {
  const mediaType = typeof given === "string" && /^[\w.+-]+\/[\w.+-]{1,100}$/.test(given) ? given : "unknown type";
  const bytes = Buffer.from(base64, "base64");
  const size = bytes.length < 1000 ? `${bytes.length} B` : `${Math.round(bytes.length / 1000)} kB`;
  const named = `${type} ${mediaType}, ${size}`;
  if (bytes.length === 0) return void parts.lines.push(`[${type} ${mediaType}, empty or no base64]`);
  if (parts.kept >= MAX_MEDIA) return void parts.lines.push(`[${named}, left out: there are too many]`);
  const blob = await place.saveBlob(bytes).catch(() => undefined);
  if (blob === undefined) return void parts.lines.push(`[${named}, could not be kept]`);
  parts.kept += 1;
  parts.lines.push(`[${named}, blob ${blob}]`);
  const isOfType = MEDIA_TYPE.exec(mediaType)?.[1] === type;
  if (type !== "bytes" && isOfType) parts.content.push({ type, mediaType, blob, bytes: bytes.length });
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
