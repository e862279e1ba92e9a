import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { type EndpointChanges, type EndpointProfile, endpointProfileSchema } from "../../src/protocol/config.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { EndpointSecrets } from "./endpoint-fetch.ts";
import { keySchema } from "./secrets-file.ts";

const MAX_PEM_BYTES = 4 * 1024 * 1024;

/**
 * A profile that this version can use with these secrets. Keys are strict in what they mean: given with `auth: none`, a
 * key could never be sent, so the dialect's own header is chosen.
 * @throws LoopdError `usage`
 */
export function checkedProfile(
  profile: EndpointProfile,
  { key, headers, proxyLogin }: EndpointSecrets,
): EndpointProfile {
  const url = new URL(profile.url);
  if (url.username !== "" || url.password !== "") {
    throw usage("The address must not hold a password, because addresses are shown. Give the key with --key-stdin.");
  }
  if (url.search !== "" || url.hash !== "") {
    throw usage(`The address must end with its path, without "${url.search}${url.hash}".`);
  }
  const usual = profile.dialect === "openai" ? "bearer" : "x-api-key";
  const auth = key !== undefined && profile.auth === "none" ? usual : profile.auth;
  const taken = auth === "bearer" ? "authorization" : auth === "x-api-key" ? "x-api-key" : undefined;
  if (Object.keys(headers ?? {}).some((name) => name.toLowerCase() === taken)) {
    throw usage(`The header ${taken} is the one that --auth ${auth} sends. Leave it out, or use --auth none.`);
  }
  if (proxyLogin !== undefined && profile.proxy === undefined) {
    throw usage("A user and password for a proxy are of no use without --proxy.");
  }
  if (profile.ca !== undefined) checkCertificates(profile.ca);
  return { ...profile, auth };
}

/** A profile with changes; `null` takes back what it said. */
export function changedProfile(before: EndpointProfile, { models, ...changes }: EndpointChanges): EndpointProfile {
  const others = said({ ...before.models, ...models });
  const isBare = Object.keys(others).length === 0;
  return endpointProfileSchema.parse(
    said({ ...before, ...said(changes, "null"), models: isBare ? undefined : others }),
  );
}

/** A key as it was read from a terminal or a file, without the line's end. @throws LoopdError `usage` */
export function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  const parsed = keySchema.safeParse(key.trim());
  if (parsed.success) return parsed.data;
  throw usage("The key is not one: a key is printable ASCII without spaces. Copy it again.");
}

/** What is there; `null` too only where it means something. */
function said(values: object, kept?: "null"): object {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && (value !== null || kept === "null")),
  );
}

/** @throws LoopdError `usage` for anything but a file of certificates in PEM. */
function checkCertificates(path: string): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile() !== true) throw usage(`There is no file ${path} for --ca.`);
  const text = status.size > MAX_PEM_BYTES ? "" : readFileSync(path, "utf8");
  const blocks =
    text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || !blocks.every(isCertificate)) {
    throw usage(
      `${path} holds no certificates in PEM (-----BEGIN CERTIFICATE-----). Ask whoever runs the endpoint for its CA file.`,
    );
  }
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).fingerprint256 !== "";
  } catch {
    return false;
  }
}

function usage(message: string): LoopdError {
  return new LoopdError("usage", message);
}
