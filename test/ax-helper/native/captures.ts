import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { CapturedWindow } from "./captured-world.ts";

const folder = new URL("../../fixtures/ax/", import.meta.url);

/** Names of the captures from real programs, without their endings. */
export function captureNames(): string[] {
  return readdirSync(folder)
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .map((name) => name.replace(/\.json(\.gz)?$/, ""))
    .sort();
}

/** One of them. */
export function readCapture(name: string): CapturedWindow {
  return JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, folder))).toString()) as CapturedWindow;
}
