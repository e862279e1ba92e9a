import type { Tool } from "./define-tool.ts";
import { filesList } from "./files/files-list.ts";
import { filesRead } from "./files/files-read.ts";
import { filesSearch } from "./files/files-search.ts";
import { shellRun } from "./shell/shell-run.ts";
import { finalAnswer } from "./system/final-answer.ts";
import { readMore } from "./system/read-more.ts";

/** All tools that come with loopd. A new tool is one file and one line here. */
export const builtInTools: readonly Tool[] = [finalAnswer, filesList, filesRead, filesSearch, readMore, shellRun];

/** The set that is in every prompt where the configuration names none: at most 1,500 tokens with the system text. */
export const listedByDefault: ReadonlySet<string> = new Set(builtInTools.map((tool) => tool.name));
