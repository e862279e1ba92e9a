import type { Question } from "../protocol/question.ts";
import type { CardId, Millis, Seq } from "../protocol/values.ts";
import type { CallContext, CardAnswer, Ports, Timer } from "./ports.ts";
import type { CallView, CardView, TurnState, TurnView } from "./transcript.ts";

/** How many limits a call that keeps showing progress may use in all: a server that only pretends must end some time. */
const MOST_LIMITS = 10;

/** What one run of a call has to do with: its place in the trace and its clock. */
export interface CallRun {
  ports: Ports;
  view: TurnView;
  turn: TurnState;
  call: CallView;
  timer: Timer;
  limit: Millis;
  signal: AbortSignal;
}

/** What a tool gets besides its input, for one run of a call. */
export function callContext({ ports, view, turn, call, timer, limit, signal }: CallRun): CallContext {
  const { callId } = call;
  const where = { session: view.session, turn: turn.turn };
  // A question that loopd took back when it was interrupted is asked anew.
  const earlier = call.cards.filter((card) => card.type === "question" && card.resolution !== "cancelled");
  let asked = 0;
  let opened = 0;

  const openCard = async (question: Question): Promise<{ cardId: CardId; after: Seq }> => {
    opened += 1;
    const cardId = `${callId}#${call.cards.length + opened}`;
    const [entry] = await ports.record([
      { kind: "card.opened", ...where, data: { cardId, type: "question", callId, question } },
    ]);
    return { cardId, after: entry?.seq ?? view.seq };
  };
  const ask = async (question: Question): Promise<CardAnswer> => {
    signal.throwIfAborted();
    if (turn.overrides.approvals === "deny") return { resolution: "expired" };
    const found = earlier[asked];
    asked += 1;
    if (found?.resolution !== undefined) return answerOf(found, found.resolution);
    timer.pause();
    try {
      const { cardId, after } =
        found === undefined ? await openCard(question) : { cardId: found.cardId, after: view.seq };
      return await answerTo(ports, cardId, after, signal);
    } finally {
      timer.resume();
    }
  };
  return {
    callId,
    signal,
    ask,
    request: (method, params) => ports.request({ turn: turn.turn, callId, signal }, method, params),
    progress: (text) => ports.tell({ ...where, request: callId, channel: "progress", text }),
    restartLimit: () => {
      if (timer.elapsed() < (MOST_LIMITS - 1) * limit) timer.restart();
    },
    standStill: (until) => {
      timer.pause();
      return until.finally(() => timer.resume());
    },
    spawned: async (pid, startTime) => {
      await ports.record([{ kind: "tool.spawned", ...where, data: { callId, pid, startTime, boot: ports.boot() } }]);
    },
  };
}

function answerOf({ answer, reason }: CardView, resolution: CardAnswer["resolution"]): CardAnswer {
  return { resolution, answer, reason };
}

/** Waits until anybody answers the card. */
async function answerTo(ports: Ports, cardId: CardId, start: Seq, signal: AbortSignal): Promise<CardAnswer> {
  let after = start;
  for (;;) {
    const entries = await ports.read(after, signal);
    for (const entry of entries) {
      if (entry.kind !== "card.resolved" || entry.data.cardId !== cardId) continue;
      const { resolution, answer, reason } = entry.data;
      return { resolution, answer, reason };
    }
    signal.throwIfAborted();
    after = entries.at(-1)?.seq ?? after;
  }
}
