import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What of IPv6 the world routes. Everything else is local, a tunnel, or means nothing. */
const WORLD = ipaddr.parseCIDR("2000::/3");
/** IPv4 as networks without it write it; the last four bytes are the real address. */
const NAT64 = ipaddr.parseCIDR("64:ff9b::/96");

/** An address without its disguise as IPv6; undefined for what is no address, or one with a zone. */
function addressOf(text: string): Address | undefined {
  if (text.includes("%") || isIP(text) === 0) return undefined;
  const address = ipaddr.process(text);
  if (address.kind() === "ipv6" && address.match(NAT64)) return ipaddr.fromByteArray(address.toByteArray().slice(12));
  return address;
}

/**
 * Whether an address is one that the whole world reaches: not of this machine, its network, a carrier's network, a group
 * of machines, a tunnel or a reserved range, in whatever spelling.
 */
export function isPublicAddress(text: string): boolean {
  const address = addressOf(text);
  if (address === undefined || address.range() !== "unicast") return false;
  if (address.kind() === "ipv6" && !address.match(WORLD)) return false;
  return !ownNetworks().some((network) => matches(address, network));
}

/** This machine's own addresses, and with IPv6, where a neighbour's is as public as any, the networks that they are in. */
function ownNetworks(): [Address, number][] {
  const rows = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? []);
  return rows.flatMap(({ address, cidr, family }): [Address, number][] => {
    if (family === "IPv6" && cidr !== null && !cidr.endsWith("/0")) return [ipaddr.parseCIDR(cidr)];
    const own = addressOf(address.replace(/%.*$/, ""));
    return own === undefined ? [] : [[own, family === "IPv4" ? 32 : 128]];
  });
}

function matches(address: Address, [network, bits]: [Address, number]): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/**
 * Whether a person's list permits a host: by its name, as `*.suffix` of it, or by the address behind it, alone or in a
 * range such as `10.0.0.0/8`.
 */
export function isListed(host: string, address: string, list: readonly string[]): boolean {
  const found = addressOf(address);
  return list.some((line) => {
    const entry = line.trim().toLowerCase().replace(/\.$/, "");
    if (entry.startsWith("*.")) return host.endsWith(entry.slice(1));
    const plain = entry.replace(/^\[(.*)\]$/, "$1");
    if (ipaddr.isValidCIDR(plain)) return found !== undefined && matches(found, ipaddr.parseCIDR(plain));
    const listed = addressOf(plain);
    if (listed === undefined) return host === plain;
    return found !== undefined && matches(found, [listed, listed.kind() === "ipv4" ? 32 : 128]);
  });
}
