import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { connectTo } from "../fakes/helper.ts";
import { RECIPES } from "../fakes/golden/recipes.ts";
import { type Live, startOf } from "../fakes/golden/recipe.ts";
import { namesOfMaker, PERSON, scrubbed } from "../fakes/golden/scrub.ts";
import type { Entry } from "../../src/protocol/entries.ts";

const FOLDER = resolve(import.meta.dirname, "../fixtures/traces");

/** Makes the golden traces again, from real journeys: `npm run traces`. */
describe.skipIf(process.env.LOOPD_TRACES === undefined)("golden traces", () => {
  test.each(RECIPES)("$name", async (recipe) => {
    const begun: Live[] = [];
    const start = startOf(recipe);
    const sessions = await recipe.live(async (...options) => {
      const world = await start(...options);
      begun.push(world);
      return world;
    });
    const [{ home, workspace } = { home: "", workspace: "" }] = begun;
    const connection = await connectTo(home);
    const every = async (method: "session.export" | "entries.read", session: string): Promise<Entry[]> => {
      const entries: Entry[] = [];
      for (let isEnd = false; !isEnd;) {
        const page = await connection.request(method, { session, after: entries.at(-1)?.seq ?? 0 });
        entries.push(...page.entries);
        ({ isEnd } = page);
      }
      return entries;
    };
    const rows = (await connection.request("session.list", {})).sessions;
    const all = (await Promise.all(rows.map(({ session }) => every("entries.read", session)))).flat();
    const traces = new Map<string, Entry[]>();
    for (const [suffix, session] of Object.entries(sessions)) {
      const name = suffix === "" ? recipe.name : `${recipe.name}-${suffix}`;
      const origin = { home, workspace, all, isTimed: recipe.isTimed === true };
      traces.set(name, scrubbed(await every("session.export", session), origin));
    }
    const {
      rules = [],
      hooks = [],
      limits = {},
    } = JSON.parse(readFileSync(join(home, "config.json"), "utf8")) as {
      rules?: object[];
      hooks?: { name: string; command: string[] }[];
      limits?: object;
    };
    // Nobody asks the hooks again; which there were, and about what, is what counts.
    const asked = hooks.map((hook) => ({ ...hook, command: [`${PERSON}/loopd/${hook.name}`] }));
    for (const [name, entries] of traces) {
      const config = { rules, hooks: asked, limits };
      expect(entries.length).toBeGreaterThan(2);
      const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
      expect(namesOfMaker().exec(text)).toBeNull();
      writeFileSync(join(FOLDER, `${name}.jsonl`), text);
      writeFileSync(join(FOLDER, `${name}.config.json`), `${JSON.stringify(config, null, 2)}\n`);
    }
  });
});
