/** What outlives a command: pass the same one to two launches to relaunch it. */
export interface Storage {
  local: Map<string, string | number | boolean>;
  cache: Map<string, string>;
  /** By command: values of a form with drafts that was closed before it was submitted. */
  drafts: Map<string, Record<string, unknown>>;
  /** By command: the subtitle it gave itself with `updateCommandMetadata`. */
  subtitles: Map<string, string>;
  /** By id: the choice of a list's dropdown with `storeValue`. */
  choices: Map<string, string>;
}

/** An empty one, as after installing the extension. */
export function createStorage(): Storage {
  return { local: new Map(), cache: new Map(), drafts: new Map(), subtitles: new Map(), choices: new Map() };
}

/** Makes a map hold just these values. */
export function refill(map: Map<string, unknown>, values: Readonly<Record<string, unknown>>): void {
  map.clear();
  for (const [name, value] of Object.entries(values)) map.set(name, value);
}
