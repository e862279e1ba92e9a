import { setTimeout as delay } from "node:timers/promises";
import type { Entry } from "../../protocol/entries.ts";
import { asLoopdError, exitCodeOf } from "../../protocol/errors.ts";
import type { CardRow } from "../../protocol/requests.ts";
import { type FollowedTurn, followTurn, type TurnEvent, type TurnTarget } from "../follow-turn.ts";
import { listCards } from "../list-cards.ts";
import { cardText, unpainted } from "../present/card-view.ts";
import { contextNotice } from "../present/context-notice.ts";
import { presentFinish } from "../present/finish.ts";
import { addDelta, addEntry, beginProgress, type TurnProgress } from "../present/turn-progress.ts";
import { answeredBy, askForCard } from "./card-desk.ts";
import { briefCard, commandFor } from "./card-output.ts";
import { sayFailure } from "./failure.ts";
import { openForCli } from "./helper-access.ts";
import { type Interrupt, listenForInterrupts } from "./interrupts.ts";
import { programName } from "./program-name.ts";
import { type ProgressReport, progressReport } from "./progress-report.ts";
import { outputOf, type TurnOutput } from "./turn-output.ts";

/** How to stay with a turn. */
export interface AttendOptions {
  /** `value`: the text that the turn ended with, and only if it is done. */
  output: "answer" | "json" | "value";
  /** What to do when a card waits for a person: stay, or leave with exit code 3. */
  onCard: "wait" | "leave";
}

/** Exit code of an `ask` that ended waiting on a person. */
const WAITING = 3;
/** Milliseconds in which a second Ctrl-C cancels the turn. */
const SECOND_INTERRUPT = 1500;
/** Milliseconds that a cancelled turn has to end before we leave all the same. */
const CANCEL_LIMIT = 10_000;

/**
 * Submits a turn or attaches to one, and follows it to its end, or until the person leaves it, printing as it goes.
 * Gives the exit code.
 */
export async function attendTurn(target: TurnTarget, options: AttendOptions): Promise<number> {
  const report = progressReport();
  let attendance: Attendance | undefined;
  const early: Interrupt[] = [];
  const stopListening = listenForInterrupts((interrupt) => {
    if (attendance !== undefined) attendance.interrupt(interrupt);
    // Until the turn is known there is nothing to leave or to cancel; who insists, ends this program alone.
    else if (early.push(interrupt) > 1) process.exit(exitCodeOf("cancelled"));
  });
  const turn = await followTurn(target, openForCli);
  try {
    const output = await outputOf(options.output, report);
    attendance = new Attendance(turn, options, report, output);
    for (const interrupt of early) attendance.interrupt(interrupt);
    return await attendance.run();
  } finally {
    stopListening();
    report.finish("quiet");
    turn.close();
  }
}

class Attendance {
  readonly #turn: FollowedTurn;
  readonly #options: AttendOptions;
  readonly #report: ProgressReport;
  readonly #output: TurnOutput;
  readonly #program = programName(process.env);
  readonly #isAtTerminal = process.stdin.isTTY && process.stderr.isTTY;
  #progress: TurnProgress;
  #exitCode: number | undefined;
  #interrupts = 0;
  /** Fires, with who it was, when the card that is being asked about is resolved elsewhere. */
  #prompt: { cardId: string; elsewhere: AbortController } | undefined;
  #desk: Promise<void> = Promise.resolve();
  /** Cards of the turn's delegates that wait; each is shown once. Their entries are in sessions of their own. */
  #delegateCards: readonly string[] = [];
  readonly #shown = new Set<string>();
  #looks: Promise<void> = Promise.resolve();
  #isLookDue = false;

  constructor(turn: FollowedTurn, options: AttendOptions, report: ProgressReport, output: TurnOutput) {
    this.#turn = turn;
    this.#options = options;
    this.#report = report;
    this.#output = output;
    this.#progress = beginProgress(turn.session, turn.turn);
  }

