import { type KeyChord, type Modifier } from "../../actions/key-chord.ts";
import { Problem } from "../../problem.ts";
import { REGISTRY } from "./bus.ts";
import type { Look } from "./look.ts";

/* Keys and mouse as if a person used them, through the registry (XTest). They go to whatever has the keyboard or lies at the
   point, so whoever calls this has checked that first. */

const CONTROLLER = { bus: REGISTRY.bus, path: "/org/a11y/atspi/registry/deviceeventcontroller" };
const KEY_SYMBOL = 3;
const KEY_STRING = 4;
const LOCK = 5;
const UNLOCK = 6;
const MASKS: Record<Modifier, number> = { shift: 1, ctrl: 4, alt: 8, super: 64 };

/** Key symbols of X11 that are no character. */
const SYMBOLS: Record<string, number> = {
  ...{ BackSpace: 0xff08, Tab: 0xff09, Return: 0xff0d, Escape: 0xff1b, Delete: 0xffff, Insert: 0xff63, Menu: 0xff67 },
  ...{ Home: 0xff50, Left: 0xff51, Up: 0xff52, Right: 0xff53, Down: 0xff54, Page_Up: 0xff55, Page_Down: 0xff56 },
  ...{ End: 0xff57, space: 0x20, plus: 0x2b, minus: 0x2d },
  ...Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`F${index + 1}`, 0xffbe + index])),
};

/** The key symbol of a name or a character: Latin 1 is itself, everything else lies above 0x1000000. */
function symbolOf(key: string): number {
  const point = key.codePointAt(0) ?? 0;
  return SYMBOLS[key] ?? (point < 0x100 ? point : 0x1000000 + point);
}

async function generate(look: Look, code: number, text: string, kind: number): Promise<Problem | undefined> {
  const parameters = { signature: "isu", body: [code, text, kind] };
  const answer = await look.call(CONTROLLER, "DeviceEventController.GenerateKeyboardEvent", parameters);
  return answer instanceof Problem ? answer : undefined;
}

/** Presses keys together. Modifiers are let go even if the key could not be pressed. */
export async function pressKeys(look: Look, { modifiers, key }: KeyChord): Promise<Problem | undefined> {
  const mask = modifiers.reduce((sum, modifier) => sum | MASKS[modifier], 0);
  const locked = mask === 0 ? undefined : await generate(look, mask, "", LOCK);
  const pressed = locked ?? (await generate(look, symbolOf(key), "", KEY_SYMBOL));
  if (mask !== 0) await generate(look, mask, "", UNLOCK);
  return pressed;
}

/** Types a text. Line breaks are the Return key. */
export async function typeKeys(look: Look, text: string): Promise<Problem | undefined> {
  const lines = text.split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) {
    const broken = index === 0 ? undefined : await generate(look, symbolOf("Return"), "", KEY_SYMBOL);
    const problem = broken ?? (line === "" ? undefined : await generate(look, 0, line, KEY_STRING));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Clicks a point of the screen; wheel: buttons 4 to 7. */
export async function clickAt(look: Look, x: number, y: number, button: number): Promise<Problem | undefined> {
  const parameters = { signature: "iis", body: [Math.round(x), Math.round(y), `b${button}c`] };
  const answer = await look.call(CONTROLLER, "DeviceEventController.GenerateMouseEvent", parameters);
  return answer instanceof Problem ? answer : undefined;
}
