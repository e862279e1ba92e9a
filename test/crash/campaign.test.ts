import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Entry, EntryOf } from "../../src/protocol/entries.ts";
import { removeFolder, startHelper, temporaryFolder, type TestHelper, type Witness, witness } from "../fakes/helper.ts";
import { type ModelServer, type RequestBody, script, startModelServer } from "../fakes/model-server.ts";

/** How often the helper is killed; `npm run test:crash` asks for more. */
const KILLS = Number(process.env.LOOPD_CRASH_KILLS ?? 12);
/** Random instants within the life of a turn; the seed is printed, so that a failure can be told apart from luck. */
const SEED = Number(process.env.LOOPD_CRASH_SEED ?? Date.now() % 2 ** 31);

const folders: string[] = [];
afterAll(() => folders.forEach(removeFolder));

test(
  `${KILLS} times kill -9 at random: no acknowledged entry is lost, no effect is repeated unasked`,
  { timeout: 1_800_000 },
  async () => {
    console.log(`seed ${SEED}`);
    const random = randomOf(SEED);
    const home = temporaryFolder("crash-home");
    const workspace = temporaryFolder("crash-work");
    folders.push(home, workspace);
    const server = await startModelServer(answer);
    const acknowledged = new Map<number, string>();
    const again = new Map<string, number>();
    let kills = 0;
    let turns = 0;

    for (let isLast = false; !isLast;) {
      isLast = kills >= KILLS;
      const helper = await startHelper(home);
      const face = await witness(helper);
      await addEndpoint(face, server, turns === 0);
      const life = new Life(helper, face, random, again);
      if (isLast) {
        await life.finishAll();
      } else {
        turns += await life.liveUntilKilled(workspace, Math.floor(random() * 40));
        kills += 1;
      }
      for (const entry of face.entries) acknowledged.set(entry.seq, JSON.stringify(entry));
      if (isLast) {
        check(face.entries, acknowledged, again, workspace);
        await helper.stop();
      }
    }
    await server.close();
    console.log(
      `${kills} kills, ${turns} turns, ${acknowledged.size} entries acknowledged, 0 lost, 0 effects repeated`,
    );
  },
);

/** One life of the helper: turns are submitted, cards answered, and at the n-th entry heard it is killed. */
class Life {
  readonly helper: TestHelper;
  readonly face: Witness;
  readonly random: () => number;
  readonly again: Map<string, number>;
  readonly answered = new Set<string>();

  constructor(helper: TestHelper, face: Witness, random: () => number, again: Map<string, number>) {
    this.helper = helper;
    this.face = face;
    this.random = random;
    this.again = again;
  }

  async liveUntilKilled(workspace: string, entriesToLive: number): Promise<number> {
    const start = this.face.entries.length;
    let submitted = 0;
    const isOver = () => this.face.entries.length - start >= entriesToLive;
    try {
      while (!isOver()) {
        if (this.openTurns() === 0) {
          await this.face.submit({ input: `work ${Math.floor(this.random() * 1e9)}`, workspace });
          submitted += 1;
        }
        await this.answerCards();
        await this.oneMore();
      }
      // Not always right behind an entry: the instants between two records count as well.
      await new Promise((resolve) => setTimeout(resolve, this.random() * 15));
    } finally {
      await this.helper.kill();
    }
    return submitted;
  }

  async finishAll(): Promise<void> {
    while (this.openTurns() > 0) {
      await this.answerCards();
      await this.oneMore();
    }
  }

  /** Waits for news; a card that is open already is news as well. */
  private async oneMore(): Promise<void> {
    if (this.openCards().length > 0 || this.openTurns() === 0) return;
    const count = this.face.entries.length;
    await this.face.until((entry): entry is Entry => this.face.entries.length > count && entry.seq > 0);
  }

  private openTurns(): number {
    const count = (kind: Entry["kind"]) => this.face.entries.filter((entry) => entry.kind === kind).length;
    return count("turn.started") - count("turn.finished");
  }

