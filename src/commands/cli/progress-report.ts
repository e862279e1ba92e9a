import { printableText } from "../present/terminal-text.ts";
import { callLine, progressLine, summaryLine } from "../present/progress-line.ts";
import type { TurnProgress } from "../present/turn-progress.ts";
import { say, styled } from "./print.ts";
import { type StatusLine, statusLine } from "./status-line.ts";

/** Tells on standard error how a turn is getting on. */
export interface ProgressReport {
  update(progress: TurnProgress): void;
  /** A line that stays. */
  note(text: string): void;
  /** Takes the live line away until the next update, so that something else can be printed. */
  stepAside(): void;
  /** Draws nothing until `resume`: a prompt owns the terminal. */
  pause(): void;
  resume(): void;
  /** Takes the live line away for good; `summary` leaves one line about the whole turn. */
  finish(ending: "quiet" | "summary"): void;
}

/** A live line plus a line per finished call in a terminal; elsewhere a line per step and call. */
export function progressReport(): ProgressReport {
  const isLive = process.stderr.isTTY && process.env.TERM !== "dumb";
  const line: StatusLine | undefined = isLive ? statusLine(process.stderr) : undefined;
  let latest: TurnProgress | undefined;
  let steps = 0;
  let isPaused = false;
  const told = new Set<string>();

  const note = (text: string) => {
    line?.clear();
    say(text);
  };
  const draw = () => {
    const current = latest;
    if (current === undefined || isPaused || current.finish !== undefined) return;
    line?.show(() => progressLine(current, Date.now()));
  };
  const quiet = (text: string) => styled("dim", printableText(text), process.stderr);
  return {
    update(progress) {
      latest = progress;
      if (line === undefined && progress.steps > steps) {
        steps = progress.steps;
        note(`step ${steps}: asking ${progress.model} at ${progress.endpoint}`);
      }
      for (const call of progress.calls) {
        if (call.state === "running" && line === undefined && !told.has(`${call.callId} started`)) {
          told.add(`${call.callId} started`);
          note(`${call.name}: ${call.summary}`);
        } else if (call.state === "finished" && !told.has(call.callId)) {
          told.add(call.callId);
          line?.clear();
          process.stderr.write(`${quiet(callLine(call))}\n`);
        }
      }
      draw();
    },
    note,
    stepAside: () => line?.clear(),
    pause() {
      isPaused = true;
      line?.clear();
    },
    resume() {
      isPaused = false;
      draw();
    },
    finish(ending) {
      isPaused = true;
      line?.clear();
      if (ending === "summary" && latest !== undefined) process.stderr.write(`${quiet(summaryLine(latest))}\n`);
    },
  };
}
