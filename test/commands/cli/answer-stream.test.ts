import fc from "fast-check";
import { expect, test } from "vitest";
import { AnswerStream } from "../../../src/commands/cli/answer-stream.ts";
import type { TurnEvent } from "../../../src/commands/follow-turn.ts";
import type { Delta, Entry } from "../../../src/protocol/entries.ts";
import { entryMaker, requestTo, response } from "../entries.ts";

const live = (entry: Entry): TurnEvent => ({ type: "entry", entry, isLive: true });
const past = (entry: Entry): TurnEvent => ({ type: "entry", entry, isLive: false });
const delta = (request: string, text: string, channel: Delta["channel"] = "text"): TurnEvent => ({
  type: "delta",
  delta: { session: "s1", turn: "t1", request, channel, text },
});

/** What a person has read at the end: `|` where another answer begins, `!` where one starts over. */
function read(events: TurnEvent[]): string {
  const stream = new AnswerStream();
  const marks = { new: "|", over: "!" };
  return events
    .map((event) => stream.take(event))
    .map((piece) =>
      piece === undefined ? "" : `${piece.begins === undefined ? "" : marks[piece.begins]}${piece.text}`,
    )
    .join("");
}

test("text comes as it streams, and the recorded response adds nothing to it", () => {
  const make = entryMaker();
  const sent = make("request.sent", requestTo("m"));
  const events = [live(sent), delta(sent.id, "Hel"), delta(sent.id, "lo")];
  expect(read(events)).toBe("Hello");
  const rest = [
    live(make("model.responded", response("Hello"))),
    live(make("turn.finished", { finish: "done", text: "Hello" })),
  ];
  expect(read([...events, ...rest])).toBe("Hello");
});

test("however deltas are cut, lost at the end or late, each answer is printed once and whole", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), fc.nat(), fc.nat(), (parts, heard, early) => {
      const make = entryMaker();
      const sent = make("request.sent", requestTo("m"));
      const deltas = parts.slice(0, heard % (parts.length + 1)).map((part) => delta(sent.id, part));
      const place = early % (deltas.length + 1);
      const text = parts.join("");
      const events = [
        ...deltas.slice(0, place),
        live(sent),
        ...deltas.slice(place),
        live(make("model.responded", response(text))),
      ];
      expect(read(events)).toBe(text);
    }),
  );
});

test("a request that is sent again and says the same is not printed twice", () => {
  const make = entryMaker();
  const sent = make("request.sent", requestTo("m"));
  const events = [
    live(sent),
    delta(sent.id, "One two"),
    delta(sent.id, "", "reset"),
    delta(sent.id, "One"),
    delta(sent.id, " two three"),
  ];
  expect(read(events)).toBe("One two three");
});

test("a request that is sent again and says something else starts over", () => {
  const make = entryMaker();
  const sent = make("request.sent", requestTo("m"));
  const events = [
    live(sent),
    delta(sent.id, "One"),
    delta(sent.id, "", "reset"),
    delta(sent.id, "Two"),
    delta(sent.id, "!"),
  ];
  expect(read([...events, live(make("model.responded", response("Two!")))])).toBe("One!Two!");
});

test("who comes in the middle of an answer gets it whole when it is recorded", () => {
  const make = entryMaker();
  const sent = make("request.sent", requestTo("m"));
  expect(read([past(sent), delta(sent.id, "end."), live(make("model.responded", response("The end.")))])).toBe(
    "The end.",
  );
});

test("deltas that were missed while the helper was away are filled in", () => {
  const make = entryMaker();
  const sent = make("request.sent", requestTo("m"));
  const events: TurnEvent[] = [live(sent), delta(sent.id, "The "), { type: "reconnected" }, delta(sent.id, "end.")];
  expect(read([...events, live(make("model.responded", response("The very end.")))])).toBe("The very end.");
});

test("answers of several steps are set apart, and a last text of loopd's own is printed", () => {
  const make = entryMaker();
  const first = make("request.sent", requestTo("m"));
  const one = make("model.responded", response("Looking.", "files_list"));
  const second = make("request.sent", requestTo("m"));
  const two = make("model.responded", response("Found."));
  const events = [
    live(first),
    delta(first.id, "Looking."),
    live(one),
    live(second),
    delta(second.id, "Fou"),
    live(two),
  ];
  expect(read([...events, live(make("turn.finished", { finish: "done", text: "Found." }))])).toBe("Looking.|Found.");
  expect(read([...events, live(make("turn.finished", { finish: "failed", text: "It broke." }))])).toBe(
    "Looking.|Found.|It broke.",
  );
});
