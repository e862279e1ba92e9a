import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { LoopdError } from "../../src/protocol/errors.ts";
import { readPrivateFile, writePrivateJson } from "../private-file.ts";

/** A key must fit into one HTTP header. */
export const keySchema = z.string().regex(/^[\x21-\x7e]{1,8192}$/, "printable ASCII without spaces");

const secretsSchema = z.looseObject({ endpoints: z.record(z.string(), keySchema).default({}) });

/** Keys by the name of their endpoint, in `secrets.json`, which only its owner can read. */
export interface SecretsFile {
  keyOf(endpoint: string): string | undefined;
  /** Stores a key, or with undefined forgets it. */
  store(endpoint: string, key: string | undefined): void;
}

/**
 * Opens the `secrets.json` of a home and closes it to others, should it be open to them.
 * @throws LoopdError `config-invalid` when it is broken. The message never quotes it.
 */
export function openSecretsFile(home: string): SecretsFile {
  const path = join(home, "secrets.json");
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode !== undefined && (mode & 0o077) !== 0) chmodSync(path, 0o600);
  const secrets = parseSecrets(readPrivateFile(path) ?? "{}", path);
  const keys = new Map(Object.entries(secrets.endpoints));
  return {
    keyOf: (endpoint) => keys.get(endpoint),
    store(endpoint, key) {
      if (keys.get(endpoint) === key) return;
      const changed = new Map(keys);
      if (key === undefined) changed.delete(endpoint);
      else changed.set(endpoint, key);
      writePrivateJson(path, { ...secrets, endpoints: Object.fromEntries(changed) });
      if (key === undefined) keys.delete(endpoint);
      else keys.set(endpoint, key);
    },
  };
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
