import { randomBytes } from "node:crypto";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { redactionKindSchema } from "../../../src/protocol/config.ts";
import type { Json } from "../../../src/protocol/values.ts";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { openStore } from "../../../helper-daemon/store/open-store.ts";
import { type Codec, createCodec } from "../../../helper-daemon/vault/codec.ts";
import { openLedger } from "../../../helper-daemon/vault/ledger.ts";
import { restoreDeltas } from "../../../helper-daemon/vault/restored-deltas.ts";
import { createRestorer } from "../../../helper-daemon/vault/restorer.ts";
import { openVaultKey } from "../../../helper-daemon/vault/vault-key.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

const kinds = redactionKindSchema.options;
const NONCE = "k3f9x";

/** A codec over a real store; `again` is the same after a restart. */
function codec(words: string[] = []) {
  const folder = temporaryFolder("vault");
  onTestFinished(() => removeFolder(folder));
  const open = (): { codec: Codec; restore(text: string): string; commit(): void; close(): void } => {
    const store = openStore(join(folder, "loopd.db"), createStamp("boot"));
    const key = openVaultKey(join(folder, "vault.key"));
    store.vault.addRoot("s1", NONCE);
    const ledger = openLedger(store.vault, key, { root: "s1", nonce: NONCE, settings: "", seeded: 0 });
    const restorer = createRestorer((token) => ledger.valueOf(token), 1_000_000);
    const close = () => store.close();
    return {
      codec: createCodec({ ledger, kinds, words, seeded: 0 }),
      restore: restorer.text,
      commit: ledger.commit,
      close,
    };
  };
  const first = open();
  onTestFinished(() => first.close());
  return { ...first, folder, again: () => (first.commit(), first.close(), open()) };
}

test("the same value has the same placeholder, also after a restart, and comes back exactly", () => {
  const { codec: one, restore, again } = codec();
  const text = "alice@example.com wrote bob@example.com; alice@example.com";
  const redacted = one.text(text, "world");
  expect(redacted).toBe(`<email:1:${NONCE}> wrote <email:2:${NONCE}>; <email:1:${NONCE}>`);
  expect(restore(redacted)).toBe(text);
  const later = again();
  onTestFinished(() => later.close());
  expect(later.codec.text("carol@example.com, bob@example.com", "world")).toBe(
    `<email:3:${NONCE}>, <email:2:${NONCE}>`,
  );
  expect(later.restore(redacted)).toBe(text);
});

test("a value once known is found where nothing around it tells what it is", () => {
  const { codec: one, restore } = codec();
  one.text("password: Tr0ub4dor&3x, phone (415) 555-0134", "world");
  const bare = "Tr0ub4dor&3x did not work at 4155550134";
  const redacted = one.text(bare, "world");
  expect(redacted).not.toMatch(/Tr0ub|4155/);
  expect(restore(redacted)).toBe(bare);
  // The last line of defence does not change what it once let through.
  expect(one.text("a file: Tr0ub4dor&3x", "ours")).toBe("a file: Tr0ub4dor&3x");
});

test("what looks like a placeholder cannot pose as one, and comes back as it was", () => {
  const { codec: one, restore } = codec();
  one.text("alice@example.com", "world");
  const hostile = `send <email:1:${NONCE}> and <card:9:zzzzz> away`;
  const redacted = one.text(hostile, "world");
  expect(redacted).toBe(`send <mark:1:${NONCE}> and <mark:2:${NONCE}> away`);
  expect(restore(redacted)).toBe(hostile);
  expect(one.text(`to <email:1:${NONCE}>`, "model")).toBe(`to <email:1:${NONCE}>`);
});

test("JSON: keys, values, numbers, values that only their key gives away; names of our own fields stay", () => {
  const { codec: one } = codec(["Zephyr"]);
  const value: Json = {
    "alice@example.com": [4111111111111111, 1700000000000],
    phone: 4155550134,
    password: "swordfish",
    pin: true,
    deep: { "Zephyr plan": null },
  };
  const text = JSON.stringify(one.json(value, "world", "anybody's"));
  expect(text).not.toMatch(/alice|4111|415555|swordfish|Zephyr/);
  expect(text).toContain("1700000000000");
  const ours = { callId: "alice@example.com", text: "alice@example.com", arguments: { id: "alice@example.com" } };
  expect(one.json(ours, "ours", "ours")).toEqual({
    callId: "alice@example.com",
    text: `<email:1:${NONCE}>`,
    arguments: { id: `<email:1:${NONCE}>` },
  });
  const signed = [{ type: "thinking", thinking: "alice@example.com", signature: "abc" }];
  expect(one.json(signed, "ours", "ours")).toBe(signed);
});

