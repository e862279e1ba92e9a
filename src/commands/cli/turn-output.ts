import type { TurnEvent } from "../follow-turn.ts";
import { type AnswerPrinter, plainPrinter, terminalPrinter } from "./answer-printer.ts";
import { AnswerStream } from "./answer-stream.ts";
import type { ProgressReport } from "./progress-report.ts";

/** What of a turn goes to standard output. */
export interface TurnOutput {
  take(event: TurnEvent): void;
  finish(): void;
}

/** The output of a kind. */
export async function outputOf(kind: "answer" | "json" | "value", report: ProgressReport): Promise<TurnOutput> {
  if (kind === "answer") return answerOutput(report);
  return kind === "json" ? jsonOutput() : valueOutput();
}

/** Nothing but the text that a turn ended with: JSON that fits its schema. */
function valueOutput(): TurnOutput {
  return {
    take(event) {
      if (event.type !== "entry" || event.entry.kind !== "turn.finished") return;
      const { finish, text } = event.entry.data;
      if (finish === "done") process.stdout.write(`${text}\n`);
    },
    finish() {},
  };
}

/** Stored entries bare, deltas as `{"delta": …}`, one JSON value per line. */
function jsonOutput(): TurnOutput {
  const write = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    take(event) {
      if (event.type === "entry") write(event.entry);
      // What a tool says about its progress is told on standard error.
      else if (event.type === "delta" && event.delta.channel !== "progress") write({ delta: event.delta });
    },
    finish() {},
  };
}

/** The answer as it comes: rendered in a terminal, exactly as produced elsewhere. */
async function answerOutput(report: ProgressReport): Promise<TurnOutput> {
  const stream = process.stdout;
  const printer: AnswerPrinter = stream.isTTY ? await terminalPrinter(stream, report.stepAside) : plainPrinter(stream);
  const answers = new AnswerStream();
  return {
    take(event) {
      if (event.type === "delta" && event.delta.channel === "reset" && answers.hasPartialAnswer) {
        report.note("The request is sent to the model again; the answer starts over if it changes.");
      }
      const piece = answers.take(event);
      if (piece === undefined) return;
      if (piece.begins === "over") report.note("The answer changed; here it is from its beginning:");
      printer.print(piece);
    },
    finish: () => printer.finish(),
  };
}
