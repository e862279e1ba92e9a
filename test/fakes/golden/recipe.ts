import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Entry, EntryKind } from "../../../src/protocol/entries.ts";
import { removeFolder, temporaryFolder, type Witness } from "../helper.ts";
import { type Journey, journey } from "../journey.ts";
import type { Behaviour } from "../model-server.ts";

/** How a golden trace is made: one journey through a real helper. */
export interface Recipe {
  /** Of the trace's files. */
  name: string;
  /** What it is a trace of, as people name it. */
  shows: string;
  config?: (home: string) => object;
  /** Time matters in it: its seconds stay. In other traces, which are made in the same order, each entry comes a millisecond later. */
  isTimed?: boolean;
  /** Lives through it; the sessions whose traces are kept, by what their files' names add. */
  live(start: Start): Promise<Record<string, string>>;
  /** What has to be in it: entries of a kind for which this holds. */
  holds: { [K in EntryKind]?: (data: Extract<Entry, { kind: K }>["data"]) => boolean };
}

/** Begins the journey of a recipe, in a home with its configuration. */
export type Start = (behaviour: Behaviour, environment?: Record<string, string>) => Promise<Live>;

/** A journey, with what recipes do again and again. */
export interface Live extends Journey {
  home: string;
  /** Submits a turn, in the workspace or in a session, and waits for its end. */
  ask(input: string, more?: Parameters<Witness["submit"]>[0] | object): Promise<{ session: string; turn: string }>;
  submit(input: string, more?: object): Promise<{ session: string; turn: string }>;
  ended(turn: string): Promise<void>;
  /** The next card that was not seen before. */
  card(): Promise<string>;
  resolve(cardId: string, answer: object): Promise<void>;
  file(name: string, text: string): void;
}

/** Starts journeys with this configuration. */
export function startOf({ config = () => ({}) }: Pick<Recipe, "config">): Start {
  return async (behaviour, environment = {}) => {
    const home = temporaryFolder("home");
    onTestFinished(() => removeFolder(home));
    writeFileSync(join(home, "config.json"), JSON.stringify(config(home)));
    return live(await journey(behaviour, { home, environment }), home);
  };
}

/** The same journey with a helper and a face that were started again. */
export async function restarted(world: Live): Promise<Live> {
  return live({ ...world, ...(await world.restart()) }, world.home);
}

function live(world: Journey, home: string): Live {
  const { face, workspace } = world;
  const seen = new Set<string>();
  const submit: Live["submit"] = (input, more = {}) => face.submit({ input, workspace, ...more });
  const ended = async (turn: string) => {
    await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  };
  return {
    ...world,
    home,
    submit,
    ended,
    ask: async (input, more = {}) => {
      const begun = await submit(input, more);
      await ended(begun.turn);
      return begun;
    },
    card: async () => {
      for (;;) {
        const { data } = await face.untilKind("card.opened", ({ data }) => !seen.has(data.cardId));
        seen.add(data.cardId);
        const { card } = await face.connection.request("card.show", { cardId: data.cardId });
        if (card.state === "pending") return data.cardId;
      }
    },
    resolve: async (cardId, answer) => {
      const params = { cardId, by: "a person", ...answer } as Parameters<
        typeof face.connection.request<"card.resolve">
      >[1];
      await face.connection.request("card.resolve", params);
    },
    file: (name, text) => writeFileSync(join(workspace, name), text),
  };
}

/** A program for a hook: JavaScript that gets the document as `input` and gives its answer back. */
export function hookProgram(home: string, name: string, body: string): string[] {
  const path = join(home, `${name}.mjs`);
  const read = 'import { readFileSync } from "node:fs";\nconst input = JSON.parse(readFileSync(0, "utf8"));\n';
  writeFileSync(path, `${read}process.stdout.write(JSON.stringify((() => { ${body} })()));\n`);
  return [process.execPath, path];
}
