import { Command } from "commander";
import { LoopdError } from "../../protocol/errors.ts";
import { VERSION } from "../../protocol/version.ts";
import { addApprovals } from "./approvals.ts";
import { addAsk } from "./ask.ts";
import { addDoctor } from "./doctor.ts";
import { addEndpoints } from "./endpoints.ts";
import { reportFailure } from "./failure.ts";
import { addGrants } from "./grants.ts";
import { addHelper } from "./helper.ts";
import { addMcp } from "./mcp.ts";
import { addMemory } from "./memory.ts";
import { isWithoutReader } from "./interrupts.ts";
import { examples } from "./options.ts";
import { flush } from "./print.ts";
import { withDefaultVerb } from "./default-verb.ts";
import { addQuestions } from "./questions.ts";
import { addRoutines } from "./routines.ts";
import { addRules } from "./rules.ts";
import { addScreen } from "./screen.ts";
import { addSessions } from "./sessions.ts";
import { addStop } from "./stop.ts";
import { addTools } from "./tools.ts";
import { addTrace } from "./trace.ts";
import { addTurn } from "./turn.ts";
import { addVault } from "./vault.ts";

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
  for (const add of [
    addAsk,
    addTurn,
    addStop,
    addSessions,
    addApprovals,
    addQuestions,
    addRules,
    addRoutines,
    addGrants,
    addEndpoints,
    addTools,
    addMcp,
    addMemory,
    addVault,
    addScreen,
    addTrace,
    addHelper,
    addDoctor,
  ])
    add(program);
  return program;
}

const words = process.argv.slice(2);
const format = words.includes("--json") ? "json" : "words";
// Progress that cannot be told takes nothing from the answer.
process.stderr.on("error", () => {});
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (!isWithoutReader(error)) {
    const message = `The output could not be written (${error.code ?? error.message}), so it is not complete. What loopd did is kept: see it with loopd sessions.`;
    process.exit(reportFailure(new LoopdError("output-failed", message, { cause: error }), format));
  }
  // Whoever read our output has gone; there is nobody to tell.
  if (process.stdout.listenerCount("error") === 1) process.exit(0);
});
let exitCode = 0;
try {
  await createProgram().parseAsync(withDefaultVerb(words), { from: "user" });
} catch (thrown) {
  exitCode = reportFailure(thrown, format);
}
await flush();
process.exit(exitCode);
