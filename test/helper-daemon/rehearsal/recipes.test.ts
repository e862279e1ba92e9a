import { expect, test } from "vitest";
import { type CannedTools, rehearseTurn } from "./rehearse-turn.ts";

const CLEAN = "3 files, 1 folders, 1502000 bytes under .\n1500000\tdata/big file.bin\n1900\tREADME.md\n100\ta|`b`.txt";
const BULKY =
  "901 files, 40 folders, 99000000 bytes under .\n[showing 2 of 901]\n90000000\tnode_modules/x/blob.js\n5000000\t.git/objects/pack";
const everyTool: CannedTools = {
  files_list: () => CLEAN,
  files_read: () => "# Title\n\nWords here.\n\n## Part\n\n```\n# not a heading\n```\n",
  files_search: () => "src/a.ts:3: // TODO: mend\nsrc/b.ts:9: TODO\n2 matches in 2 files",
  shell_run: () => "exit code 0\nSat Nov 21 2026",
};

test("the largest files, with their true names and sizes", async () => {
  const { calls, answer } = await rehearseTurn("Which files under this folder are the largest?", everyTool);
  expect(calls.map(({ name, input }) => [name, input])).toEqual([
    ["files_list", { path: ".", recursive: true, sort: "size", limit: 10 }],
  ]);
  expect(answer).toContain("1. `data/big file.bin` – 1.5 MB (1,500,000 bytes)");
  expect(answer).toContain("3. ``a|`b`.txt`` – 100 bytes");
  expect(answer).toContain("3 files in 1 folder under `.`, 1.5 MB (1,502,000 bytes) in all");
});

test("where other programs' folders fill the list, it is asked again without them", async () => {
  const files_list = ({ exclude }: Record<string, unknown>) => (exclude === undefined ? BULKY : CLEAN);
  const { calls, answer } = await rehearseTurn("what are the biggest files in src/tools?", { files_list });
  expect(calls[1]?.input).toEqual({
    path: "src/tools",
    recursive: true,
    sort: "size",
    limit: 10,
    exclude: ["node_modules", ".git"],
  });
  expect(answer).toContain("data/big file.bin");
  // The true answer first, then what the person's own files are.
  expect(answer.indexOf("blob.js")).toBeLessThan(answer.indexOf("Without node_modules and .git"));
  expect(answer.indexOf("Without node_modules and .git")).toBeLessThan(answer.indexOf("data/big file.bin"));
  expect(answer).toContain("901 files");
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
});

test.each([
  ["What is in this folder?", "files_list", { path: "." }, "README.md"],
  ["What's inside docs/decisions?", "files_list", { path: "docs/decisions" }, "README.md"],
  ["list the files in `my folder`", "files_list", { path: "my folder" }, "README.md"],
  ['Search the files for "TODO (now)"', "files_search", { pattern: "TODO \\(now\\)" }, "src/a.ts:3"],
  ["Where is TODO mentioned?", "files_search", { pattern: "TODO" }, "2 matches in 2 files"],
  ["find TODO in files under src", "files_search", { pattern: "TODO", path: "src" }, "src/b.ts:9"],
  [
    "Summarise README.md by its headings",
    "files_read",
    { path: "README.md" },
    "- `Title` – 1 line, 2 words\n  - `Part`",
  ],
  ["Summarise `my notes`", "files_read", { path: "my notes" }, "9 lines"],
  ["What is in `package.json`?", "files_read", { path: "package.json" }, "9 lines"],
  ["read docs/ARCHITECTURE.md, please", "files_read", { path: "docs/ARCHITECTURE.md" }, "9 lines"],
] as const)("%s", async (question, tool, input, words) => {
  const { calls, answer } = await rehearseTurn(question, everyTool);
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({ name: tool, input });
  expect(calls[0]?.input).not.toHaveProperty("_rationale");
  expect(answer).toContain(words);
  expect(answer).not.toContain("not a heading");
});

