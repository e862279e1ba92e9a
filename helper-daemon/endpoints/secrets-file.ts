import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { headersSchema, proxyLoginSchema } from "../../src/protocol/endpoint-profile.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { readPrivateFile, writePrivateJson } from "../private-file.ts";
import type { EndpointSecrets } from "./endpoint-fetch.ts";

/** A key must fit into one HTTP header. */
export const keySchema = z.string().regex(/^[\x21-\x7e]{1,8192}$/, "printable ASCII without spaces");

const secretsSchema = z.looseObject({
  /** Keys by the name of their endpoint. */
  endpoints: z.record(z.string(), keySchema).default({}),
  /** Values of an endpoint's further headers. */
  headers: z.record(z.string(), headersSchema).optional(),
  /** `user:password` for an endpoint's proxy. */
  proxies: z.record(z.string(), proxyLoginSchema).optional(),
});

/** The secrets of endpoints by name, in `secrets.json`, which only its owner can read. */
export interface SecretsFile {
  of(endpoint: string): EndpointSecrets;
  /** Replaces an endpoint's secrets; those that are absent are forgotten. */
  store(endpoint: string, secrets: EndpointSecrets): void;
}

/** Nothing that would have to be kept. */
export const NO_SECRETS: EndpointSecrets = { key: undefined };

/**
 * Opens the `secrets.json` of a home and closes it to others, should it be open to them.
 * @throws LoopdError `config-invalid` when it is broken. The message never quotes it.
 */
export function openSecretsFile(home: string): SecretsFile {
  const path = join(home, "secrets.json");
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o077) !== 0) chmodSync(path, 0o600);
  let secrets = parseSecrets(readPrivateFile(path) ?? "{}", path);
  const of = (endpoint: string): EndpointSecrets => ({
    key: own(secrets.endpoints, endpoint),
    headers: own(secrets.headers, endpoint),
    proxyLogin: own(secrets.proxies, endpoint),
  });
  return {
    of,
    store(endpoint, { key, headers, proxyLogin }) {
      const isBare = headers === undefined || Object.keys(headers).length === 0;
      const fresh = { key, headers: isBare ? undefined : { ...headers }, proxyLogin };
      if (JSON.stringify(fresh) === JSON.stringify(of(endpoint))) return;
      const changed = {
        ...secrets,
        endpoints: changedIn(secrets.endpoints, endpoint, fresh.key) ?? {},
        headers: changedIn(secrets.headers, endpoint, fresh.headers),
        proxies: changedIn(secrets.proxies, endpoint, fresh.proxyLogin),
      };
      writePrivateJson(path, changed);
      secrets = changed;
    },
  };
}

function own<V>(values: Record<string, V> | undefined, name: string): V | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

/** A copy with one value replaced; undefined where nothing is left. */
function changedIn<V>(
  values: Record<string, V> | undefined,
  name: string,
  value: V | undefined,
): Record<string, V> | undefined {
  const others = Object.entries(values ?? {}).filter(([other]) => other !== name);
  const all: [string, V][] = value === undefined ? others : [...others, [name, value]];
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

function parseSecrets(text: string, path: string): z.output<typeof secretsSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken(path, "it is not valid JSON");
  }
  const parsed = secretsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw broken(path, parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
}

function broken(path: string, why: string): LoopdError {
  const advice = `Mend it, or move it away and store the keys again with: loopd endpoints set NAME --key-stdin`;
  return new LoopdError("config-invalid", `${path} cannot be used: ${why}. ${advice}`);
}
