import type { Canvas } from "./canvas.ts";
import { type Appearance, colourOf, themeOf } from "./theme.ts";

const RING = '<circle cx="8" cy="8" r="6"/>';
const FILLED = '<circle cx="8" cy="8" r="6" fill="currentColor"/>';

/** Raycast's icons drawn simply, in a square of 16; the first name that an icon's name begins with counts. */
const GLYPHS: readonly [string, string][] = [
  ["check-circle", `${RING}<path d="M5.3 8.2l1.9 1.9 3.6-4"/>`],
  ["check", '<path d="M3 8.5l3.3 3.3L13 4.5"/>'],
  ["x-mark-circle", `${RING}<path d="M6 6l4 4M10 6l-4 4"/>`],
  ["x-mark", '<path d="M4 4l8 8M12 4l-8 8"/>'],
  ["warning", '<path d="M8 2.5L14 13H2z"/><path d="M8 6.5v3M8 11.2v.1"/>'],
  ["exclamation", '<path d="M8 3v6.5M8 12.4v.2"/>'],
  ["question-mark", `${RING}<path d="M6.4 6.4a1.7 1.7 0 113 1c-.5.6-1.4.8-1.4 1.8M8 11.2v.1"/>`],
  ["clock", `${RING}<path d="M8 4.8V8l2.2 1.5"/>`],
  ["alarm", `${RING}<path d="M8 4.8V8l2.2 1.5"/>`],
  ["calendar", '<rect x="2.5" y="3.5" width="11" height="10" rx="1.5"/><path d="M2.5 6.8h11M5.5 2v3M10.5 2v3"/>'],
  ["repeat", '<path d="M3 7a4 4 0 014-3.5h6M11 1.5l2 2-2 2M13 9a4 4 0 01-4 3.5H3M5 14.5l-2-2 2-2"/>'],
  ["arrow-clockwise", '<path d="M13 8a5 5 0 11-1.5-3.6M13 2v3h-3"/>'],
  ["arrow-left", '<path d="M13 8H3M7 4L3 8l4 4"/>'],
  ["arrow-right", '<path d="M3 8h10M9 4l4 4-4 4"/>'],
  ["speech-bubble", '<path d="M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z"/>'],
  ["message", '<path d="M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z"/>'],
  ["stop", '<rect x="3.5" y="3.5" width="9" height="9" rx="1.5"/>'],
  ["play", '<path d="M4.5 3l8 5-8 5z"/>'],
  ["pause", '<path d="M5.5 3.5v9M10.5 3.5v9"/>'],
  ["pencil", '<path d="M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z"/>'],
  ["plus", '<path d="M8 3v10M3 8h10"/>'],
  ["minimize", '<path d="M9.5 2.5v4h4M6.5 13.5v-4h-4"/>'],
  ["trash", '<path d="M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 9h6l.5-9"/>'],
  ["eye", '<path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="1.8"/>'],
  ["person", '<circle cx="8" cy="5.3" r="2.6"/><path d="M3 13.5c.5-3 2.5-4 5-4s4.5 1 5 4"/>'],
  ["list", '<path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>'],
  ["document", '<path d="M4 2h5l3 3v9H4zM9 2v3h3"/>'],
  ["clipboard", '<rect x="3.5" y="3" width="9" height="11" rx="1.5"/><path d="M6 3V1.8h4V3"/>'],
  ["copy-clipboard", '<rect x="5" y="5" width="8" height="9" rx="1.5"/><path d="M3 11V3.5A1.5 1.5 0 014.5 2H10"/>'],
  ["magnifying-glass", '<circle cx="7" cy="7" r="4.2"/><path d="M10.2 10.2L14 14"/>'],
  [
    "gear",
    '<circle cx="8" cy="8" r="2.2"/><path d="M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6L5 5M11 11l1.4 1.4M12.4 3.6L11 5M5 11l-1.4 1.4"/>',
  ],
  ["shield", '<path d="M8 2l5 1.8v4c0 3-2 5-5 6.2-3-1.2-5-3.2-5-6.2v-4z"/>'],
  ["plug", '<path d="M5.5 2v3M10.5 2v3M4 5h8v3a4 4 0 01-8 0zM8 12v2.5"/>'],
  ["switch", '<path d="M3 5.5h9M10 3l2.5 2.5L10 8M13 10.5H4M6 8l-2.5 2.5L6 13"/>'],
  ["undo", '<path d="M3 6.5h6.5a3.5 3.5 0 010 7H6M6 3.5l-3 3 3 3"/>'],
  ["rewind", '<path d="M8 4L3 8l5 4zM13.5 4l-5 4 5 4z"/>'],
  ["eraser", '<path d="M6 13.5l-3.5-3.5 7-7L13 6.5l-7 7zM6 13.5h7.5"/>'],
  ["tray", '<path d="M2.5 9.5l2-6h7l2 6v4h-11zM2.5 9.5h3.5l1 1.5h2l1-1.5h3.5"/>'],
  ["text-cursor", '<path d="M6 2.5c1 0 2 .5 2 1.5v8c0 1-1 1.5-2 1.5M10 2.5c-1 0-2 .5-2 1.5M10 13.5c-1 0-2-.5-2-1.5"/>'],
  ["code", '<path d="M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5"/>'],
  ["compass", `${RING}<path d="M10.5 5.5L9 9l-3.5 1.5L7 7z"/>`],
  ["bar-chart", '<path d="M3 13.5v-4M8 13.5v-11M13 13.5v-7"/>'],
  ["terminal", '<rect x="2" y="3" width="12" height="10" rx="1.5"/><path d="M4.5 6l2 2-2 2M8 10h3"/>'],
  ["bell", '<path d="M4 11V7a4 4 0 018 0v4l1 1.2H3zM7 14h2"/>'],
  ["globe", `${RING}<path d="M2 8h12M8 2c2 2 2 10 0 12M8 2c-2 2-2 10 0 12"/>`],
  ["link", '<path d="M6.5 9.5l3-3M7 4.5L9 2.7a2.8 2.8 0 014 4L11.2 8.5M9 11.5L7 13.3a2.8 2.8 0 01-4-4l1.8-1.8"/>'],
  ["circle-filled", FILLED],
  ["circle-progress", `${RING}<path d="M8 2a6 6 0 010 12z" fill="currentColor"/>`],
  ["circle", RING],
  ["dot", '<circle cx="8" cy="8" r="2.5" fill="currentColor"/>'],
];
const UNKNOWN = '<rect x="3" y="3" width="10" height="10" rx="2.5"/>';

