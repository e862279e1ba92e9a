import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { removeFolder, temporaryFolder } from "./helper.ts";

const CAPTURES = resolve(import.meta.dirname, "../fixtures/ax");

/** A captured window, perhaps of a program by another name. */
export interface OpenWindow {
  /** A file of the captures, without `.json.gz`. */
  capture: string;
  app?: string;
}

/** A folder for LOOPD_SCREEN_BACKEND in which these windows are open; gone when the test is. */
export function screenFolder(...windows: OpenWindow[]): string {
  const folder = temporaryFolder("screen");
  onTestFinished(() => removeFolder(folder));
  for (const [at, { capture, app }] of windows.entries()) {
    const text = gunzipSync(readFileSync(join(CAPTURES, `${capture}.json.gz`))).toString();
    const captured = JSON.parse(text) as { app: string };
    writeFileSync(join(folder, `${at}.json`), JSON.stringify({ ...captured, app: app ?? captured.app }));
  }
  return `fixture:${folder}`;
}
