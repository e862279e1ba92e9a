import type { Config } from "../src/protocol/config.ts";
import { LoopdError } from "../src/protocol/errors.ts";

type Values = Record<string, string>;
type Declared = Config["environment"];

/** Who says what about the environment of a turn, the turn before its session. `null` takes back what the session says. */
interface EnvironmentLayers {
  turn?: Readonly<Record<string, string | null>> | null | undefined;
  session?: Readonly<Values> | undefined;
}

/**
 * The typed environment of a turn: what it sets, then what its session sets, then the defaults of the keys that both
 * leave out. `provenance` says of each value where it is from. Undefined where there is none.
 * @throws LoopdError `invalid-params`, naming the keys or values that the config declares.
 */
export function turnEnvironment(
  declared: Declared,
  { turn = {}, session = {} }: EnvironmentLayers,
): { env: Values; provenance: Values } | undefined {
  const own = turn ?? {};
  const inherited = turn === null ? {} : without(session, own);
  for (const [key, value] of [...Object.entries(inherited), ...Object.entries(own)]) {
    // What the session still sets and the config no longer declares can at least be taken back.
    if (value !== null || !Object.hasOwn(session, key)) check(declared, key, value);
  }
  const env: Values = {};
  const provenance: Values = {};
  for (const [key, { default: usual }] of Object.entries(declared)) {
    const said = ofKey(own, key) ?? undefined;
    const value = said ?? ofKey(inherited, key) ?? usual;
    if (value === undefined) continue;
    env[key] = value;
    const from = Object.hasOwn(inherited, key) ? "session" : "default";
    provenance[`env.${key}`] = said === undefined ? from : "turn";
  }
  return Object.keys(env).length === 0 ? undefined : { env, provenance };
}

/** What the session says of keys that the turn does not speak about. */
function without(session: Readonly<Values>, turn: object): Values {
  return Object.fromEntries(Object.entries(session).filter(([key]) => !Object.hasOwn(turn, key)));
}

function ofKey<V>(values: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

function check(declared: Declared, key: string, value: string | null): void {
  const known = ofKey(declared, key);
  if (known === undefined) {
    const keys = Object.keys(declared).sort();
    const there = keys.length === 0 ? "config.json declares none" : `config.json declares ${keys.join(", ")}`;
    throw new LoopdError("invalid-params", `There is no environment key ${key}; ${there}, under "environment".`);
  }
  if (value === null || known.enum.includes(value)) return;
  const values = known.enum.map((one) => JSON.stringify(one)).join(", ");
  throw new LoopdError("invalid-params", `${key} cannot be ${JSON.stringify(value)}; it can be ${values}.`);
}
