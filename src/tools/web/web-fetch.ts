import * as z from "zod";
import { grouped } from "../cut-output.ts";
import { defineTool, type Tool, type ToolContext, type ToolResult } from "../define-tool.ts";
import { plainLine, visibleText } from "../visible-text.ts";
import { decodePage } from "./decode-page.ts";
import { networkWords } from "./network-words.ts";
import { declaredKind, kindOf, mediaTypeOf } from "./page-kind.ts";
import { reachableAddresses, type Resolve, systemResolve } from "./reachable.ts";
import { readPage } from "./read-page.ts";
import { type PageAnswer, requestPage } from "./request-page.ts";
import { addressSchema, hostOf, isSameSite, visibleAddress } from "./web-address.ts";

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;
/** Of a page that only says that something went wrong. */
const MAX_ERROR_PAGE = 2000;

const input = z.object({ url: addressSchema(["https", "http"]) });

const failed = (text: string): ToolResult => ({ text, isError: true });

/** The tool, with a way to find the addresses of hosts. */
export function createWebFetch(resolve: Resolve): Tool<z.output<typeof input>> {
  return defineTool<z.output<typeof input>>({
    name: "web_fetch",
    group: "web",
    effect: "network",
    isIdempotent: true,
    timeLimit: 90_000,
    description: "Fetch a web page as readable Markdown, or text and JSON as they are.",
    input,
    examples: [{ url: "https://example.com/page" }],
    inspect: async ({ url }) => {
      const host = hostOf(url);
      return { domains: [host], source: `web ${host}`, preview: visibleAddress(url) };
    },
    run: ({ url }, context) => fetchPage(url, context, resolve),
  });
}

/** Reads a page of the public web. */
export const webFetch = createWebFetch(systemResolve);

async function fetchPage(start: string, context: ToolContext, resolve: Resolve): Promise<ToolResult> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    context.progress(`fetching ${hostOf(url)}`);
    const answer = await ask(url, context, resolve);
    if (answer.type === "failed") return failed(`${shown(url)} was not fetched. ${answer.why}`);
    if (answer.type === "page") return pageResult(answer, url, context);
    const next = URL.canParse(answer.location, url) ? new URL(answer.location, url) : undefined;
    const stop = whyNotFollowed(url, next);
    if (stop !== undefined) return { text: `${shown(url)} redirects (${answer.status}). ${stop}` };
    url = next?.href ?? url;
  }
  return failed(
    `${shown(start)} was not fetched: it redirects more than ${MAX_REDIRECTS} times, last to ${shown(url)}.`,
  );
}

async function ask(url: string, context: ToolContext, resolve: Resolve): Promise<PageAnswer> {
  const { signal, allowedPrivateHosts } = context;
  try {
    const addresses = await reachableAddresses(hostOf(url), allowedPrivateHosts, resolve);
    if (typeof addresses === "string") return { type: "failed", why: addresses };
    const isWanted = (contentType: string) => declaredKind(contentType) !== "other";
    return await requestPage(url, { addresses, maxBytes: MAX_BYTES, isWanted, signal });
  } catch (thrown) {
    return { type: "failed", why: networkWords(thrown) };
  }
}

/** Rules speak about one host, so only a new call can go to another one, and a connection stays as safe as it was. */
function whyNotFollowed(from: string, to: URL | undefined): string | undefined {
  if (to === undefined) return "Where to cannot be read, so nothing was fetched.";
  if (!/^https?:$/.test(to.protocol))
    return `It leads to ${shown(to.href)}, which is no web page; nothing was fetched.`;
  if (to.username !== "" || to.password !== "")
    return "It leads to an address with a password in it; nothing was fetched.";
  const host = hostOf(to.href);
  const again = `Nothing was fetched yet. To go on, call web_fetch with ${shown(to.href)}`;
  if (!isSameSite(hostOf(from), host)) return `It leads to another host, ${host}. ${again}`;
  const isWeaker = from.startsWith("https:") && to.protocol === "http:";
  return isWeaker ? `It leads to an unencrypted page of the same host. ${again}` : undefined;
}

const shown = (url: string): string => plainLine(visibleText(url), MAX_ERROR_PAGE);

async function pageResult(
  page: Extract<PageAnswer, { type: "page" }>,
  url: string,
  context: ToolContext,
): Promise<ToolResult> {
  const { status, contentType, bytes } = page;
  const type = plainLine(mediaTypeOf(contentType), 100) || "of an unknown type";
  const isWanted = declaredKind(contentType) !== "other";
  const kind = isWanted ? kindOf(contentType, bytes) : "other";
  const isTrouble = status < 200 || status >= 300;
  const head = [...(isTrouble ? [`The server answered with status ${status}.`] : []), `URL: ${shown(url)}`];
  if (kind === "other") {
    const size = page.length === undefined ? "" : ` (${grouped(page.length)} bytes)`;
    return failed(`${head.join("\n")}\nThis is ${type}${size}, not text, so there is nothing to read.`);
  }
  const decoded = await decodePage(bytes, contentType, kind);
  const read = kind === "html" ? await readPage(decoded, url, context) : { title: "", text: decoded };
  if (read === undefined)
    return failed(`${head.join("\n")}\nThe page was fetched, but it could not be read: it is built too strangely.`);
  const title = plainLine(read.title, 300);
  const text = cleaned(read.text);
  const lines = [...(title === "" ? [] : [`Title: ${title}`]), ...head];
  if (page.isCut) lines.push(`[only the first ${grouped(MAX_BYTES)} bytes of it were read]`);
  const body = isTrouble ? text.slice(0, MAX_ERROR_PAGE) : text;
  return { text: [...lines, "", body.trim() === "" ? "[the page has no text]" : body].join("\n"), isError: isTrouble };
}

/** Without what only a machine sees: control characters, turned text directions, invisible letters. */
function cleaned(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u{e0000}-\u{e007f}]/gu, "");
}
