import { statSync } from "node:fs";
import { join } from "node:path";
import { type Config, parseConfig } from "../src/protocol/config.ts";
import { asLoopdError, type LoopdError } from "../src/protocol/errors.ts";
import type { Json } from "../src/protocol/values.ts";
import { readPrivateFile, writePrivateJson } from "./private-file.ts";

/** `config.json` as the person wrote it: defaults are not filled in, so that rewriting keeps it theirs. */
export type RawConfig = { endpoint?: string; endpoints?: { [name: string]: Json }; [key: string]: Json | undefined };

/** The person's `config.json`, read again whenever it changes. */
export interface ConfigFile {
  /**
   * The newest version that was valid. Cheap: one stat where nothing changed, and none where this turn of the event loop
   * has looked already, since a step asks dozens of times and hears of nothing that happens in between.
   */
  current(): Config;
  /** Why the file as it is now cannot be used; undefined once it is mended. */
  lastProblem(): LoopdError | undefined;
  /**
   * Changes the file: `change` is called once the file as it is now has proved valid, and what comes out is checked
   * before it is written.
   * @throws LoopdError `config-invalid` when the file is broken now: a person's half-done edit is never overwritten.
   */
  edit(change: (raw: RawConfig) => void): void;
}

/**
 * Opens the `config.json` of a home; a missing file means all defaults.
 * @throws LoopdError `config-invalid` when it is broken.
 */
export function openConfigFile(home: string): ConfigFile {
  const path = join(home, "config.json");
  let seen = stampOf(path);
  let config = parseConfig(readPrivateFile(path) ?? "{}", path);
  let problem: LoopdError | undefined;
  let isFresh = false;

  function refresh(): void {
    if (isFresh) return;
    isFresh = true;
    setImmediate(() => (isFresh = false));
    const stamp = stampOf(path);
    if (stamp === seen) return;
    seen = stamp;
    try {
      config = parseConfig(readPrivateFile(path) ?? "{}", path);
      problem = undefined;
    } catch (thrown) {
      problem = asLoopdError(thrown);
    }
  }

  return {
    current() {
      refresh();
      return config;
    },
    lastProblem() {
      refresh();
      return problem;
    },
    edit(change) {
      const text = readPrivateFile(path) ?? "{}";
      parseConfig(text, path);
      const raw = JSON.parse(text) as RawConfig;
      change(raw);
      const checked = parseConfig(JSON.stringify(raw), path);
      writePrivateJson(path, raw);
      seen = stampOf(path);
      config = checked;
      problem = undefined;
    },
  };
}

/** Changes whenever the file does; an editor that replaces it gives it another inode. */
function stampOf(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined ? "none" : `${status.ino} ${status.mtimeMs} ${status.size}`;
}
