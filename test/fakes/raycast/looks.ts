import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Instance } from "./reconciler.ts";

/** Raycast's own colours and the forms of CSS that it documents. */
const COLOUR = /^(raycast-[a-z-]+|#[0-9a-f]{3}([0-9a-f]([0-9a-f]{2}){0,2})?|(rgb|hsl)a?\([^)]+\))$/i;
const ICON = /^[a-z0-9-]+-(16|24)$/;
const EMOJI = /^\p{Extended_Pictographic}/u;

/** Names icons that are nowhere and colours that are none; the declarations take any text for both. */
export function wrongLook(node: Instance, assetsPath: string): string[] {
  return Object.entries(node.props).flatMap(([name, value]) => {
    const path = `${node.type}.${name}`;
    if (name === "icon") return iconMistakes(value, path, assetsPath);
    if (name === "color") return colourMistakes(value, path);
    if (name === "accessories" && Array.isArray(value))
      return value.flatMap((accessory, index) => accessoryMistakes(accessory, `${path}[${index}]`, assetsPath));
    return [];
  });
}

function accessoryMistakes(accessory: unknown, path: string, assetsPath: string): string[] {
  const { icon, text, tag, date } = accessory as Record<string, unknown>;
  const colours = [text, tag, date].flatMap((part) => (isPlain(part) ? colourMistakes(part["color"], path) : []));
  return [...iconMistakes(icon, `${path}.icon`, assetsPath), ...colours];
}

function iconMistakes(icon: unknown, path: string, assetsPath: string): string[] {
  if (typeof icon === "string")
    return isSource(icon, assetsPath) ? [] : [`${path} "${icon}" is no icon and no file of assets`];
  if (!isPlain(icon)) return [];
  if ("value" in icon) return iconMistakes(icon["value"], path, assetsPath);
  const { source, fallback, tintColor, light, dark } = icon;
  return [
    ...[source, fallback, light, dark].flatMap((part) => iconMistakes(part, path, assetsPath)),
    ...colourMistakes(tintColor, `${path}.tintColor`),
  ];
}

function isSource(source: string, assetsPath: string): boolean {
  if (ICON.test(source) || EMOJI.test(source) || /^(https?|data|file):/.test(source)) return true;
  return existsSync(isAbsolute(source) ? source : join(assetsPath, source));
}

function colourMistakes(colour: unknown, path: string): string[] {
  if (typeof colour === "string") return COLOUR.test(colour) ? [] : [`${path} "${colour}" is no colour of Raycast`];
  if (!isPlain(colour)) return [];
  return [colour["light"], colour["dark"]].flatMap((part) => colourMistakes(part, path));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}