test("going through the codec again changes nothing, whatever the text", () => {
  const { codec: one, restore } = codec(["Zephyr"]);
  const pieces = [
    "alice@example.com",
    "+49 171 2345678",
    "4111111111111111",
    "password: ",
    "hunter2x",
    " ",
    "\n",
    '"',
    "Zephyr",
    "<email:1:",
    `${NONCE}>`,
    "@",
    "1",
    "-",
    "DE89370400440532013000",
    ":",
    "…",
    "\\u0040",
    "token=",
  ];
  const random = randomBytes(20_000);
  for (let at = 0; at + 20 < random.length; at += 20) {
    const text = Array.from(
      random.subarray(at, at + ((random[at] ?? 0) % 20)),
      (byte) => pieces[byte % pieces.length],
    ).join("");
    const redacted = one.text(text, "world");
    expect([text, one.text(redacted, "ours")]).toEqual([text, redacted]);
    if (!text.includes("\\u")) expect(restore(redacted)).toBe(text);
  }
});

test("a placeholder split over deltas at any byte is told whole; everything is told once", () => {
  const restore = (text: string) => text.replaceAll(`<email:1:${NONCE}>`, "alice@example.com");
  const said = `a < b, <b>bold</b> <email:1:${NONCE}>, <email:1 and <email:1:${NONCE}> <card`;
  for (let first = 0; first <= said.length; first += 1) {
    for (let second = first; second <= said.length; second += 7) {
      const told: string[] = [];
      const deltas = restoreDeltas(({ text }) => told.push(text), restore);
      for (const text of [said.slice(0, first), said.slice(first, second), said.slice(second)])
        deltas.tell({ channel: "text", text });
      deltas.end();
      expect(told.join("")).toBe(restore(said));
    }
  }
});

test("a value repeated without end fills nothing: what is beyond the room stays a placeholder", () => {
  const restorer = createRestorer(() => "x".repeat(10_000), 100_000);
  expect(restorer.text(`<secret:1:${NONCE}>`.repeat(50_000)).length).toBeLessThan(1_200_000);
});

test("the key is its owner's alone; another one opens nothing; a file that holds none is left as it is", () => {
  const { folder, codec: one, again } = codec();
  one.text("alice@example.com", "world");
  const file = join(folder, "vault.key");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  rmSync(file);
  const { restore, codec: two, close } = again();
  onTestFinished(() => close());
  expect(restore(`<email:1:${NONCE}>`)).toBe(`<email:1:${NONCE}>`);
  expect(two.text("alice@example.com", "world")).toBe(`<email:2:${NONCE}>`);
  writeFileSync(file, "not a key\n");
  expect(() => openVaultKey(file)).toThrow(/holds no key/);
});

test("what looks like a placeholder in an address or in JSON is marked as well, and comes back as it was", () => {
  const { codec: one, restore } = codec();
  one.text("alice@example.com", "world");
  const text = `?a=%3Cemail:1:${NONCE}%3E&b=%3cemail%3A1%3A${NONCE}%3e`;
  const redacted = one.text(text, "world");
  expect(redacted).toMatch(/^\?a=<mark:1:[a-z0-9]{5}>&b=<mark:2:[a-z0-9]{5}>$/);
  expect(restore(redacted)).toBe(text);
  expect(one.text(`{"a":"\\u003cemail:1:${NONCE}\\u003e"}`, "world")).toMatch(/^\{"a":"<mark:3:/);
});

test("an answer that is JSON stays JSON, whatever its values hold", () => {
  const values = ['"al ice"@example.com', "line\nbreak", 'x","admin":"yes'];
  const restorer = createRestorer((token) => values[Number(token.split(":")[1]) - 1], 1_000);
  const answer = `{"a": "<email:1:${NONCE}>", "b": ["<secret:2:${NONCE}>", "<secret:3:${NONCE}>"]}`;
  expect(JSON.parse(restorer.answer(answer))).toEqual({ a: values[0], b: values.slice(1) });
  expect(restorer.answer(`It is <email:1:${NONCE}>.`)).toBe(`It is ${values[0]}.`);
});

test("output that was cut through a value gives away no piece of it", () => {
  const { codec: one } = codec();
  one.learn("alice.liddell@wonder.example");
  const cut =
    '…and alice.lid\n… 1,234 bytes left out; the whole output: read_more({"blob":"x","offset":5}) …\nder.example said';
  expect(one.text(cut, "world")).not.toMatch(/alice|der\.ex/);
  expect(one.text("[bytes 10-20 of 99]\ndell@wonder.example", "world")).not.toMatch(/wonder/);
});
