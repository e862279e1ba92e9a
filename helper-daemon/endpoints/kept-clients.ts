import type { EndpointProfile } from "../../src/protocol/config.ts";
import type { EndpointSecrets } from "./endpoint-fetch.ts";

const MAX_CLIENTS = 32;

/** Longest timer that Node has, for SDKs: the time limits are ours, so theirs must never strike first. */
export const NEVER_MS = 2 ** 31 - 1;

/** Makes the client of a profile and its secrets, and gives the same one for the same pair. */
export function keptClients<Client>(
  make: (profile: EndpointProfile, secrets: EndpointSecrets) => Promise<Client>,
): (profile: EndpointProfile, secrets: EndpointSecrets) => Promise<Client> {
  const clients = new Map<string, Client>();
  return async (profile, secrets) => {
    const { url, auth, apiVersion, ca, proxy } = profile;
    const id = JSON.stringify([url, auth, apiVersion, ca, proxy, secrets]);
    const known = clients.get(id);
    if (known !== undefined) return known;
    const client = await make(profile, secrets);
    const [oldest] = clients.keys();
    if (clients.size >= MAX_CLIENTS && oldest !== undefined) clients.delete(oldest);
    clients.set(id, client);
    return client;
  };
}
