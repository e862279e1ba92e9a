import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import * as z from "zod";
import {
  type Capabilities,
  capabilitiesSchema,
  type Counting,
  type UsableWindow,
} from "../../src/protocol/endpoint-profile.ts";
import type { EndpointProfile } from "../../src/protocol/config.ts";
import { readPrivateFile, writePrivateJson } from "../private-file.ts";
import { errorOf, factorOf, RATIOS_KEPT, withRatio } from "./token-factor.ts";

const fileSchema = z.object({
  endpoints: z.record(z.string(), z.object({ identity: z.string(), capabilities: capabilitiesSchema })).default({}),
  /** By endpoint, then by model: tokens reported, as multiples of bytes / 3.5; the newest last. */
  ratios: z.record(z.string(), z.record(z.string(), z.array(z.number()).max(RATIOS_KEPT))).default({}),
  /** Addresses that were offered to the person. */
  offered: z.array(z.string()).default([]),
});
type FileContent = z.output<typeof fileSchema>;

/** What was found out about endpoints, in `capabilities.json`; all of it can be found out again. */
export interface CapabilityFile {
  /** Empty where the endpoint was never probed, or has another address or model by now. */
  of(name: string, profile: EndpointProfile): Capabilities;
  keep(name: string, profile: EndpointProfile, found: Capabilities): void;
  /** Forgets everything of an endpoint. */
  forget(name: string): void;
  /** Forgets what was learnt about counting tokens. */
  forgetCounting(name: string): void;
  /** Takes in how many tokens the server counted in a request of so many bytes. Kept on disk a little later. */
  learn(name: string, model: string, bytes: number, tokens: number): void;
  /** Tokens per 3.5 bytes; 1 where nothing was learnt. */
  factorOf(name: string, model: string): number;
  counting(name: string): Counting[];
  /** Whether an address is offered for the first time; remembers that it was. */
  isNewOffer(url: string): boolean;
}

/** Windows that are taken where nobody knows better: the usual one of local runtimes, and less than any service has. */
const ASSUMED_WINDOW = { local: 4_096, remote: 32_768 } as const;
const MAX_MODELS = 50;

/** The window that counts: never more than is loaded, never more than the person declared. What a server claims is no window. */
export function usableWindowOf({ window, trust }: EndpointProfile, { loadedWindow }: Capabilities): UsableWindow {
  const loaded = typeof loadedWindow?.value === "number" ? loadedWindow.value : undefined;
  if (loaded !== undefined && loadedWindow !== undefined && (window === undefined || loaded < window))
    return { tokens: loaded, source: "loaded", at: loadedWindow.at };
  if (window !== undefined) return { tokens: window, source: "declared" };
  return { tokens: ASSUMED_WINDOW[trust], source: "assumed" };
}

/** Opens the `capabilities.json` of a home. A broken one counts as empty. */
export function openCapabilities(home: string): CapabilityFile {
  const path = join(home, "capabilities.json");
  let content = contentOf(path);
  let writing: Promise<void> | undefined;
  let isStale = false;

  const save = (changed: FileContent) => {
    writePrivateJson(path, changed);
    content = changed;
  };
  /** Away from the loop's path, one at a time; what is lost in a crash is learnt again. */
  const saveLater = () => {
    isStale = true;
    writing ??= (async () => {
      while (isStale) {
        isStale = false;
        await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 }).catch(() => undefined);
      }
      writing = undefined;
    })();
  };
  const ratiosOf = (name: string): Record<string, number[]> => own(content.ratios, name) ?? {};

  return {
    of(name, profile) {
      const known = own(content.endpoints, name);
      return known?.identity === identityOf(profile) ? known.capabilities : {};
    },
    keep(name, profile, capabilities) {
      const record = { identity: identityOf(profile), capabilities };
      save({ ...content, endpoints: { ...content.endpoints, [name]: record } });
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
      if (isWorthIt) saveLater();
    },
    factorOf: (name, model) => factorOf(own(ratiosOf(name), model) ?? []),
    counting: (name) =>
      Object.entries(ratiosOf(name)).map(([model, ratios]) => ({
        ...{ model, factor: factorOf(ratios), error: errorOf(ratios), requests: ratios.length },
      })),
    isNewOffer(url) {
      if (content.offered.includes(url)) return false;
      save({ ...content, offered: [...content.offered, url].slice(-100) });
      return true;
    },
  };
}

/** A model may be called `constructor`. */
function own<V>(values: Record<string, V>, name: string): V | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** What the findings are about; another model or address must be asked anew. */
function identityOf({ url, model }: EndpointProfile): string {
  return JSON.stringify([url, model]);
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
