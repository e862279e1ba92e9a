import { setTimeout as wait } from "node:timers/promises";
import type { EntryOf } from "../../../src/protocol/entries.ts";
import type { TurnRequest } from "../../../src/protocol/requests.ts";
import type { Chooser } from "../chooser.ts";
import { fork } from "../conversation.ts";
import { MAIL, WORD } from "./random-model.ts";
import { ENDPOINTS, type EndpointName, type World } from "./world.ts";

type News = EntryOf<"turn.finished" | "card.opened" | "model.responded" | "tool.started">;

/** A guard against hangs, not an expectation. */
const HANG_MS = 60_000;

/** A person who does anything that can be done to a session. Everything follows from the chooser. */
export interface RandomPerson {
  /** One thing done to some session between turns, then a turn of it until its end, with whatever happens meanwhile. */
  act(): Promise<void>;
}

/** `actions`: how often each kind of thing was done, counted. */
/** Words about a turn that does nothing any more, much later. */
async function hang(world: World, turn: string): Promise<never> {
  await wait(HANG_MS, undefined, { ref: false });
  const last = world.face.entries
    .slice(-12)
    .map(({ seq, kind, turn: of, data }) => [seq, kind, of, JSON.stringify(data).slice(0, 300)].join(" "));
  throw new Error(`nothing happens in ${turn}:\n${last.join("\n")}`);
}

export function randomPerson(world: World, { pick, chance }: Chooser, actions: Map<string, number>): RandomPerson {
  const sessions: string[] = [];
  const seen = new Set<string>();
  const done = (what: string) => actions.set(what, (actions.get(what) ?? 0) + 1);
  /** What somebody else was faster with is refused, and a helper that was killed answers nothing: both are no fault. */
  const attempt = (what: string, asked: Promise<unknown>): Promise<void> => {
    done(what);
    return asked.then(
      () => undefined,
      () => undefined,
    );
  };
  const ask: World["face"]["connection"]["request"] = (...params) => world.face.connection.request(...params);

  const settings = (): TurnRequest["overrides"] => ({
    ...(chance(0.15) ? { tools: ["files_read", "files_list", "shell_run"] } : {}),
    ...(chance(0.15) ? { denyTools: ["shell_run"] } : {}),
    ...(chance(0.2) ? { note: `Only what ${MAIL} may read.` } : {}),
    ...(chance(0.15) ? { maxSteps: pick([1, 2, 9]) } : {}),
    ...(chance(0.15) ? { temperature: 0.5, maxOutputTokens: 500 } : {}),
    ...(chance(0.1) ? { schema: { type: "object" } } : {}),
    ...(chance(0.15) ? { env: { who: pick(["guest", "owner"]) } } : {}),
    ...(chance(0.1) ? { yes: true } : {}),
    ...(chance(0.1) ? { approvals: "deny" as const } : {}),
  });

  /** Between turns. */
  async function prepare(session: string): Promise<string> {
    const own = world.face.entries.filter((entry) => entry.session === session);
    if (chance(0.2)) {
      done("fork");
      return fork(world.face, session, pick(own).seq);
    }
    if (chance(0.12)) await attempt("clear", ask("session.clear", { session, by: "me" }));
    if (chance(0.15)) await attempt("compact", ask("session.compact", { session, by: "me" }));
    if (chance(0.15)) {
      const overrides = { note: pick([null, `Mind ${WORD}.`]), maxSteps: pick([null, 3]) };
      await attempt("set", ask("session.set", { session, overrides, by: "me" }));
    }
    if (chance(0.08)) {
      done("word");
      world.keepWordPrivate();
    }
    return session;
  }

  async function answer({ data, session }: EntryOf<"card.opened">): Promise<void> {
    const { cardId, type } = data;
    const by = "me";
    if (chance(0.2)) await attempt("steer", ask("turn.steer", { session, text: `mind ${MAIL}` }));
    if (type === "recovery") {
      const answered = { resolution: "answered" as const, answer: pick(["happened", "again", "skip"]) };
      return attempt("recover", ask("card.resolve", { cardId, ...answered, by }));
    }
    if (type === "question") {
      return attempt("tell", ask("card.resolve", { cardId, resolution: "answered", answer: `yes, ${MAIL}`, by }));
    }
    if (data.expiresAt !== undefined && chance(0.5)) return void done("expire");
    if (chance(0.15)) {
      const edited = { path: "c.txt", text: `as I want it, ${WORD}` };
      await attempt("edit", ask("card.resolve", { cardId, resolution: "edited", arguments: edited, by }));
    }
    const resolution = pick(["approved", "approved", "denied"] as const);
    const scope = pick(["once", "once", "session"] as const);
    await attempt(resolution, ask("card.resolve", { cardId, resolution, scope, reason: "so be it", by }));
    // Not everything may be granted for longer, nor be run with what it was edited to.
    return attempt("insist", ask("card.resolve", { cardId, resolution: "denied", reason: "then not", by }));
  }

  async function meanwhile(news: News): Promise<void> {
    if (news.kind === "turn.finished") return;
    if (chance(0.025)) {
      done("kill");
      // It is news to the next helper too.
      seen.delete(news.id);
      return world.killAndRestart();
    }
    const { session } = news;
    if (chance(0.025)) await attempt("cancel", ask("turn.cancel", { session, by: "me" }));
    if (news.kind === "card.opened") await answer(news);
    else if (chance(0.1)) await attempt("steer", ask("turn.steer", { session, text: `and mind ${WORD}` }));
  }

  const isOver = (turn: string) =>
    world.face.entries.some((entry) => entry.kind === "turn.finished" && entry.turn === turn);

  async function untilEnd(turn: string): Promise<void> {
    while (!isOver(turn)) {
      const { face } = world;
      const isNews = ({ kind }: { kind: string }) =>
        ["turn.finished", "card.opened", "model.responded", "tool.started"].includes(kind);
      const coming = face.until((entry): entry is News => isNews(entry) && !seen.has(entry.id));
      const news = await Promise.race([coming, hang(world, turn)]);
      seen.add(news.id);
      await meanwhile(news);
    }
  }

  return {
    async act() {
      const known = sessions.length > 0 && chance(0.75) ? pick(sessions) : undefined;
      const session = known === undefined ? undefined : await prepare(known);
      const place = session === undefined ? { workspace: world.workspace } : { session };
      const endpoint = chance(0.5) ? undefined : pick(Object.keys(ENDPOINTS) as EndpointName[]);
      const asked = await world.face.submit({ input: `go on, ${MAIL}`, ...place, endpoint, overrides: settings() });
      if (!sessions.includes(asked.session)) sessions.push(asked.session);
      done("turn");
      if (chance(0.15)) {
        done("queue");
        const next = await world.face.submit({ input: `and then, ${WORD}`, session: asked.session });
        await untilEnd(next.turn);
      }
      await untilEnd(asked.turn);
    },
  };
}
