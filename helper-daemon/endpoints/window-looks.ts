import type { Capabilities } from "../../src/protocol/endpoint-profile.ts";
import type { Millis } from "../../src/protocol/values.ts";
import type { CapabilityFile } from "./capabilities.ts";
import type { ResolvedEndpoint } from "./model-port.ts";

/** Whom a look is about. */
interface Whom {
  endpoint: string;
  model: string;
}

/** Asks runtimes on this machine how large a window they have loaded, so that nobody has to probe them for it. */
export interface WindowLooks {
  /**
   * Looks, unless it has been done within the last minute. Resolves after a second at most, whatever the server does, and
   * at once for endpoints elsewhere, which are not asked.
   */
  look(whom: Whom, signal: AbortSignal): Promise<void>;
  /**
   * The model has answered. Where nobody knew its window, it may be in memory only now: looks once more, while the loop
   * goes on.
   */
  answered(whom: Whom): void;
}

/** Where looks get to know about endpoints, and keep what they see. */
export interface WindowLooksOptions {
  resolve(name: string): ResolvedEndpoint | undefined;
  capabilities: Pick<CapabilityFile, "of" | "note">;
}

/** For all answers of one look together. */
const LOOK_MS: Millis = 1_000;
const AGAIN_AFTER_MS: Millis = 60_000;
/** A date that is not older stays, so that the file is not written every minute. */
const FRESH_MS: Millis = 3_600_000;
const MAX_KNOWN = 1_000;

/** Creates them; nothing is asked yet. Only GET requests leave, to the profile's own address. */
export function createWindowLooks({ resolve, capabilities }: WindowLooksOptions): WindowLooks {
  /** When each was last looked at, by `performance.now()`, and what is under way. */
  const looks = new Map<string, { at: Millis; done: Promise<void>; hasAnswered: boolean }>();
  const keyOf = ({ endpoint, model }: Whom, { profile }: ResolvedEndpoint) =>
    JSON.stringify([endpoint, profile.url, model]);

  const askable = (name: string): ResolvedEndpoint | undefined => {
    const found = resolve(name);
    return found?.profile.trust === "local" ? found : undefined;
  };
  const begin = (whom: Whom, endpoint: ResolvedEndpoint, hasAnswered: boolean): Promise<void> => {
    if (looks.size >= MAX_KNOWN) looks.clear();
    const done = lookAt(whom, endpoint, capabilities).catch(() => undefined);
    looks.set(keyOf(whom, endpoint), { at: performance.now(), done, hasAnswered });
    return done;
  };

  return {
    async look(whom, signal) {
      const endpoint = askable(whom.endpoint);
      if (endpoint === undefined || signal.aborted) return;
      const last = looks.get(keyOf(whom, endpoint));
      const isRecent = last !== undefined && performance.now() - last.at < AGAIN_AFTER_MS;
      const done = isRecent ? last.done : begin(whom, endpoint, last?.hasAnswered ?? false);
      const stopped = new Promise<void>((stop) => signal.addEventListener("abort", () => stop(), { once: true }));
      await Promise.race([done, stopped]);
    },
    answered(whom) {
      const endpoint = askable(whom.endpoint);
      if (endpoint === undefined) return;
      const last = looks.get(keyOf(whom, endpoint));
      if (last?.hasAnswered === true) return;
      const isKnown = capabilities.of(whom.endpoint, { ...endpoint.profile, model: whom.model })["loadedWindow"];
      if (isKnown === undefined) void begin(whom, endpoint, true);
      else if (last !== undefined) last.hasAnswered = true;
    },
  };
}

async function lookAt(
  { endpoint: name, model }: Whom,
  { profile, ...secrets }: ResolvedEndpoint,
  capabilities: WindowLooksOptions["capabilities"],
): Promise<void> {
  // Rarely used: not in memory before.
  const [{ fetchFor, serverRoot }, { askOf }, { lookAtRuntime }] = await Promise.all([
    import("./endpoint-fetch.ts"),
    import("./probe.ts"),
    import("./probe-runtime.ts"),
  ]);
  const fetch = await fetchFor(profile, secrets);
  const ask = askOf(fetch, serverRoot(profile.url), AbortSignal.timeout(LOOK_MS), LOOK_MS);
  // One path that is never answered must not hide what another one said.
  const get = (path: string) => ask(path).catch(() => undefined);
  const report = await lookAtRuntime(
    (path, body) => (body === undefined ? get(path) : Promise.resolve(undefined)),
    model,
  );
  if (report?.loaded === undefined) return;
  const { tokens, source } = report.loaded;
  const place = { url: profile.url, model };
  const known = capabilities.of(name, place);
  const isSame = known["loadedWindow"]?.value === tokens;
  if (isSame && Date.now() - Date.parse(known["loadedWindow"]?.at ?? "") < FRESH_MS) return;
  const loadedWindow: Capabilities[string] = { value: tokens, source, at: new Date().toISOString() };
  // Loaded otherwise, what was seen of it before says nothing any more.
  capabilities.note(name, place, isSame ? { loadedWindow } : { loadedWindow, observedWindow: undefined });
}
