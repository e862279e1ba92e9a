import { expect, test } from "vitest";
import { replayRevealed } from "../../src/agent/replay.ts";
import type { Entry } from "../../src/protocol/entries.ts";
import { chooser } from "../fakes/chooser.ts";
import { randomPerson } from "../fakes/random-sessions/person.ts";
import { randomModel } from "../fakes/random-sessions/random-model.ts";
import { startWorld } from "../fakes/random-sessions/world.ts";

const SEEDS = process.env["LOOPD_SEED"]?.split(",").map(Number) ?? [21, 22];
const ROUNDS = 16;

test.each(SEEDS)(
  "random sessions (LOOPD_SEED=%i), forks, delegates, compactions and crashes: today's loop decides what was decided",
  { timeout: 300_000 },
  async (seed) => {
    const random = chooser(seed);
    const world = await startWorld(randomModel(random), seed % 2 === 0 ? 6_000 : 200_000);
    const person = randomPerson(world, random, new Map());
    for (let round = 0; round < ROUNDS; round += 1) await person.act();
    const { connection } = world.face;
    const { tools, ...given } = await connection.request("helper.settings", {});
    const faces = new Map(tools.map((tool) => [tool.name, { ...tool, timeLimit: 0 }]));
    const settings = { ...given, tools: { find: (name: string) => faces.get(name) } };
    const { sessions } = await connection.request("session.list", { limit: 1000 });
    let decisions = 0;
    for (const { session } of sessions) {
      const read = async (form: "stored" | "revealed") => {
        const entries: Entry[] = [];
        for (let isEnd = false; !isEnd;) {
          const page = await connection.request("session.export", { session, form, after: entries.at(-1)?.seq ?? 0 });
          entries.push(...page.entries);
          ({ isEnd } = page);
        }
        return entries;
      };
      const { points } = replayRevealed(await read("stored"), await read("revealed"), settings);
      decisions += points.length;
      expect([session, points.filter(({ result }) => result === "differs")]).toEqual([session, []]);
    }
    expect(decisions).toBeGreaterThan(50);
  },
);