  private openCards(): EntryOf<"card.opened">[] {
    const resolved = new Set(
      this.face.entries.flatMap((entry) => (entry.kind === "card.resolved" ? [entry.data.cardId] : [])),
    );
    return this.face.entries.filter(
      (entry): entry is EntryOf<"card.opened"> & Entry =>
        entry.kind === "card.opened" && !resolved.has(entry.data.cardId) && !this.answered.has(entry.data.cardId),
    );
  }

  private async answerCards(): Promise<void> {
    for (const { data } of this.openCards()) {
      const isAgain = data.type === "recovery" && this.random() < 0.5;
      const callId = data.callId ?? "";
      // Counted before it is sent: a kill between the two may leave it recorded without an answer.
      if (isAgain) this.again.set(callId, (this.again.get(callId) ?? 0) + 1);
      const answer = isAgain ? "again" : "skip";
      const how =
        data.type === "recovery" ? { resolution: "answered" as const, answer } : { resolution: "approved" as const };
      await this.face.connection.request("card.resolve", { cardId: data.cardId, by: "campaign", ...how });
      this.answered.add(data.cardId);
    }
  }
}

/** Three rounds of effects and reads, each effect leaving one line that names its call; then an answer. */
function answer(body: RequestBody) {
  const messages = body.messages as { role: string; content: { type: string; text?: string }[] }[];
  const inputs = messages.flatMap(({ content }) =>
    content.flatMap((block) => (block.text?.startsWith("work ") ? [block.text] : [])),
  );
  const lastInput = messages.findLastIndex(({ content }) => content.some((block) => block.text?.startsWith("work ")));
  const round = messages.slice(lastInput).filter(({ role }) => role === "assistant").length;
  if (round === 3) return script().says("worked");
  const mark = (index: number) => ({
    name: "shell_run",
    input: { command: `echo $LOOPD_CALL >> effects.txt`, _rationale: `${inputs.length}.${round}.${index}` },
  });
  return script().calls([mark(0), { name: "files_list", input: { path: "." } }, mark(1)]);
}

function check(
  entries: Entry[],
  acknowledged: Map<number, string>,
  again: Map<string, number>,
  workspace: string,
): void {
  const now = new Map(entries.map((entry) => [entry.seq, JSON.stringify(entry)]));
  const lost = [...acknowledged].filter(([seq, text]) => now.get(seq) !== text);
  expect(lost).toEqual([]);
  expect([...now.keys()]).toEqual(Array.from(now.keys(), (_, index) => index + 1));

  const lines = readFileSync(join(workspace, "effects.txt"), "utf8").trim().split("\n");
  const runs = Map.groupBy(lines, (callId) => callId);
  const repeated = [...runs].filter(([callId, list]) => list.length > 1 + (again.get(callId) ?? 0));
  expect(repeated).toEqual([]);
  for (const entry of entries) {
    if (entry.kind === "tool.finished" && entry.data.name === "shell_run" && entry.data.outcome === "ok") {
      expect(runs.get(entry.data.callId)?.length ?? 0).toBeGreaterThanOrEqual(1);
    }
    if (entry.kind === "turn.started") {
      const ends = entries.filter((one) => one.kind === "turn.finished" && one.turn === entry.turn);
      expect(ends).toHaveLength(1);
    }
  }
}

async function addEndpoint(face: Witness, server: ModelServer, isFirst: boolean): Promise<void> {
  const profile = { dialect: "anthropic" as const, url: server.url, model: "m", auth: "none" as const };
  const { endpoints } = await face.connection.request("endpoint.list", {});
  if (isFirst || !endpoints.some((row) => row.name === "test")) {
    await face.connection.request("endpoint.add", { name: "test", profile, use: true }).catch(() => undefined);
  }
}

/** Mulberry32, a small seeded generator. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
