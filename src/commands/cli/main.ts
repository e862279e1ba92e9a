import { Command } from "commander";
import { VERSION } from "../../protocol/version.ts";
import { addApprovals } from "./approvals.ts";
import { addAsk } from "./ask.ts";
import { addEndpoints } from "./endpoints.ts";
import { reportFailure } from "./failure.ts";
import { addHelper } from "./helper.ts";
import { examples } from "./options.ts";
import { flush } from "./print.ts";
import { withDefaultVerb } from "./default-verb.ts";
import { addSessions } from "./sessions.ts";
import { addTools } from "./tools.ts";
import { addTrace } from "./trace.ts";
import { addTurn } from "./turn.ts";

/** The program with all its commands. Nothing is printed for a mistake and nothing exits: it throws. */
function createProgram(): Command {
  const program = new Command("loopd")
    .description("The agent loop a person owns: ask a model that works with your files and asks before it acts.")
    .version(VERSION, "-V, --version")
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .helpCommand(false)
    .addHelpText(
      "after",
      examples(
        'loopd ask "Which files under this folder are the largest?"',
        "loopd approvals",
        "loopd endpoints add local --url http://127.0.0.1:8080 --model qwen3 --use",
      ) + "\n\nEvery command explains itself with --help. LOOPD_HOME names the folder that holds everything.",
    );
  for (const add of [addAsk, addTurn, addSessions, addApprovals, addEndpoints, addTools, addTrace, addHelper])
    add(program);
  return program;
}

const words = process.argv.slice(2);
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Whoever read our output has gone; there is nobody to tell.
  if (error.code === "EPIPE" && process.stdout.listenerCount("error") === 1) process.exit(0);
});
let exitCode = 0;
try {
  await createProgram().parseAsync(withDefaultVerb(words), { from: "user" });
} catch (thrown) {
  exitCode = reportFailure(thrown, words.includes("--json") ? "json" : "words");
}
await flush();
process.exit(exitCode);
