import type { Chooser } from "../chooser.ts";
import type { ModelScript } from "../model-script.ts";
import { type RequestBody, script } from "../model-server.ts";

/** What no remote model may ever read. */
export const MAIL = "anna.example@mail.example";
export const PHONE = "+49 30 901820";
/** Private from the moment on at which the person says so. */
export const WORD = "Jabberwocky";

type Call = { name: string; input?: object; text?: string };

/** A delegate's task, by which its conversation is known. */
const TASK = "Look into a.txt for the others";

/** A model that says and calls anything, sensible or not. Everything follows from the chooser. */
export function randomModel({ pick, chance }: Chooser): (body: RequestBody) => ModelScript {
  const inner = (name: string, values: object): Call => ({ name: "call_tool", input: { name, arguments: values } });
  const reads = (): Call[] => [
    { name: "files_read", input: { path: pick(["a.txt", "b.txt", "none.txt"]) } },
    { name: "files_read", input: { path: "long.txt", from: pick([1, 40, 90]) } },
    { name: "files_search", input: { pattern: pick(["mail", "line 1", "nothing at all"]) } },
    inner("files_list", {}),
    inner("state_get", {}),
    inner("memory_read", { topic: "people" }),
  ];
  const others = (): Call[] => [
    { name: "files_write", input: { path: pick(["c.txt", "d.txt"]), text: `to ${MAIL} ${pick([1, 2, 3])}` } },
    { name: "files_edit", input: { path: "b.txt", edits: [{ old: "nothing", new: pick(["nothing", "something"]) }] } },
    { name: "shell_run", input: { command: `cat a.txt; echo ${pick([1, 2])}`, _rationale: `for ${MAIL}` } },
    inner("state_set", { key: pick(["done", "open"]), value: { at: pick([1, 2]), who: MAIL } }),
    inner("memory_write", { topic: "people", text: `Anna is ${MAIL}, or ${WORD}.` }),
    inner("ask_user", { question: `Is ${PHONE} right?` }),
    inner("delegate", { task: `${TASK} (${pick([1, 2, 3])}) and ${WORD}`, maxSteps: 3 }),
  ];
  const wrong = (): Call[] => [
    { name: "no_such_tool", input: { a: 1 } },
    { name: "files_read", input: { file: 3 } },
    { name: "files_write", input: {} },
    inner("files_raed", { path: "a.txt" }),
    { name: "strange name!", input: {} },
  ];
  const call = (): Call => {
    const made = pick(chance(0.5) ? reads() : chance(0.75) ? others() : wrong());
    return chance(0.3) ? { ...made, text: pick(["I look.", `For ${MAIL}: `, "  "]) } : made;
  };
  const said = (): ModelScript => {
    if (chance(0.06)) return script().truncatedArguments("files_write", `{"path":"c.txt","text":"${MAIL.slice(0, 7)}`);
    if (chance(0.04)) return script().cutsOff({ after: pick(["text", "arguments"] as const) });
    if (chance(0.05)) {
      const leaked = { name: "files_read", arguments: { path: "a.txt" } };
      return script().says(`So be it.\n<tool_call>\n${JSON.stringify(leaked)}\n</tool_call>`);
    }
    if (chance(0.3)) return script().says(pick([`ok, I write to ${MAIL}`, "Done – ünicode 🙂", "", `call ${PHONE}`]));
    const calls = [call(), ...(chance(0.4) ? [call()] : []), ...(chance(0.2) ? [call()] : [])];
    return script().calls(calls);
  };
  const within = (body: RequestBody) => {
    if (!isTask(body)) return said();
    return chance(0.5) ? script().says(`a.txt is about ${MAIL}`) : script().calls([pick(reads())]);
  };
  const summary = () => {
    const items = { facts: [`Anna is ${MAIL}`], decisions: ["go on"], openQuestions: [], paths: ["a.txt"] };
    return script().says(pick([JSON.stringify(items), JSON.stringify(items), "no summary", "{}"]));
  };
  return (body) => {
    if (isSummary(body)) return summary();
    const step = within(body);
    const [last] = step.steps;
    if (last?.manner !== "message") return step;
    // What a model thinks itself goes back to it as it is, so a remote one must not make private values up.
    const about = isRemote(body) ? "that" : MAIL;
    if (chance(0.2)) last.said.unshift({ type: "thinking", thinking: `Hm, ${about}?`, signature: "c2lnbmVk" });
    if (chance(0.15)) last.hasSameIds = true;
    if (chance(0.1)) last.usage = null;
    if (chance(0.1)) last.isWhole = last.cutsOffAfter === undefined;
    return step;
  };
}

function isRemote({ model }: RequestBody): boolean {
  return model === "far" || model === "other";
}

/** Whether a summary is asked for, and not an answer. */
export function isSummary({ messages }: RequestBody): boolean {
  return JSON.stringify(messages.at(-1)).includes("Answer with one JSON object and nothing else");
}

function isTask({ messages }: RequestBody): boolean {
  return JSON.stringify(messages.slice(0, 2)).includes("Another conversation has given you this task");
}
