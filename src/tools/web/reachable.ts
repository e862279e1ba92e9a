import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isListed, isPublicAddress } from "./public-address.ts";

/** One address behind a name. */
export interface HostAddress {
  address: string;
  family: number;
}

/** Finds all addresses of a host name. */
export type Resolve = (host: string) => Promise<HostAddress[]>;

/** As the system resolves names, its own file of hosts included. */
export const systemResolve: Resolve = (host) => lookup(host, { all: true });

/**
 * The addresses of a host, if every one of them may be reached; else in words why not. Whoever connects must use these
 * and must not resolve the name again: the answer may be another the next time.
 * @throws what `resolve` throws
 */
export async function reachableAddresses(
  host: string,
  allowed: readonly string[],
  resolve: Resolve,
): Promise<HostAddress[] | string> {
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  const refused = addresses.find(({ address }) => !isPublicAddress(address) && !isListed(host, address, allowed));
  if (addresses.length > 0 && refused === undefined) return addresses;
  if (refused === undefined) return `${host} has no address.`;
  const leads = family === 0 ? `${host} leads to ${refused.address}, which` : host;
  return `${leads} is no public address but one of this machine, a local network or a reserved range, so it was not contacted. Only the person can allow it: web.allowedPrivateHosts in config.json.`;
}
