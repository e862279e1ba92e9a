import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import writeFileAtomic from "write-file-atomic";
import * as z from "zod";
import { type Capabilities, capabilitiesSchema, type Counting } from "../../src/protocol/endpoint-profile.ts";
import type { EndpointProfile } from "../../src/protocol/config.ts";
import { readPrivateFile, writePrivateJson } from "../private-file.ts";
import { UNSAVED_PREFIX } from "../../src/protocol/config.ts";
import { errorOf, factorOf, RATIOS_KEPT, withRatio } from "./token-factor.ts";

const knownSchema = z.object({
  /** The address that the findings are about; what is found at another one says nothing. */
  url: z.string(),
  /** By model. */
  models: z.record(z.string(), capabilitiesSchema),
});
const fileSchema = z.object({
  endpoints: z.record(z.string(), knownSchema).catch({}).default({}),
  /** By endpoint, then by model: tokens reported, as multiples of bytes / 3.5; the newest last. */
  ratios: z.record(z.string(), z.record(z.string(), z.array(z.number()).max(RATIOS_KEPT))).default({}),
  /** Addresses that were offered to the person. */
  offered: z.array(z.string()).default([]),
});
type FileContent = z.output<typeof fileSchema>;

/** An endpoint's model, as far as findings go. */
type Place = Pick<EndpointProfile, "url" | "model">;

/**
 * What was found out about endpoints, in `capabilities.json`; all of it can be found out again. Of endpoints that were
 * never saved it is kept in memory alone.
 */
export interface CapabilityFile {
  /** Empty where that model was never looked at there, or the endpoint has another address by now. */
  of(name: string, place: Place): Capabilities;
  /** Replaces what was known. */
  keep(name: string, place: Place, found: Capabilities): void;
  /** Adds to what was known; `undefined` takes back. Kept on disk now, or a little later where that fails. */
  note(name: string, place: Place, changes: Record<string, Capabilities[string] | undefined>): void;
  /** Forgets everything of an endpoint. */
  forget(name: string): void;
  /** Forgets what was learnt about counting tokens. */
  forgetCounting(name: string): void;
  /** Takes in how many tokens the server counted in a request of so many bytes. Kept on disk a little later. */
  learn(name: string, model: string, bytes: number, tokens: number): void;
  counting(name: string): Counting[];
  /** Another object whenever anything is known otherwise. */
  revision(): object;
  /** Whether an address is offered for the first time; remembers that it was. */
  isNewOffer(url: string): boolean;
}

/** What was learnt is written so long after it, together with what is learnt meanwhile. */
const SAVE_MS = 1_000;
const MAX_MODELS = 50;

/** Opens the `capabilities.json` of a home. A broken one counts as empty. */
export function openCapabilities(home: string): CapabilityFile {
  const path = join(home, "capabilities.json");
  let content = contentOf(path);
  let writing: Promise<void> | undefined;
  let isStale = false;

  const save = (changed: FileContent) => {
    writePrivateJson(path, persistent(changed));
    content = changed;
  };
  /** Away from the loop's path, one at a time and not more often than that; what is lost in a crash is learnt again. */
  const saveLater = (name: string) => {
    if (name.startsWith(UNSAVED_PREFIX)) return;
    isStale = true;
    writing ??= (async () => {
      while (isStale) {
        isStale = false;
        await pause(SAVE_MS, undefined, { ref: false });
        const text = `${JSON.stringify(persistent(content), null, 2)}\n`;
        await writeFileAtomic(path, text, { mode: 0o600 }).catch(() => undefined);
      }
      writing = undefined;
    })();
  };
  const ratiosOf = (name: string): Record<string, number[]> => own(content.ratios, name) ?? {};
  const modelsAt = (name: string, { url }: Place): Record<string, Capabilities> => {
    const known = own(content.endpoints, name);
    return known?.url === url ? known.models : {};
  };
  const withFound = (name: string, place: Place, found: Capabilities): FileContent => {
    const others = Object.entries(modelsAt(name, place)).filter(([model]) => model !== place.model);
    const models = Object.fromEntries([...others.slice(1 - MAX_MODELS), [place.model, found]]);
    return { ...content, endpoints: { ...content.endpoints, [name]: { url: place.url, models } } };
  };
  const of = (name: string, place: Place): Capabilities => own(modelsAt(name, place), place.model) ?? {};

  return {
    of,
    keep: (name, place, found) => save(withFound(name, place, found)),
    note(name, place, changes) {
      const before = of(name, place);
      if (Object.entries(changes).every(([key, value]) => value === undefined && own(before, key) === undefined))
        return;
      const merged = Object.entries({ ...before, ...changes });
      const found = Object.fromEntries(merged.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
      content = withFound(name, place, found);
      if (name.startsWith(UNSAVED_PREFIX)) return;
      try {
        save(content);
      } catch {
        // On the way of a reply: a full disk must not end the turn.
        saveLater(name);
      }
    },
    forget(name) {
      const isKnown = Object.hasOwn(content.endpoints, name) || Object.hasOwn(content.ratios, name);
      if (isKnown)
        save({ ...content, endpoints: without(content.endpoints, name), ratios: without(content.ratios, name) });
    },
    forgetCounting(name) {
      if (Object.hasOwn(content.ratios, name)) save({ ...content, ratios: without(content.ratios, name) });
    },
    learn(name, model, bytes, tokens) {
      const models = ratiosOf(name);
      const before = own(models, model) ?? [];
      const after = withRatio(before, bytes, tokens);
      if (after === before || (!Object.hasOwn(models, model) && Object.keys(models).length >= MAX_MODELS)) return;
      content = { ...content, ratios: { ...content.ratios, [name]: { ...models, [model]: after } } };
      const isWorthIt = after.length < RATIOS_KEPT || Math.abs(factorOf(after) / factorOf(before) - 1) > 0.01;
      if (isWorthIt) saveLater(name);
    },
    counting: (name) =>
      Object.entries(ratiosOf(name)).map(([model, ratios]) => ({
        ...{ model, factor: factorOf(ratios), error: errorOf(ratios), requests: ratios.length },
      })),
    revision: () => content,
    isNewOffer(url) {
      if (content.offered.includes(url)) return false;
      save({ ...content, offered: [...content.offered, url].slice(-100) });
      return true;
    },
  };
}

/** What outlives the helper. */
function persistent({ endpoints, ratios, offered }: FileContent): FileContent {
  const saved = <V>(values: Record<string, V>) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith(UNSAVED_PREFIX)));
  return { endpoints: saved(endpoints), ratios: saved(ratios), offered };
}

/** A model may be called `constructor`. */
function own<V>(values: Record<string, V>, name: string): V | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function without<V>(values: Record<string, V>, name: string): Record<string, V> {
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== name));
}

function contentOf(path: string): FileContent {
  try {
    return fileSchema.parse(JSON.parse(readPrivateFile(path) ?? "{}"));
  } catch {
    return fileSchema.parse({});
  }
}