  /** Takes events until the turn or the attendance ends. Throws what following it throws. */
  async run(): Promise<number> {
    try {
      for await (const event of this.#turn) {
        this.#take(event);
        if (this.#exitCode !== undefined) break;
      }
    } finally {
      this.#output.finish();
      await this.#looks;
      this.#prompt?.elsewhere.abort();
      await this.#desk;
    }
    return this.#exitCode ?? this.#conclude();
  }

  interrupt(interrupt: Interrupt): void {
    if (interrupt === "no-reader") return this.#leave(0);
    if (interrupt === "terminate") return this.#detach(this.#hint());
    this.#interrupts++;
    const { session } = this.#turn;
    if (this.#interrupts === 1) {
      this.#report.note(
        `${this.#hint()}\n  Cancel it: Ctrl-C again now, or later: ${this.#program} turn cancel ${session}`,
      );
      void delay(SECOND_INTERRUPT).then(() => this.#interrupts === 1 && this.#detach("Left the turn running."));
    } else if (this.#interrupts === 2) {
      this.#report.note("Cancelling the turn …");
      const cancel = { session, turn: this.#turn.turn, by: answeredBy(), why: "Ctrl-C twice" };
      this.#turn.request("turn.cancel", cancel).catch((thrown: unknown) => this.#fail(thrown));
      void delay(CANCEL_LIMIT).then(() => this.#leave(130));
    } else {
      this.#leave(130);
    }
  }

  #take(event: TurnEvent): void {
    if (event.type === "stalled") return this.#report.note(`The turn is held up (${event.code}): ${event.message}`);
    if (event.type === "reconnected") this.#report.note("The helper was gone; it is back, and the turn goes on.");
    if (event.type === "delta") this.#progress = addDelta(this.#progress, event.delta);
    if (event.type === "entry") this.#progress = addEntry(this.#progress, event.entry);
    this.#output.take(event);
    this.#report.update(this.#progress);
    if (event.type === "entry") this.#takeEntry(event.entry);
    if (!this.#isAboutDelegate(event) || this.#isLookDue) return;
    this.#isLookDue = true;
    this.#looks = this.#looks.then(() => this.#lookAtDelegates()).catch((thrown: unknown) => this.#fail(thrown));
  }

  #takeEntry(entry: Entry): void {
    const notice = contextNotice(entry);
    if (notice !== undefined) this.#report.note(notice.text);
    if (entry.kind === "turn.started" && this.#progress.isRehearsal) {
      this.#report.note(
        "The rehearsal model answers: a fixed script, not an AI. Connect a real model with: " +
          `${this.#program} endpoints add NAME --url URL --model MODEL --use`,
      );
    } else if (entry.kind === "turn.finished") {
      for (const { hook, text } of entry.data.waived ?? [])
        this.#report.note(`The answer did not pass ${hook}: ${text}`);
    } else if (entry.kind === "card.opened") {
      const { cardId } = entry.data;
      if (this.#options.onCard === "leave") this.#exitCode = WAITING;
      this.#desk = this.#desk.then(() => this.#attendCard(cardId)).catch((thrown: unknown) => this.#fail(thrown));
    } else if (entry.kind === "card.resolved" && entry.data.by !== answeredBy()) {
      const { cardId, resolution, by } = entry.data;
      if (this.#prompt?.cardId === cardId) this.#prompt.elsewhere.abort();
      this.#report.note(`${resolution} by ${by}.`);
    }
  }

  #isAboutDelegate(event: TurnEvent): boolean {
    const isNamed = (callId: string) =>
      this.#progress.calls.some((call) => call.callId === callId && call.name === "delegate");
    if (event.type === "delta") return event.delta.channel === "progress" && isNamed(event.delta.request);
    if (event.type !== "entry") return false;
    const { kind, data } = event.entry;
    return (kind === "tool.started" || kind === "tool.finished") && isNamed(data.callId);
  }

  /** Shows what delegates wait for, as if the turn itself did, and closes a prompt that was answered elsewhere. */
  async #lookAtDelegates(): Promise<void> {
    this.#isLookDue = false;
    const cards = await listCards(this.#turn.request, { session: this.#turn.session });
    const theirs = cards.filter(({ session }) => session !== this.#turn.session).map(({ approvalId }) => approvalId);
    const asked = this.#prompt?.cardId ?? "";
    if (this.#delegateCards.includes(asked) && !theirs.includes(asked)) this.#prompt?.elsewhere.abort();
    this.#delegateCards = theirs;
    for (const cardId of theirs.filter((one) => !this.#shown.has(one))) {
      this.#shown.add(cardId);
      this.#desk = this.#desk.then(() => this.#attendCard(cardId)).catch((thrown: unknown) => this.#fail(thrown));
      if (this.#options.onCard === "leave") void this.#desk.then(() => this.#leave(WAITING));
    }
  }

  /** Shows a pending card: as a prompt in a terminal, else as words that say how to answer it from somewhere else. */
  async #attendCard(cardId: string): Promise<void> {
    const isPending = () =>
      this.#delegateCards.includes(cardId) || this.#progress.pendingCards.some((card) => card.cardId === cardId);
    if (!isPending()) return;
    const cards = await listCards(this.#turn.request, { session: this.#turn.session });
    const card = cards.find(({ approvalId }) => approvalId === cardId);
    if (card === undefined || !isPending()) return;
    if (!this.#isAtTerminal || this.#options.onCard === "leave") return this.#tellCard(card);
    this.#report.pause();
    this.#prompt = { cardId, elsewhere: new AbortController() };
    const answer = await askForCard({ card, request: this.#turn.request, elsewhere: this.#prompt.elsewhere.signal });
    this.#prompt = undefined;
    this.#report.resume();
    if (answer === "interrupted") this.interrupt("interrupt");
    else if (answer === "later") {
      this.#tellCard(card);
      this.#detach(this.#hint());
    }
  }

  #tellCard(card: CardRow): void {
    this.#report.note(`${cardText(briefCard(card), unpainted)}\n  Answer from any terminal: ${commandFor(card)}`);
  }

  #hint(): string {
    return `The turn goes on without this terminal. Follow it: ${this.#program} turn wait ${this.#turn.session}`;
  }

  /** Leaves the turn running: 0, or 3 if it waits for a person. */
  #detach(words: string): void {
    this.#report.note(words);
    this.#leave(this.#progress.pendingCards.length + this.#delegateCards.length > 0 ? WAITING : 0);
  }

  #fail(thrown: unknown): void {
    if (this.#exitCode !== undefined) return;
    const error = asLoopdError(thrown);
    sayFailure(error, this.#options.output === "json" ? "json" : "words");
    this.#leave(exitCodeOf(error.code));
  }

  /** Ends the attendance; the turn itself goes on. */
  #leave(exitCode: number): void {
    this.#exitCode ??= exitCode;
    this.#prompt?.elsewhere.abort();
    this.#turn.close();
  }

  #conclude(): number {
    const { finish, error, limit } = this.#progress;
    if (finish === undefined) return 1;
    const view = presentFinish(finish, error, limit);
    this.#report.finish("summary");
    if (view.isSuccess && this.#progress.text.trim() === "")
      this.#report.note("The model ended its turn without words.");
    if (!view.isSuccess) {
      sayFailure(
        { code: error?.code ?? finish, message: view.sentence },
        this.#options.output === "json" ? "json" : "words",
      );
    }
    return view.exitCode;
  }
}
