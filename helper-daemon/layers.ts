import { type Config, type EndpointProfile, limitsSchema } from "../src/protocol/config.ts";
import {
  type Overrides,
  overridesSchema,
  type SessionOverrides,
  SETTINGS,
  type TurnOverrides,
} from "../src/protocol/overrides.ts";
import type { ParsedParamsOf } from "../src/protocol/requests.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import { turnEnvironment } from "./turn-environment.ts";

/** What a turn asks for, as far as layers go. */
export type Asked = Pick<ParsedParamsOf<"turn.submit">, "endpoint" | "model" | "unsaved" | "overrides">;

/** Which layer each effective setting came from, by its name: turn, session, config, endpoint or default. */
type Provenance = Record<string, string>;

const LIMITS = ["maxSteps", "maxOutputTokens", "maxTokens", "maxCostUsd", "maxTurnMs"] as const;
const USUAL = limitsSchema.parse({});

/**
 * A turn's own settings before those of its session; what neither names stays with the config and the defaults, which
 * count at each step as they are then. Only the number of steps is settled here.
 * @throws LoopdError `invalid-params` for an environment that cannot be.
 */
export function layered(
  turn: TurnOverrides,
  session: SessionOverrides,
  { limits, environment }: Pick<Config, "limits" | "environment">,
): { overrides: Overrides; provenance: Provenance } {
  const chosen: Record<string, unknown> = {};
  const provenance: Provenance = {};
  for (const name of LIMITS) {
    if (limits[name] !== undefined) provenance[name] = limits[name] === USUAL[name] ? "default" : "config";
  }
  for (const name of SETTINGS) {
    const own = turn[name];
    const value = own === undefined ? session[name] : own;
    if (value === undefined || value === null) continue;
    chosen[name] = value;
    provenance[name] = own === undefined ? "session" : "turn";
  }
  if (turn.yes === true) provenance["yes"] = "turn";
  const values = turnEnvironment(environment, { turn: turn.env, session: session.env });
  const overrides = overridesSchema.parse({ maxSteps: limits.maxSteps, ...chosen, yes: turn.yes, env: values?.env });
  return { overrides, provenance: { ...provenance, ...values?.provenance } };
}

/** Whom a turn asks. */
export interface Place {
  endpoint: string;
  model: string;
  takesImages: boolean;
  dialect: EndpointProfile["dialect"];
  address: string;
  endpointTrust: "local" | "remote";
  provenance: Provenance;
}

/**
 * The endpoint that the turn names, else one from its caller's environment, else the session's, else the active one. A
 * session's model goes with the endpoint that it was chosen for: where the turn goes elsewhere, that one's own counts.
 * @throws LoopdError `unknown-endpoint`.
 */
export function placeOf(profiles: Profiles, { endpoint, model, unsaved }: Asked, session: SessionOverrides): Place {
  const said = sessionEndpoint(endpoint, unsaved, session);
  const { name, from, profile } = said ?? chosenEndpoint(profiles, endpoint, unsaved);
  const { model: usual, vision, dialect, trust, url } = profile ?? profiles.show(name);
  const isMoved = from === "turn" || (session.endpoint !== undefined && from !== "session");
  const inherited = model === null || isMoved ? undefined : session.model;
  const modelFrom = typeof model === "string" ? "turn" : inherited === undefined ? "endpoint" : "session";
  return {
    endpoint: name,
    model: model ?? inherited ?? usual,
    takesImages: vision,
    dialect,
    address: new URL(url).origin,
    endpointTrust: trust,
    provenance: { endpoint: from, model: modelFrom },
  };
}

type Chosen = { name: string; from: string; profile?: NonNullable<Asked["unsaved"]>["profile"] };

function sessionEndpoint(
  endpoint: Asked["endpoint"],
  unsaved: Asked["unsaved"],
  session: SessionOverrides,
): Chosen | undefined {
  if (endpoint !== undefined || unsaved !== undefined || session.endpoint === undefined) return undefined;
  return { name: session.endpoint, from: "session" };
}

function chosenEndpoint(profiles: Profiles, endpoint: Asked["endpoint"], unsaved: Asked["unsaved"]): Chosen {
  if (typeof endpoint === "string") return { name: endpoint, from: "turn" };
  if (unsaved !== undefined) {
    const { profile, key, ...others } = unsaved;
    return { name: profiles.addUnsaved(profile, { key, ...others }), from: "turn", profile };
  }
  return { name: profiles.active(), from: profiles.config().endpoint === undefined ? "default" : "config" };
}