/** Draws an icon as Raycast takes it: a name, an emoji, a file, or one of these with a colour. Nothing for none. */
export function drawIcon(
  canvas: Canvas,
  icon: unknown,
  at: { x: number; y: number; size: number },
  appearance: Appearance,
): boolean {
  const { source, tint } = sourceOf(icon, appearance);
  if (source === undefined) return false;
  const { x, y, size } = at;
  const colour = tint ?? themeOf(appearance).quiet;
  if (/^data:/.test(source)) canvas.image({ x, y, width: size, height: size }, source);
  else if (!/^[\w-]+-(16|24)$/.test(source) && !/\.\w+$/.test(source))
    canvas.text(x, y + size * 0.85, { text: source, size: size * 0.9, fill: colour });
  else canvas.glyph(x, y, size, colour, glyphOf(source));
  return true;
}

function glyphOf(source: string): string {
  return GLYPHS.find(([name]) => source.startsWith(name))?.[1] ?? UNKNOWN;
}

function sourceOf(icon: unknown, appearance: Appearance): { source?: string; tint?: string | undefined } {
  if (typeof icon === "string") return { source: icon };
  if (typeof icon !== "object" || icon === null) return {};
  const { value, source, tintColor } = icon as Record<string, unknown>;
  if (value !== undefined) return sourceOf(value, appearance);
  const own = typeof source === "object" && source !== null ? (source as Record<string, unknown>)[appearance] : source;
  return { ...sourceOf(own, appearance), tint: colourOf(tintColor, appearance) };
}
