/** Which ground a chart stands on. */
export type Appearance = "dark" | "light";

/** Colours of a chart on one ground. Every one of them has a shape, a pattern or a word beside it as well. */
export interface Palette {
  text: string;
  quiet: string;
  line: string;
  blue: string;
  cyan: string;
  magenta: string;
  yellow: string;
  green: string;
  red: string;
  gray: string;
}

const PALETTES: Readonly<Record<Appearance, Palette>> = {
  dark: {
    ...{ text: "#e8e8ea", quiet: "#9d9da6", line: "#4a4a52", gray: "#5c5c66" },
    ...{ blue: "#5b9dff", cyan: "#4cc9d8", magenta: "#d58cf0", yellow: "#e8c14a", green: "#5fc77f", red: "#ff7a70" },
  },
  light: {
    ...{ text: "#1d1d1f", quiet: "#66666e", line: "#c9c9cf", gray: "#b4b4bc" },
    ...{ blue: "#1f6fe0", cyan: "#0d8a9a", magenta: "#a43fc7", yellow: "#a87a00", green: "#1f8a45", red: "#d0352b" },
  },
};

/** Pixels of a chart's width: what a Detail shows beside its metadata without scaling. */
export const CHART_WIDTH = 460;

export function paletteOf(appearance: Appearance): Palette {
  return PALETTES[appearance];
}

/** A chart as Markdown: an image that carries itself, with words for whoever does not see it. */
export function chartMarkdown(words: string, height: number, shapes: readonly string[]): string {
  const size = `width="${CHART_WIDTH}" height="${height}" viewBox="0 0 ${CHART_WIDTH} ${height}"`;
  const font = `font-family="-apple-system, 'SF Pro Text', Inter, 'Liberation Sans', sans-serif" font-size="11"`;
  const title = `<title>${escapeXml(words)}</title>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size} ${font}>${title}${shapes.join("")}</svg>`;
  const bytes = new TextEncoder().encode(svg);
  const coded = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `![${words.replaceAll(/[[\]\\\n]/g, " ")}](data:image/svg+xml;base64,${coded})`;
}

/** A line of text; `y` is its baseline. */
export function textAt(x: number, y: number, text: string, look: { fill: string; anchor?: "end" | "middle" }): string {
  const anchor = look.anchor === undefined ? "" : ` text-anchor="${look.anchor}"`;
  return `<text x="${round(x)}" y="${round(y)}" fill="${look.fill}"${anchor}>${escapeXml(text)}</text>`;
}

/** A filled box. `attributes` are more of its own, such as a dash. */
export function boxAt(
  box: { x: number; y: number; width: number; height: number },
  fill: string,
  attributes = "",
): string {
  const { x, y, width, height } = box;
  const at = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<rect ${at} fill="${fill}"${attributes === "" ? "" : ` ${attributes}`}/>`;
}

/** A pattern of stripes, which tells a part from its neighbour without its colour. */
export function stripes(id: string, stroke: string, degrees: number): string {
  const turned = `patternUnits="userSpaceOnUse" width="6" height="6" patternTransform="rotate(${degrees})"`;
  return `<pattern id="${id}" ${turned}><path d="M0 0V6" stroke="${stroke}" stroke-width="3"/></pattern>`;
}

/** Text between tags or in an attribute. What no XML may hold is left out. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A coordinate with one decimal. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