test.each([
  ["How much disk and memory does this machine have?", /^df -h/],
  ["Run `date +%s > stamp.txt`", /^date \+%s > stamp\.txt$/],
  ["please run uname -a", /^uname -a$/],
  ["execute the command 'echo hi'", /^echo hi$/],
] as const)("%s goes through the shell, with a reason for the person who approves", async (question, command) => {
  const { calls, answer } = await rehearseTurn(question, everyTool);
  expect(calls).toHaveLength(1);
  const input = calls[0]?.input as { command: string; _rationale: string };
  expect(input.command).toMatch(command);
  expect(input._rationale.length).toBeGreaterThan(10);
  expect(answer).toContain("`exit code 0`");
  expect(answer).toContain("Sat Nov 21 2026");
});

test.each(["Run the tests", "Write a poem about the sea", "hello", "x".repeat(900_000), "uses ".repeat(180_000)])(
  "anything else gets a plain list of what there is, and no call: %.40s",
  async (question) => {
    const { calls, answer } = await rehearseTurn(question, everyTool);
    expect(calls).toEqual([]);
    expect(answer).toContain("- Which files under this folder are the largest?");
    expect(answer.length).toBeLessThan(2_000);
  },
);

test("every answer says first that no AI gave it, and last how to connect one; it is streamed", async () => {
  for (const question of ["hello", "What is in this folder?", "Run `date`"]) {
    const { answer, told } = await rehearseTurn(question, everyTool);
    expect(answer.split("\n")[0]).toMatch(/^\*\*Rehearsal model – not an AI\.\*\*/);
    expect(answer.split("\n").at(-1)).toContain("loopd endpoints add");
    expect(told.join("")).toBe(answer);
    expect(told.length).toBeGreaterThan(3);
  }
});

test.each([
  ["Run `date`", { shell_run: () => "ERROR: denied by the person: not now" }, "denied by the person: not now"],
  ["What is in this folder?", { files_list: () => "ERROR: no such folder\n```\nescape" }, "no such folder"],
  ["What is in this folder?", {}, "does not offer it"],
] as const)("what did not work is told as it is: %s", async (question, tools, words) => {
  const { answer, calls } = await rehearseTurn(question, tools);
  expect(answer).toContain(words);
  expect(answer).not.toMatch(/ended with|in all/);
  expect(calls.length).toBeLessThanOrEqual(1);
});

test("notes of loopd are neither the question nor part of a result", async () => {
  const note = "[loopd abc123] The person adds: search for TODO\nand be quick";
  const { calls, answer } = await rehearseTurn("Run `date`", everyTool, { notes: [note] });
  expect(calls.map(({ name }) => name)).toEqual(["shell_run"]);
  expect(answer).not.toContain("be quick");
  const asked = { role: "user" as const, content: [{ type: "text" as const, text: "[loopd abc123] It is Monday." }] };
  const again = await rehearseTurn("What is in this folder?", everyTool, { before: [asked] });
  expect(again.calls.map(({ name }) => name)).toEqual(["files_list"]);
});

test("only the newest turn counts in a long conversation, and call ids do not repeat", async () => {
  const { calls, answer } = await rehearseTurn("Run `date`", everyTool, {
    before: [
      { role: "user", content: [{ type: "text", text: "What is in this folder?" }] },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "toolu_rehearsal_1", name: "files_list", input: { path: "." } }],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_rehearsal_1", content: "ERROR: no" }] },
      { role: "assistant", content: [{ type: "text", text: "It did not work." }] },
    ],
  });
  expect(calls.map(({ id, name }) => [id, name])).toEqual([["toolu_rehearsal_2", "shell_run"]]);
  expect(answer).toContain("Sat Nov 21 2026");
});

test("odd results are shown without breaking the answer", async () => {
  const odd = await rehearseTurn("What is in this folder?", { files_list: () => "" });
  expect(odd.answer).toContain("Rehearsal model");
  const long = await rehearseTurn("Run `date`", { shell_run: () => `exit code 1\n${"```\nline\n".repeat(5000)}` });
  expect(long.answer).toContain("````text");
  expect(long.answer).toContain("more characters are in the trace");
  expect(long.answer.split("\n").at(-1)).toContain("loopd endpoints add");
  const empty = await rehearseTurn("Summarise notes.txt", {
    files_read: () => "[lines 1-2 of 90]\nfirst line\nsecond",
  });
  expect(empty.answer).toContain("(lines 1-2 of 90): 2 lines, 3 words");
});
