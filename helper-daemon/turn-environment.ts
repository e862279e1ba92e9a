import type { Config } from "../src/protocol/config.ts";
import { LoopdError } from "../src/protocol/errors.ts";

type Values = Record<string, string>;

/**
 * The typed environment of a turn: what it sets, and the defaults of the keys that it leaves out. `provenance` says of
 * each value where it is from. Undefined where there is none.
 * @throws LoopdError `invalid-params`, naming the keys or values that the config declares.
 */
export function turnEnvironment(
  declared: Config["environment"],
  given: Readonly<Values> = {},
): { env: Values; provenance: Values } | undefined {
  const keys = Object.keys(declared);
  for (const [key, value] of Object.entries(given)) {
    const known = Object.hasOwn(declared, key) ? declared[key] : undefined;
    if (known === undefined) {
      const there = keys.length === 0 ? "config.json declares none" : `config.json declares ${keys.sort().join(", ")}`;
      throw new LoopdError("invalid-params", `There is no environment key ${key}; ${there}, under "environment".`);
    }
    if (!known.enum.includes(value)) {
      const values = known.enum.map((one) => JSON.stringify(one)).join(", ");
      throw new LoopdError("invalid-params", `${key} cannot be ${JSON.stringify(value)}; it can be ${values}.`);
    }
  }
  const env: Values = {};
  const provenance: Values = {};
  for (const [key, { default: usual }] of Object.entries(declared)) {
    const own = Object.hasOwn(given, key) ? given[key] : undefined;
    const value = own ?? usual;
    if (value === undefined) continue;
    env[key] = value;
    provenance[`env.${key}`] = own === undefined ? "default" : "turn";
  }
  return Object.keys(env).length === 0 ? undefined : { env, provenance };
}
