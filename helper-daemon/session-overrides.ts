import { LoopdError } from "../src/protocol/errors.ts";
import { type SessionChanges, type SessionOverrides, sessionOverridesSchema } from "../src/protocol/overrides.ts";
import type { ParsedParamsOf } from "../src/protocol/requests.ts";
import type { Json, SessionId } from "../src/protocol/values.ts";
import { effectiveOf, type EffectiveOptions } from "./effective.ts";
import type { Hub } from "./hub.ts";
import type { Asked } from "./layers.ts";
import type { Store } from "./store/open-store.ts";
import type { ToolWorld } from "./tool-world.ts";
import type { Effective } from "./turns.ts";

/** What sessions set for all of their turns, and what a turn makes of it. */
export interface SessionSettings {
  /** What a session sets; a fork goes on with what its past had set. */
  of(session: SessionId): SessionOverrides;
  /** Counts for turns submitted from now on. @throws LoopdError where a turn with these settings could not be. */
  set(params: ParsedParamsOf<"session.set">): Promise<SessionOverrides>;
  /** What a new turn works with. @throws LoopdError `unknown-endpoint`, `unknown-tool`, `invalid-params`. */
  effective(request: ParsedParamsOf<"turn.submit">): Promise<Effective>;
}

/** `store` shows real values, `hub` takes them. */
interface SessionOverridesOptions extends EffectiveOptions {
  store: Store;
  hub: Hub;
  tools: Pick<ToolWorld, "catalogue" | "servers" | "placeAt">;
}

/** The settings of every session of a store. They are facts of its trace: `state.changed` of the store `overrides`. */
export function createSessionOverrides(options: SessionOverridesOptions): SessionSettings {
  const { store, hub } = options;
  const of = (session: SessionId) => sessionOverridesSchema.parse(store.overrides.of(session) ?? {});
  return {
    of,
    set: async ({ session, overrides: changes, by }) => {
      store.lists.session(session);
      await effectiveOf(options, { overrides: {} }, changed(of(session), changes));
      // Looked at again: another terminal may have set something meanwhile.
      const before = of(session);
      const after = changed(before, changes);
      if (JSON.stringify(before) !== JSON.stringify(after)) {
        const data = { store: "overrides" as const, key: "turns", by, before: json(before), after: json(after) };
        hub.record([{ kind: "state.changed", session, data }]);
      }
      return after;
    },
    effective: async (request) => {
      const chosen = await chosenFor(request);
      const { attachments = [] } = request;
      if (attachments.length === 0) return chosen;
      const { takeAttachments } = await import("./attachments.ts");
      return { ...chosen, attachments: await takeAttachments(attachments, chosen, options) };
    },
  };

  async function chosenFor(request: ParsedParamsOf<"turn.submit">): Promise<Effective> {
    const { session } = request;
    if (session === undefined) return effectiveOf(options, request, {});
    const layer = of(session);
    return effectiveOf(options, request, layer).catch(async (thrown: unknown) => {
      throw (await isOurs(options, request, layer)) && thrown instanceof LoopdError
        ? new LoopdError(thrown.code, `${thrown.message} ${hint(session)}`)
        : thrown;
    });
  }
}

/** Whether the turn could be, were it not for what its session sets. */
async function isOurs(options: EffectiveOptions, asked: Asked, layer: SessionOverrides): Promise<boolean> {
  if (Object.keys(layer).length === 0) return false;
  return effectiveOf(options, asked, {}).then(
    () => true,
    () => false,
  );
}

function hint(session: SessionId): string {
  return `The session sets that for all of its turns: see loopd sessions show ${session}, change it with loopd sessions set ${session}.`;
}

/** The layer with the changes; what is not set is left out, so that equal layers are equal JSON. */
function changed(before: SessionOverrides, { env, ...changes }: SessionChanges): SessionOverrides {
  const named = Object.entries(changes).filter(([, value]) => value !== undefined);
  const values = present(env === null ? {} : { ...before.env, ...env });
  const isBare = Object.keys(values).length === 0;
  return sessionOverridesSchema.parse(
    present({ ...before, ...Object.fromEntries(named), env: isBare ? undefined : values }),
  );
}

function present(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

function json(layer: SessionOverrides): Json | undefined {
  return Object.keys(layer).length === 0 ? undefined : (layer as Json);
}
