import type { ModelWindow } from "../../src/agent/ports.ts";
import { type EndpointProfile, REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import type { Capabilities, UsableWindow } from "../../src/protocol/endpoint-profile.ts";
import type { CapabilityFile } from "./capabilities.ts";

/** Windows that are taken where nobody knows better: the usual one of local runtimes, and less than any service has. */
const ASSUMED_WINDOW = { local: 4_096, remote: 32_768 } as const;

/**
 * The window that counts: the smallest of what the person declared, what is loaded and what the server was seen to hold.
 * What a server claims that its model could do is no window.
 */
export function usableWindowOf({ window, trust }: EndpointProfile, found: Capabilities): UsableWindow {
  const windows: UsableWindow[] = [
    ...(window === undefined ? [] : [{ tokens: window, source: "declared" as const }]),
    ...told(found["loadedWindow"], "loaded"),
    ...told(found["observedWindow"], "observed"),
  ];
  const assumed = { tokens: ASSUMED_WINDOW[trust], source: "assumed" as const };
  return windows.reduce((least, one) => (one.tokens < least.tokens ? one : least), windows[0] ?? assumed);
}

function told(found: Capabilities[string] | undefined, source: "loaded" | "observed"): UsableWindow[] {
  return typeof found?.value === "number" ? [{ tokens: found.value, source, at: found.at }] : [];
}

/** From so many requests on, and with no larger mean error, estimates can be relied on. */
const ENOUGH_REQUESTS = 3;
const SMALL_ERROR = 0.15;

/**
 * The window of a model at an endpoint, for the loop. The same object until something of it changes. Undefined for the
 * rehearsal model, which has no limit, and for an endpoint that is gone.
 */
export function createWindowOf(
  profileOf: (name: string) => EndpointProfile | undefined,
  capabilities: Pick<CapabilityFile, "of" | "counting" | "revision">,
): (endpoint: string, model: string) => ModelWindow | undefined {
  const known = new Map<string, { profile: EndpointProfile; revision: object; window: ModelWindow }>();
  return (endpoint, model) => {
    const profile = endpoint === REHEARSAL_ENDPOINT ? undefined : profileOf(endpoint);
    if (profile === undefined) return undefined;
    const key = JSON.stringify([endpoint, model]);
    const last = known.get(key);
    const revision = capabilities.revision();
    if (last?.profile === profile && last.revision === revision) return last.window;
    const { tokens, source } = usableWindowOf(profile, capabilities.of(endpoint, { ...profile, model }));
    const counted = capabilities.counting(endpoint).find((one) => one.model === model);
    const isCalibrated = counted !== undefined && counted.requests >= ENOUGH_REQUESTS && counted.error <= SMALL_ERROR;
    const window = { tokens, source, factor: counted?.factor ?? 1, isCalibrated, ...profile.models };
    if (known.size > 1_000) known.clear();
    const same = last !== undefined && JSON.stringify(last.window) === JSON.stringify(window) ? last.window : window;
    known.set(key, { profile, revision, window: same });
    return same;
  };
}
