import type { Tool } from "./define-tool.ts";
import { delegate } from "./delegate.ts";
import { askUser } from "./system/ask-user.ts";
import { historySearch } from "./system/history-search.ts";
import { queryState } from "./system/query-state.ts";
import { stateGet } from "./system/state-get.ts";
import { stateSet } from "./system/state-set.ts";
import { memoryForget } from "./memory/memory-forget.ts";
import { memoryList } from "./memory/memory-list.ts";
import { memoryRead } from "./memory/memory-read.ts";
import { memorySearch } from "./memory/memory-search.ts";
import { memoryWrite } from "./memory/memory-write.ts";
import { filesEdit } from "./files/files-edit.ts";
import { filesList } from "./files/files-list.ts";
import { filesRead } from "./files/files-read.ts";
import { filesSearch } from "./files/files-search.ts";
import { filesWrite } from "./files/files-write.ts";
import { shellRun } from "./shell/shell-run.ts";
import { finalAnswer } from "./system/final-answer.ts";
import { readMore } from "./system/read-more.ts";
import { routinesCreate } from "./routines/routines-create.ts";
import { routinesList } from "./routines/routines-list.ts";
import { routinesRemove } from "./routines/routines-remove.ts";
import { routinesRuns } from "./routines/routines-runs.ts";
import { routinesUpdate } from "./routines/routines-update.ts";
import { appList } from "./system/app-list.ts";
import { appOpen } from "./system/app-open.ts";
import { clipboardRead } from "./system/clipboard-read.ts";
import { clipboardWrite } from "./system/clipboard-write.ts";
import { notify } from "./system/notify.ts";
import { openUrl } from "./system/open-url.ts";
import { permissionsCheck } from "./system/permissions-check.ts";
import { permissionsRequest } from "./system/permissions-request.ts";
import { speak } from "./system/speak.ts";
import { screenAct } from "./screen/screen-act.ts";
import { screenExpand } from "./screen/screen-expand.ts";
import { screenRead } from "./screen/screen-read.ts";
import { screenWait } from "./screen/screen-wait.ts";
import { screenshot } from "./screen/screenshot.ts";
import { webFetch } from "./web/web-fetch.ts";

/** All tools that come with loopd. A new tool is one file and one line here. */
export const builtInTools: readonly Tool[] = [
  filesEdit,
  finalAnswer,
  filesList,
  filesRead,
  filesSearch,
  filesWrite,
  readMore,
  shellRun,
  askUser,
  delegate,
  historySearch,
  queryState,
  stateGet,
  stateSet,
  memoryForget,
  memoryList,
  memoryRead,
  memorySearch,
  memoryWrite,
  routinesCreate,
  routinesList,
  routinesRemove,
  routinesRuns,
  routinesUpdate,
  screenAct,
  screenExpand,
  screenRead,
  screenWait,
  webFetch,
  appList,
  appOpen,
  clipboardRead,
  clipboardWrite,
  notify,
  openUrl,
  permissionsCheck,
  permissionsRequest,
  speak,
  screenshot,
];

/**
 * The set that is in every prompt where the configuration names none, with `find_tools` and `call_tool`: at most 1,500
 * tokens with the system text.
 */
export const listedByDefault: ReadonlySet<string> = new Set([
  "ask_user",
  "files_edit",
  "files_list",
  "files_read",
  "files_search",
  "files_write",
  "read_more",
  "shell_run",
  "web_fetch",
]);

/** Tokens below which a window is too small for that set. */
export const SMALL_WINDOW = 8_192;

/**
 * The set in a small window: with `find_tools` and `call_tool` eight tools, at most 1,200 tokens with the system text. A
 * person works with files and commands; `files_search` is what a command does too, and outputs are cut so often there that
 * `read_more` earns its place.
 */
export const listedInSmallWindows: ReadonlySet<string> = new Set([
  "files_edit",
  "files_list",
  "files_read",
  "files_write",
  "read_more",
  "shell_run",
]);
