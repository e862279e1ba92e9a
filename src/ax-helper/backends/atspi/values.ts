import type { Target } from "./bus.ts";

/* What a program answers is a stranger's: anything that is not what was asked for is nothing. */

/** A whole number that is not negative, or 0. */
export function asCount(value: unknown): number {
  return typeof value === "number" && value > 0 ? Math.floor(value) : 0;
}

/** A string of at most so many characters, without half a character at its end. */
export function asText(value: unknown, most: number): string {
  if (typeof value !== "string") return "";
  if (value.length <= most) return value;
  const last = value.charCodeAt(most - 1);
  return value.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

/** A list, or an empty one. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Numbers, or none. */
export function asNumbers(value: unknown): number[] {
  return asList(value).filter((item) => typeof item === "number");
}

/** An object; undefined when it is none, or the null object. */
export function asTarget(value: unknown): Target | undefined {
  const [bus, path] = asList(value);
  if (typeof bus !== "string" || typeof path !== "string" || path === "/org/a11y/atspi/null") return undefined;
  return bus === "" || path === "" ? undefined : { bus, path };
}

/** The id of an element: the connection of its program and its path there, which no other ever gets while it lives. */
export function idOf({ bus, path }: Target): string {
  return bus + path;
}

/** The object that an id names; undefined when it is no such id. */
export function targetOf(id: string): Target | undefined {
  const [, bus, path] = /^(:[0-9]+\.[0-9]+)((?:\/[A-Za-z0-9_]+)+)$/.exec(id) ?? [];
  return bus === undefined || path === undefined ? undefined : { bus, path };
}
