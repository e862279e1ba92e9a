import { type EndpointRow, REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { withoutSecrets } from "./endpoint-fetch.ts";
import { probeEndpoint } from "./probe.ts";
import type { Profiles } from "./profiles.ts";

/**
 * Probes a saved endpoint and keeps what was found. Where it cannot be reached, that is kept, and what was known before
 * stays.
 * @throws LoopdError `unknown-endpoint`, `usage`, `cancelled`, or the code of the failure.
 */
export async function probeProfile(profiles: Profiles, name: string, signal: AbortSignal): Promise<EndpointRow> {
  profiles.show(name);
  const endpoint = profiles.resolve(name);
  if (name === REHEARSAL_ENDPOINT || endpoint === undefined)
    throw new LoopdError("usage", "The rehearsal model is built in; there is nothing to find out about it.");
  const { profile } = endpoint;
  const { capabilities, failure } = await probeEndpoint({ ...endpoint, name, signal, now: new Date() }).catch(
    (thrown: unknown) => {
      if (!signal.aborted) throw thrown;
      throw new LoopdError("cancelled", "The probe was cancelled; what was known before stays.", { cause: thrown });
    },
  );
  // The profile may have been removed, or moved elsewhere, meanwhile.
  const row = profiles.show(name);
  const before = profiles.capabilities.of(name, profile);
  const { observedWindow, loadedWindow } = before;
  const isSame = loadedWindow?.value === capabilities["loadedWindow"]?.value;
  // What a server was seen to hold is true until it has loaded another window.
  const kept = failure !== undefined ? before : isSame && observedWindow !== undefined ? { observedWindow } : {};
  profiles.capabilities.keep(name, profile, { ...kept, ...capabilities });
  if (failure !== undefined) throw new LoopdError(failure.code, withoutSecrets(failure.message, endpoint));
  // The bounds of what was learnt may be another server's by now.
  if (row.url === profile.url) profiles.capabilities.forgetCounting(name);
  return profiles.show(name);
}
