import { join } from "node:path";
import { rmSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "../test/fakes/helper.ts";
import type { EngineScript, RequestCount } from "./engine/engine-messages.ts";
import type { Dialect } from "./engine/scripted-reply.ts";
import { type EngineServer, startEngineServer } from "./engine/server.ts";
import type { Figure, Unit } from "./figure.ts";
import type { LaneSource } from "./gap.ts";
import { startLane } from "./lane.ts";
import { runLoopd } from "./prefix-loopd.ts";
import { prefixPeers } from "./prefix-peers.ts";
import { PREFIX_TURNS, PROMPT_FILE, READ_TOOL, SCREENS, TASK } from "./prefix-script.ts";
import { type Screens, writeScreens } from "./screens.ts";

const WINDOW = 32_768;
/** In every server one token a step is evaluated although it was answered: the one that ends an answer. */
const MOST_EVALUATED = 1.02;

/** What the engine did for one loop: sums over all requests but the first, which is new to everybody. */
export interface PrefixCounts {
  requests: number;
  /** Tokens of the first request. */
  first: number;
  appended: number;
  evaluated: number;
  /** Milliseconds until the first token of each answer, added up. */
  waitedMs: number;
}

/** A loop that has the conversation, and what the engine counted of it in each round. */
interface Contender {
  name: string;
  rounds: PrefixCounts[];
  run(): Promise<PrefixCounts>;
}

/**
 * The same conversation on llama.cpp, through loopd in both dialects and through every peer that is installed: how many
 * tokens the engine evaluates for each that was appended. Rounds are interleaved, since a machine's load drifts.
 */
export async function measurePrefix(rounds: number): Promise<Figure[]> {
  const engine = await startEngineServer(WINDOW, "open");
  const folder = temporaryFolder("bench-screens");
  try {
    const screens = writeScreens(folder, SCREENS);
    const run = (name: string, run: Contender["run"]): Contender => ({ name, rounds: [], run });
    // loopd first: it tells the peers the tools and the system text.
    const contenders = [
      run("loopd", () => measureLoopd(engine, "anthropic", folder, screens)),
      run("loopd, openai dialect", () => measureLoopd(engine, "openai", folder, screens)),
      ...prefixPeers().map((peer) => run(peer.name, () => measurePeer(engine, peer, folder, screens))),
    ];
    if (prefixPeers().length === 0) process.stderr.write(`left out: the peers. npm ci --prefix bench/peers\n`);
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of contenders) contender.rounds.push(await contender.run());
    }
    return figuresOf(contenders.map(({ name, rounds: all }) => ({ name, counts: leastWaited(all) })));
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * One conversation through a real helper with redaction on; leaves its prompt in the folder for the peers. @throws if a
 * private value has reached the engine.
 */
export async function measureLoopd(engine: EngineServer, dialect: Dialect, folder: string, screens: Screens) {
  await engine.play(prefixScript(screens, "held where the person speaks"));
  const { frozen } = await runLoopd(engine, dialect, folder);
  writeFileSync(join(folder, PROMPT_FILE), JSON.stringify({ system: frozen.system, tools: frozen.tools }));
  const counts = await engine.counts();
  const leaked = screens.private.filter((value) => counts.some(({ text }) => text.includes(value)));
  if (leaked.length > 0) throw new Error(`${leaked.length} private values have reached the engine.`);
  return sumOf(counts);
}

async function measurePeer(engine: EngineServer, peer: LaneSource, folder: string, screens: Screens) {
  await engine.play(prefixScript(screens, "never held"));
  const lane = await startLane(peer.name, peer.program, { url: engine.url, folder });
  try {
    for (let turn = 0; turn < PREFIX_TURNS.length; turn += 1) await lane.turn();
  } finally {
    await lane.stop();
  }
  return sumOf(await engine.counts());
}

/** What the model says: a sentence and a call for each step, then an answer. */
function prefixScript({ names }: Screens, manner: "held where the person speaks" | "never held"): EngineScript {
  let read = 0;
  const answers = PREFIX_TURNS.flatMap(({ steps, note }) => [
    ...Array.from({ length: steps }, (_, index) => {
      const path = names[read] ?? "";
      read += 1;
      return {
        text: `I read screen ${read}; before it there was <{{private}}>.`,
        // Not in the order of the alphabet: what the model said must come back as it said it.
        calls: [{ name: READ_TOOL, input: { path, from: 1 } }],
        isHeld: manner !== "never held" && note?.during === index + 1,
      };
    }),
    { text: `These were ${steps} screens. Answer **{{private}}** first.` },
  ]);
  return { answers, task: TASK };
}

function sumOf(counts: readonly RequestCount[]): PrefixCounts {
  const own = counts.filter(({ purpose }) => purpose === "script");
  const wanted = SCREENS + PREFIX_TURNS.length;
  if (own.length !== wanted || own.some(({ isRefused }) => isRefused)) {
    throw new Error(`The conversation took ${own.length} requests instead of ${wanted}, or one was refused.`);
  }
  const [first, ...later] = own;
  const sum = (of: (count: RequestCount) => number): number => later.reduce((total, count) => total + of(count), 0);
  return {
    requests: own.length,
    first: first?.tokens ?? 0,
    appended: sum(({ appended }) => appended),
    evaluated: sum(({ evaluated }) => evaluated),
    waitedMs: sum(({ firstTokenMs }) => firstTokenMs),
  };
}

/** The counts are the same in every round; the time is that of the round that was disturbed least. */
function leastWaited(rounds: readonly PrefixCounts[]): PrefixCounts {
  const [first, ...others] = rounds;
  if (first === undefined) throw new Error("A conversation must be had at least once.");
  return { ...first, waitedMs: Math.min(first.waitedMs, ...others.map(({ waitedMs }) => waitedMs)) };
}

function figuresOf(contenders: readonly { name: string; counts: PrefixCounts }[]): Figure[] {
  const [ours, ...others] = contenders;
  if (ours === undefined) return [];
  const share = ({ evaluated, appended }: PrefixCounts): number => evaluated / appended;
  const own = [ours, ...others.filter(({ name }) => name.startsWith("loopd"))];
  return [
    ...own.flatMap(({ name, counts }): Figure[] => [
      {
        name: `${name}: evaluated / appended`,
        unit: "times",
        loopd: share(counts),
        budget: { of: "value", atMost: MOST_EVALUATED },
      },
      { name: `${name}: first request`, unit: "tokens", loopd: counts.first },
      { name: `${name}: appended by ${counts.requests - 1} more`, unit: "tokens", loopd: counts.appended },
      { name: `${name}: evaluated for them`, unit: "tokens", loopd: counts.evaluated },
      { name: `${name}: time to their first tokens`, unit: "ms", loopd: counts.waitedMs },
    ]),
    ...others
      .filter((other) => !own.includes(other))
      .flatMap(({ name, counts: theirs }): Figure[] => [
        beside(name, "evaluated / appended", "times", share(ours.counts), share(theirs)),
        beside(name, "evaluated", "tokens", ours.counts.evaluated, theirs.evaluated),
        beside(name, "time to first tokens", "ms", ours.counts.waitedMs, theirs.waitedMs),
      ]),
  ];
}

function beside(peer: string, what: string, unit: Unit, loopd: number, value: number): Figure {
  return { name: `prefix: ${what}`, unit, loopd, against: { name: peer, value } };
}
