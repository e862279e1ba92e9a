import { expect, test } from "vitest";
import { expectSocketContract } from "../helper-daemon/endpoints/stream-contract-socket.ts";
import { chooser } from "../fakes/chooser.ts";
import { randomPerson } from "../fakes/random-sessions/person.ts";
import { isSummary, MAIL, PHONE, randomModel, WORD } from "../fakes/random-sessions/random-model.ts";
import { partsOf, type Replayed, replayAll } from "../fakes/random-sessions/replay.ts";
import { expectSound, readWire, sharedMessages, type WireRequest } from "../fakes/random-sessions/wire.ts";
import { ENDPOINTS, type EndpointName, startWorld, type World } from "../fakes/random-sessions/world.ts";

/** Each a home with about five sessions, forks and delegates. One that failed is run again alone with LOOPD_SEED. */
const SEEDS = process.env["LOOPD_SEED"]?.split(",").map(Number) ?? [1, 2, 3, 4, 5, 6, 7, 8];
const ROUNDS = 10;

/** Tokens that the endpoints of a home declare: in every other one there is so little room that conversations are compacted. */
const windowOf = (seed: number) => (seed % 2 === 0 ? 6_000 : 200_000);

test.each(SEEDS)(
  "random sessions (LOOPD_SEED=%i): every request is what the trace says, and extends the last of its epoch",
  { timeout: 300_000 },
  async (seed) => {
    const random = chooser(seed);
    const world = await startWorld(randomModel(random), windowOf(seed));
    const actions = new Map<string, number>();
    const person = randomPerson(world, random, actions);
    for (let round = 0; round < ROUNDS; round += 1) await person.act();
    world.lives.forEach(expectSocketContract);
    expectPrivacy(world);
    await expectReplayed(world);
  },
);

function expectPrivacy({ server, wordAfter }: World): void {
  for (const [number, { text, body }] of server.requests.entries()) {
    if (ENDPOINTS[body.model as EndpointName].trust !== "remote") continue;
    const values = number < wordAfter ? [MAIL, PHONE] : [MAIL, PHONE, WORD];
    expect(values.filter((value) => text.includes(value))).toEqual([]);
  }
}

/** Folds the trace anew: every request that arrived is one that the trace makes, and what it says of each is true. */
async function expectReplayed(world: World): Promise<void> {
  const restored = await restorer(world);
  const { sent, views } = await replayAll(world.face, world.home);
  const made = new Map<string, Replayed[]>();
  for (const one of sent) {
    const key = restored(keyOf(one.wire));
    made.set(key, [...(made.get(key) ?? []), one]);
  }
  const arrived = new Map<Replayed, WireRequest>();
  for (const [number, { text, body }] of world.server.requests.entries()) {
    expectSound(text);
    if (isSummary(body)) continue;
    const wire = readWire(text);
    const known = made.get(restored(keyOf(wire))) ?? [];
    expect(known.length, `request ${number} is none that the trace makes`).toBeGreaterThan(0);
    for (const one of known) arrived.set(one, wire);
  }
  const answered = new Set(
    world.face.entries.flatMap(({ kind, parent }) => (kind === "model.responded" ? [parent] : [])),
  );
  const missing = sent.filter((one) => answered.has(one.entry.id) && !arrived.has(one));
  expect(missing).toEqual([]);
  sent.forEach(expectExtent);
  let compared = 0;
  for (const [one, wire] of arrived) {
    const before = one.before === undefined ? undefined : arrived.get(one.before);
    if (before === undefined || one.before?.entry.data.epoch !== one.entry.data.epoch) continue;
    compared += 1;
    expect(sharedMessages(before, wire)).toBe(before.messages.length);
  }
  expect(compared).toBeGreaterThan(5);
  expect(views.filter(({ turn }) => turn !== undefined && turn.finish === undefined)).toEqual([]);
}

/** What `request.sent` says of its size, of what it shares with the session's request before, and of what broke that. */
function expectExtent({ entry: { data }, request, before }: Replayed): void {
  const now = partsOf(data, request);
  const total = now.reduce((sum, { bytes }) => sum + bytes, 0);
  const last = before === undefined ? [] : partsOf(before.entry.data, before.request);
  const broken = last.findIndex(({ text }, index) => now[index]?.text !== text);
  const shared = broken === -1 ? last : last.slice(0, broken);
  expect(data).toMatchObject({
    bytes: total,
    reusedBytes: shared.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(broken === -1 ? {} : { brokenBy: last[broken]?.name }),
  });
  if (broken === -1) expect(data.brokenBy).toBeUndefined();
  else expect(data.epoch).not.toBe(before?.entry.data.epoch);
}

function keyOf({ tools, system, messages }: WireRequest): string {
  return [tools, system, ...messages].join("\n");
}

/** Puts the values of all placeholders back, so that what is the same but for redaction is the same. */
async function restorer({ face }: World): Promise<(text: string) => string> {
  const { values } = await face.connection.request("vault.list", { isRevealed: true });
  const known = new Map(values.map(({ placeholder, value }) => [placeholder, value]));
  return (text) => text.replace(/<[a-z]+:\d+:[a-z0-9]+>/g, (token) => known.get(token) ?? token);
}
