import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ModelScript, script } from "./model-script.ts";
import type { RequestBody } from "./model-server.ts";
import { isSummarising, SUMMARY } from "./small-window.ts";

/** A model that reads so many files one after the other, answers, and writes `SUMMARY` when asked. */
export function readsFiles(
  count: number,
  summary: () => ModelScript = () => script().says(JSON.stringify(SUMMARY)),
): (body: RequestBody) => ModelScript {
  let steps = 0;
  return (body) => {
    if (isSummarising(body)) return summary();
    steps += 1;
    const step = steps % (count + 1);
    return step === 0
      ? script().says("I have read them all.")
      : script().calls("files_read", { path: `file-${step}.md` });
  };
}

/** Files for it, of about 1,400 bytes each. */
export function writeFiles(folder: string, count: number): void {
  for (let index = 1; index <= count; index++) {
    writeFileSync(join(folder, `file-${index}.md`), `Line of file ${index}, with a few words in it.\n`.repeat(30));
  }
}
