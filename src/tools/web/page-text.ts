import { gfm } from "@joplin/turndown-plugin-gfm";
import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import TurndownService from "turndown";
import { depthOf, plainText } from "./plain-text.ts";

/** A page made readable. */
export interface PageText {
  title: string;
  /** Markdown, or plain lines where the page could not be built up. */
  text: string;
}

/** Real pages are some dozen elements deep and have a few thousand of them; what walks a page calls itself for each level. */
const MAX_DEPTH = 400;
const MAX_ELEMENTS = 30_000;
/** What is left of a page should be so much of it; a list of links, for example, has no part that is the article. */
const LEAST_SHARE = 0.1;
const LEAST_LENGTH = 140;

const UNREAD = "script, style, title, noscript, template, svg, iframe, object, embed, [hidden], [aria-hidden=true]";

/** The article of a page as Markdown, or all of its text where it is no article. Links are absolute. Never throws. */
export function pageText(html: string, address: string): PageText {
  const whole = { title: titleIn(html), text: "" };
  if (depthOf(html, MAX_DEPTH) >= MAX_DEPTH) return { ...whole, text: plainText(html) };
  try {
    const document = documentOf(html);
    const { length } = document.querySelectorAll("*");
    if (length > MAX_ELEMENTS) return { ...whole, text: plainText(html) };
    absolute(document, address);
    const title = (document.title || whole.title).trim();
    const body = markdownOf(tidied(document.body ?? document.documentElement));
    const article = articleOf(document, body.length);
    return { title: article?.title || title, text: article?.text ?? (body || plainText(html)) };
  } catch {
    return { ...whole, text: plainText(html) };
  }
}

const NOT_IN_TABLES = "ul ol h1 h2 h3 h4 h5 h6 hr blockquote"
  .split(" ")
  .map((name) => `table ${name}`)
  .join(", ");
const MAX_COLUMNS = 100;

type Page = ReturnType<typeof parseHTML>["document"];
type PageElement = NonNullable<ReturnType<Page["querySelector"]>>;

function documentOf(html: string): Page {
  const isWhole = /<html[\s>]/i.test(html);
  const text = isWhole ? html : `<!doctype html><html><head></head><body>${html}</body></html>`;
  return withRows(parseHTML(text).document);
}

/** The Markdown of a table asks for its rows, which this document model does not know. */
function withRows(document: Page): Page {
  const known = new WeakMap<PageElement, PageElement[]>();
  Object.defineProperty(Object.getPrototypeOf(document.createElement("table")), "rows", {
    configurable: true,
    get(this: PageElement): PageElement[] {
      const rows = known.get(this) ?? [...this.querySelectorAll("tr")];
      known.set(this, rows);
      return rows;
    },
  });
  return document;
}

/** The title as it stands in the text, for pages that are not built up. */
function titleIn(html: string): string {
  const start = html.slice(0, 100_000);
  return plainText(/<title[^<>]{0,500}>([^<]{0,2000})/i.exec(start)?.[1] ?? "").replaceAll("\n", " ");
}

/** Makes links and images absolute; those that lead nowhere a reader can follow lose their target. */
function absolute(document: Page, address: string): void {
  const base = document.querySelector("base[href]")?.getAttribute("href") ?? "";
  const from = URL.canParse(base, address) ? new URL(base, address).href : address;
  for (const [selector, name] of [
    ["a[href]", "href"],
    ["img[src]", "src"],
  ] as const) {
    for (const element of document.querySelectorAll(selector)) {
      const target = element.getAttribute(name) ?? "";
      const url = URL.canParse(target, from) ? new URL(target, from) : undefined;
      if (url !== undefined && /^(https?|mailto):$/.test(url.protocol)) element.setAttribute(name, url.href);
      else if (name === "src") element.remove();
      else element.removeAttribute(name);
    }
  }
}

function articleOf(document: Page, bodyLength: number): PageText | undefined {
  const readability = new Readability<PageElement>(document as never, { serializer: (node) => node as never });
  const article = readability.parse();
  if (!article?.content) return undefined;
  const text = markdownOf(tidied(article.content));
  if (text.length < Math.max(LEAST_LENGTH, bodyLength * LEAST_SHARE)) return undefined;
  return { title: article.title?.trim() ?? "", text };
}

/** A copy without what nobody is meant to read, and without what a Markdown table cannot hold. */
function tidied(element: PageElement): PageElement {
  const copy = element.cloneNode(true) as PageElement;
  for (const one of copy.querySelectorAll(UNREAD)) one.remove();
  for (const one of copy.querySelectorAll(NOT_IN_TABLES)) one.replaceWith(...one.childNodes);
  for (const one of copy.querySelectorAll("[colspan]")) {
    if (!(Number(one.getAttribute("colspan")) <= MAX_COLUMNS)) one.removeAttribute("colspan");
  }
  return copy;
}

function markdownOf(element: PageElement): string {
  const service = new TurndownService({ headingStyle: "atx", codeBlockStyle: "fenced", bulletListMarker: "-" });
  service.use(gfm);
  return service
    .turndown(element as never)
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
