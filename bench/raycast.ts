import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { createStamp } from "../helper-daemon/ids.ts";
import { openStore } from "../helper-daemon/store/open-store.ts";
import type { EntryDraft } from "../src/protocol/entries.ts";
import { removeFolder, startHelper, temporaryFolder } from "../test/fakes/helper.ts";
import { type Built, buildCommands } from "../test/fakes/raycast/built-commands.ts";
import type { Command } from "../test/fakes/raycast/command.ts";
import { closeAll, launch } from "../test/fakes/raycast/launch.ts";
import { seedCards } from "../test/fakes/seed-cards.ts";
import type { Figure } from "./figure.ts";
import { median, percentile } from "./statistics.ts";

const APPROVALS = 500;
const SESSIONS = 5_000;
/** A tenth of a second in which keys are not heard, beyond what this machine takes from everybody. */
const BUDGET = { of: "difference", atMost: 100 } as const;

/** What is done in a list, and what must be in sight afterwards. */
interface List {
  command: string;
  seed(home: string): void;
  /** Items of the first page. */
  page: number;
  search: { text: string; finds: string };
}

const LISTS: readonly List[] = [
  {
    command: "review-approvals",
    seed: (home) =>
      seedCards(
        home,
        Array.from({ length: APPROVALS }, (_, index) => ({
          ...{ name: "shell_run", arguments: { command: `make part-${index}` }, effect: "exec" as const },
        })),
        {
          ...{ input: "Make parts", origin: "user", originKey: "user:k", endpoint: "rehearsal", model: "rehearsal" },
          ...{ overrides: {}, provenance: {} },
        },
      ),
    page: 50,
    search: { text: "part-417", finds: "part-417" },
  },
  {
    command: "search-sessions",
    seed: (home) => {
      const store = openStore(join(home, "loopd.db"), createStamp("boot"));
      store.log.append(Array.from({ length: SESSIONS }, (_, index) => talk(index, home)).flat());
      store.close();
    },
    page: 100,
    search: { text: "number4321", finds: "number4321" },
  },
];

/** A session whose one turn is over. */
function talk(index: number, workspace: string): EntryDraft[] {
  const [session, turn] = [`s${index}`, `t${index}`];
  const created = { title: `Talk ${index}`, workspace, nonce: "n" };
  const started = { input: `Tell me about number${index}`, origin: "user", originKey: `user:${index}` } as const;
  const rest = { endpoint: "rehearsal", model: "rehearsal", overrides: {}, provenance: {} };
  return [
    { kind: "session.created", session, data: created },
    { kind: "turn.started", session, turn, data: { ...started, ...rest } },
    { kind: "turn.finished", session, turn, data: { finish: "done", text: "It is a number." } },
  ];
}

/**
 * How long the thread of a built command is busy at a stretch while a person scrolls to the end of a long list and searches
 * in it, with React as Raycast has it, for production. Every change is sent to another process, as Raycast does too.
 */
export async function measureRaycast(rounds: number): Promise<Figure[]> {
  const built = buildCommands();
  try {
    const figures: Figure[] = [];
    for (const list of LISTS) figures.push(...(await measureList(list, built, rounds)));
    return figures;
  } finally {
    closeAll();
    built.remove();
  }
}

async function measureList(list: List, { dist }: Built, rounds: number): Promise<Figure[]> {
  const home = temporaryFolder("bench-raycast");
  list.seed(home);
  const helper = await startHelper(home);
  try {
    const env = { LOOPD_HOME: home, HOME: homedir(), PATH: process.env["PATH"], NODE_ENV: "production" };
    const assetsPath = resolve(import.meta.dirname, "../assets");
    const seen: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const command = launch({ name: list.command, dist, assetsPath, env, preferences: {} });
      seen.push(await playRound(list, command));
      command.close();
    }
    const of = (what: keyof Round) => median(seen.map((round) => round[what]));
    const against = { name: "doing nothing", value: of("idle") };
    const { command: name } = list;
    return [
      { name: `${name}, a page, p90`, unit: "ms", loopd: of("scrolling"), against, budget: BUDGET },
      { name: `${name}, ${of("pages")} pages, longest`, unit: "ms", loopd: of("longest"), against },
      { name: `${name}, search`, unit: "ms", loopd: of("searching"), against, budget: BUDGET },
    ];
  } finally {
    await helper.stop();
    removeFolder(home);
  }
}

/** The longest stretch of each part, in milliseconds. */
interface Round {
  idle: number;
  pages: number;
  /** Of nine pages in ten at most. */
  scrolling: number;
  /** Of all pages; on a busy machine it is what that machine does. */
  longest: number;
  searching: number;
}

async function playRound(list: List, command: Command): Promise<Round> {
  await command.until(() => command.items().length === list.page, 60_000);
  const idle = await idleBusy(command);
  const stretches = await scroll(command, list.page);
  await command.search(list.search.text);
  const isFound = () => command.items().length < list.page && command.items()[0]?.includes(list.search.finds) === true;
  await command.until(() => isFound() && isAtRest(command), 60_000);
  const scrolling = percentile(stretches, 0.9);
  const searching = await command.busy();
  return { idle, pages: stretches.length + 1, scrolling, longest: Math.max(...stretches), searching };
}

const isAtRest = (command: Command) => command.view.props["isLoading"] !== true;

/** The longest stretch while nobody does anything: what this machine takes from everybody. */
async function idleBusy(command: Command): Promise<number> {
  await command.busy();
  await new Promise((done) => setTimeout(done, 1_000));
  return command.busy();
}

/** The longest stretch of each page that is loaded, until there are no more. */
async function scroll(command: Command, first: number): Promise<number[]> {
  const stretches: number[] = [];
  await command.busy();
  for (let shown = first; await command.loadMore(); shown = command.items().length) {
    await command.until(() => command.items().length > shown && isAtRest(command), 60_000);
    stretches.push(await command.busy());
  }
  return stretches;
}
