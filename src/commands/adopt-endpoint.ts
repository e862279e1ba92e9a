import type { EndpointRow } from "../protocol/config.ts";
import type { Connection } from "../protocol/connect.ts";
import type { FoundEndpoint } from "../protocol/endpoint-profile.ts";
import { asLoopdError, LoopdError } from "../protocol/errors.ts";

/** An endpoint that is asked from now on; `problem` is what the look at it came to, where it does not answer as it should. */
export interface Adopted {
  endpoint: EndpointRow;
  problem: LoopdError | undefined;
}

/** Adds a runtime that was found on this machine, once the person has agreed, and finds out what it can do. */
export async function adoptEndpoint(
  request: Connection["request"],
  { name, url, dialect, models }: FoundEndpoint,
  onAdded: () => void,
): Promise<Adopted> {
  const profile = { url, dialect, model: models[0] ?? "", trust: "local" as const };
  const { endpoint } = await request("endpoint.add", { name, profile, use: true });
  onAdded();
  try {
    const probed = (await request("endpoint.probe", { name })).endpoint;
    const spoken = probed.capabilities["dialect"]?.value;
    if (spoken === dialect || (spoken !== "openai" && spoken !== "anthropic")) {
      return { endpoint: probed, problem: undefined };
    }
    const { endpoint: set } = await request("endpoint.set", { name, changes: { dialect: spoken } });
    return { endpoint: set, problem: undefined };
  } catch (thrown) {
    return { endpoint, problem: asLoopdError(thrown) };
  }
}

/** Whether it can be asked, and is no endpoint yet. */
export function isNewEndpoint({ models, knownAs }: FoundEndpoint): boolean {
  return models.length > 0 && knownAs.length === 0;
}

/**
 * Ports as a person names them, such as `8080,11434`; undefined where nothing is named.
 * @param source What they stand in, for the words.
 * @throws LoopdError `usage`.
 */
export function portsFrom(text: string | undefined, source: string): number[] | undefined {
  if (!text) return undefined;
  const ports = text.split(",").flatMap((part) => (part.trim() === "" ? [] : [Number(part)]));
  const isPort = (port: number) => Number.isInteger(port) && port > 0 && port < 65_536;
  if (ports.length > 0 && ports.length <= 32 && ports.every(isPort)) return ports;
  throw new LoopdError("usage", `${source} takes up to 32 numbers of ports, such as 8080,11434.`);
}
