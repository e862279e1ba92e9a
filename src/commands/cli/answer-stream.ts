import type { TurnEvent } from "../follow-turn.ts";
import { textOf } from "../present/turn-progress.ts";

/** What to print next: a piece that continues the answer, and whether what came before it no longer counts. */
export interface AnswerPiece {
  text: string;
  /** `new`: another answer begins here, the text before stands. `over`: this replaces what was printed of the answer. */
  begins?: "new" | "over";
}

/**
 * Turns the events of a turn into text to print: every character of every answer once and in order, as early as it is
 * known. Deltas are only used from requests heard from their beginning; the recorded response fills in the rest. A
 * request that is sent again and says the same prints nothing twice.
 */
export class AnswerStream {
  /** Id of the request whose deltas have all been heard so far. */
  #heard: string | undefined;
  /** Text of a request whose entry is still on its way: entries wait for a slow reader, deltas do not. */
  #early = { request: "", text: "" };
  /** What the running attempt has said. */
  #produced = "";
  /** What has been printed of the running answer. */
  #printed = "";
  /** The last answer that was printed whole. */
  #last = "";
  #isFirst = true;

  /** Whether a part of the running answer is printed that a repeated request may contradict. */
  get hasPartialAnswer(): boolean {
    return this.#printed !== "";
  }

  take(event: TurnEvent): AnswerPiece | undefined {
    switch (event.type) {
      case "reconnected":
        this.#heard = undefined;
        this.#early = { request: "", text: "" };
        return undefined;
      case "delta": {
        const { request, channel, text } = event.delta;
        if (channel === "reset") {
          this.#heard = request;
          this.#produced = "";
        } else if (channel === "text") {
          if (request === this.#heard) return this.#produce(text);
          this.#early = { request, text: (this.#early.request === request ? this.#early.text : "") + text };
        }
        return undefined;
      }
      case "entry":
        return this.#takeEntry(event);
      default:
        return undefined;
    }
  }

  #takeEntry({ entry, isLive }: Extract<TurnEvent, { type: "entry" }>): AnswerPiece | undefined {
    if (entry.kind === "request.sent" && entry.data.purpose === "turn") {
      this.#heard = isLive ? entry.id : undefined;
      this.#produced = "";
      if (isLive && this.#early.request === entry.id) return this.#produce(this.#early.text);
    } else if (entry.kind === "model.responded") {
      this.#produced = "";
      const piece = this.#produce(textOf(entry.data.content));
      if (this.#printed !== "") this.#last = this.#printed;
      this.#printed = this.#produced = "";
      this.#heard = undefined;
      return piece;
    } else if (entry.kind === "turn.finished") {
      const { text } = entry.data;
      return text.trim() === this.#last.trim() ? undefined : this.#produce(text);
    }
    return undefined;
  }

  #produce(text: string): AnswerPiece | undefined {
    const isInStep = this.#produced.length === this.#printed.length;
    this.#produced += text;
    if (text === "" || (!isInStep && this.#printed.startsWith(this.#produced))) return undefined;
    const before = this.#printed;
    this.#printed = this.#produced;
    if (isInStep && before !== "") return { text };
    if (before !== "" && this.#produced.startsWith(before)) return { text: this.#produced.slice(before.length) };
    const begins = before !== "" ? "over" : this.#isFirst ? undefined : "new";
    this.#isFirst = false;
    return { text: this.#produced, begins };
  }
}
