/** Elements whose content nobody is meant to read. */
const UNREAD = new Set(["script", "style", "title", "noscript", "template", "svg", "iframe", "object", "select"]);
const INLINE = new Set(["a", "abbr", "b", "bdi", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span"]);
const NO_CONTENT = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "wbr",
]);
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/**
 * The text of a page without building it up, for pages that are too deep or too large for that. Takes time in proportion to
 * the page's length, whatever is in it. Roughly laid out: only block elements begin a new line.
 */
export function plainText(html: string): string {
  const lower = html.toLowerCase();
  const parts: string[] = [];
  for (let at = 0; at < html.length;) {
    const open = html.indexOf("<", at);
    if (open === -1) {
      parts.push(html.slice(at));
      break;
    }
    parts.push(html.slice(at, open));
    const name = tagNameAt(lower, open);
    const end = endOf(lower, open, name);
    if (end === -1) break;
    if (name === "") parts.push("<");
    else if (!INLINE.has(name)) parts.push("\n");
    at = end;
  }
  return laidOut(decoded(parts.join("")));
}

/** How deep the elements of a page are nested, about; stops counting at `most`. */
export function depthOf(html: string, most: number): number {
  let depth = 0;
  let deepest = 0;
  for (const [, slash, name = "", rest = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9-]{0,30})([^<>]{0,2000})/gi)) {
    if (NO_CONTENT.has(name.toLowerCase()) || rest.endsWith("/")) continue;
    depth = Math.max(0, depth + (slash === "/" ? -1 : 1));
    deepest = Math.max(deepest, depth);
    if (deepest >= most) break;
  }
  return deepest;
}

/** Name of the tag at a `<`; `!` for a comment or a declaration, empty where it is just a character. */
function tagNameAt(lower: string, open: number): string {
  const next = lower.slice(open + 1, open + 40);
  if (/^[!?]/.test(next)) return "!";
  return /^\/?([a-z][a-z0-9-]*)/.exec(next)?.[1] ?? "";
}

/** Where the text goes on after the tag at `open`, and after all of an element that is not read; -1: nowhere. */
function endOf(lower: string, open: number, name: string): number {
  if (name === "") return open + 1;
  if (name === "!" && lower.startsWith("<!--", open)) return after(lower, "-->", open + 4);
  if (UNREAD.has(name) && lower[open + 1] !== "/") {
    const close = lower.indexOf(`</${name}`, open);
    return close === -1 ? -1 : after(lower, ">", close);
  }
  return after(lower, ">", open);
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length;
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hexadecimal, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hexadecimal), 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function laidOut(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/[^\S\n]+/g, " ").trim());
  return lines.filter((line) => line !== "").join("\n");
}
