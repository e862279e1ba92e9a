import { type Look, shortened, widthOf } from "./measure.ts";

/** A piece of text in one look. */
export interface Run extends Look {
  text: string;
  fill: string;
  isItalic?: boolean;
  isUnderlined?: boolean;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const SANS = `-apple-system, 'SF Pro Text', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif`;
const MONO = `ui-monospace, 'SF Mono', Menlo, 'Liberation Mono', 'DejaVu Sans Mono', monospace`;

/** Collects shapes of an SVG. Coordinates are pixels, baselines for text. */
export class Canvas {
  readonly #shapes: string[] = [];
  #clips = 0;

  rect({ x, y, width, height }: Box, look: { fill: string; radius?: number; stroke?: string }): void {
    const radius = look.radius === undefined ? "" : ` rx="${look.radius}"`;
    const stroke = look.stroke === undefined ? "" : ` stroke="${look.stroke}"`;
    const size = `x="${n(x)}" y="${n(y)}" width="${n(Math.max(0, width))}" height="${n(Math.max(0, height))}"`;
    this.#shapes.push(`<rect ${size}${radius} fill="${look.fill}"${stroke}/>`);
  }

  line(x1: number, y1: number, x2: number, y2: number, stroke: string): void {
    this.#shapes.push(`<path d="M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}" stroke="${stroke}"/>`);
  }

  /** Puts one text; `width` shortens it to fit. Gives its width. */
  text(x: number, y: number, run: Run, place: { anchor?: "end" | "middle"; width?: number } = {}): number {
    const text = place.width === undefined ? run.text : shortened(run.text, place.width, run);
    const anchor = place.anchor === undefined ? "" : ` text-anchor="${place.anchor}"`;
    const width = widthOf(text, run);
    this.#shapes.push(
      `<text x="${n(x)}" y="${n(y)}"${anchor}${lookOf(run)}${lengthOf(text, width)}>${escaped(text)}</text>`,
    );
    return width;
  }

  /** Puts runs of several looks in one line. */
  runs(x: number, y: number, runs: readonly Run[]): void {
    const spans = runs.map((run) => `<tspan${lookOf(run)}>${escaped(run.text)}</tspan>`).join("");
    const text = runs.map((run) => run.text).join("");
    const width = runs.reduce((sum, run) => sum + widthOf(run.text, run), 0);
    this.#shapes.push(`<text x="${n(x)}" y="${n(y)}"${lengthOf(text, width)}>${spans}</text>`);
  }

  image({ x, y, width, height }: Box, source: string): void {
    const size = `x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"`;
    this.#shapes.push(`<image ${size} href="${escaped(source)}"/>`);
  }

  /** Puts a shape of an icon, drawn in a square of 16. */
  glyph(x: number, y: number, size: number, colour: string, shape: string): void {
    const look = `fill="none" stroke="${colour}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"`;
    const inner = shape.replaceAll("currentColor", colour);
    this.#shapes.push(`<g transform="translate(${n(x)} ${n(y)}) scale(${n(size / 16)})" ${look}>${inner}</g>`);
  }

  /** Draws something of which only the part inside of a box is seen. */
  clipped({ x, y, width, height }: Box, draw: () => void): void {
    const id = `c${++this.#clips}`;
    const size = `x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"`;
    this.#shapes.push(`<clipPath id="${id}"><rect ${size}/></clipPath><g clip-path="url(#${id})">`);
    draw();
    this.#shapes.push("</g>");
  }

  raw(shape: string): void {
    this.#shapes.push(shape);
  }

  /** The whole picture. `words` is for whoever does not see it. */
  svg(width: number, height: number, words: string): string {
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
    const head = `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size} xml:space="preserve" font-family="${SANS}">`;
    return `${head}\n<title>${escaped(words)}</title>\n${this.#shapes.join("\n")}\n</svg>\n`;
  }
}

function lookOf({ size, fill, isBold, isMono, isItalic, isUnderlined }: Run): string {
  return [
    ` font-size="${n(size)}" fill="${fill}"`,
    isBold === true ? ' font-weight="600"' : "",
    isMono === true ? ` font-family="${MONO}"` : "",
    isItalic === true ? ' font-style="italic"' : "",
    isUnderlined === true ? ' text-decoration="underline"' : "",
  ].join("");
}

/** Has every font take the width that was reckoned with. One letter, such as an emoji, takes its own. */
function lengthOf(text: string, width: number): string {
  return text.length > 2 ? ` textLength="${n(width)}" lengthAdjust="spacingAndGlyphs"` : "";
}

function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A coordinate with one decimal. */
function n(value: number): number {
  return Math.round(value * 10) / 10;
}
