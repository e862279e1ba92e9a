import { answerOf, headOf, promptOf } from "./chat-template.ts";
import type { Conversation, RequestBody } from "./conversation.ts";
import type { EngineScript, RequestCount, ScriptedAnswer } from "./engine-messages.ts";
import type { Engine } from "./engine.ts";
import { grammarSchema } from "./grammar-schema.ts";
import { orphansOf } from "./orphans.ts";
import type { Reply } from "./scripted-reply.ts";

/** A reply that is on its way: the prompt is evaluated, so its first token is known. */
interface BegunReply {
  isRefused: false;
  /** Evaluates the answer too. */
  finish(): Promise<Reply>;
}

/** The one slot of the server: it takes one request after the other, and keeps what it counted. */
export interface Slot {
  counts: RequestCount[];
  /** Which answer a request gets; taken from the script as the request comes, so that it may be held back. */
  choose(conversation: Conversation): ChosenAnswer;
  begin(
    conversation: Conversation,
    body: RequestBody,
    chosen: ChosenAnswer,
    arrivedAt: number,
  ): Promise<BegunReply | { isRefused: true; tokens: number }>;
}

interface ChosenAnswer extends ScriptedAnswer {
  purpose: RequestCount["purpose"];
}

const UNSCRIPTED: ScriptedAnswer = { text: "ok" };
const PLACEHOLDER = /<(?:email|phone|card|iban|secret|word):\d+:[a-z0-9]{5}>/;

/** A slot that plays a script on the engine. */
export function createSlot(engine: Engine, script: EngineScript): Slot {
  const answers = [...script.answers];
  const counts: RequestCount[] = [];
  /** Tokens of the messages of the last request that was answered, and of its answer. */
  let past: number | undefined;

  const choose = (conversation: Conversation): ChosenAnswer => {
    const text = conversation.turns.map((turn) => turn.text).join("\n");
    const { summary } = script;
    const asked = `${conversation.system}\n${conversation.turns.at(-1)?.text ?? ""}`;
    if (summary !== undefined && asked.includes(summary.sign)) {
      return { text: summary.text, purpose: "summary" };
    }
    if (!text.includes(script.task)) return { ...UNSCRIPTED, purpose: "other" };
    const answer = answers.shift();
    if (answer === undefined) throw new Error("The script has no answer left.");
    return {
      ...answer,
      text: answer.text.replace("{{private}}", PLACEHOLDER.exec(text)?.[0] ?? ""),
      purpose: "script",
    };
  };

  return {
    counts,
    choose,
    async begin(conversation, body, chosen, arrivedAt) {
      const pieces = promptOf(conversation);
      const tokens = engine.tokens(pieces);
      const messages = tokens.length - engine.tokens(headOf(conversation)).length;
      const reserved = body.max_tokens ?? body.max_completion_tokens ?? 0;
      const text = pieces.map((piece) => ("text" in piece ? piece.text : "\n")).join("");
      const isRefused = tokens.length >= engine.contextSize;
      const evaluation = isRefused ? { reused: 0, evaluated: 0 } : await engine.prompt(tokens);
      const count: RequestCount = {
        purpose: chosen.purpose,
        tokens: tokens.length,
        ...evaluation,
        appended: past === undefined ? tokens.length : messages - past,
        answered: 0,
        reserved,
        firstTokenMs: performance.now() - arrivedAt,
        isRefused,
        holdsTask: conversation.turns.some((turn) => turn.text.includes(script.task)),
        orphans: orphansOf(conversation),
        text,
      };
      counts.push(count);
      if (isRefused) {
        // What was not heard is said to the next request.
        if (chosen.purpose === "script") answers.unshift(chosen);
        return { isRefused, tokens: tokens.length };
      }
      const finish = async (): Promise<Reply> => {
        const said = await speak(chosen, body);
        const room = Math.min(engine.contextSize - tokens.length, reserved === 0 ? Infinity : reserved);
        const isCutOff = said.tokens.length >= room;
        const spoken = isCutOff ? said.tokens.slice(0, room) : said.tokens;
        if (!said.isEvaluated && spoken.length > 0) await engine.force(spoken);
        // The token that ends an answer is counted, but as in every server nothing is evaluated behind it.
        count.answered = spoken.length + (isCutOff ? 0 : 1);
        past = messages + count.answered;
        return {
          text: isCutOff ? engine.text(engine.tokens([{ text: said.text }]).slice(0, room)) : said.text,
          calls: isCutOff ? [] : said.calls,
          isCutOff,
          usage: {
            input_tokens: evaluation.evaluated,
            cache_read_input_tokens: evaluation.reused,
            output_tokens: count.answered,
          },
        };
      };
      return { isRefused, finish };
    },
  };

  /** What the answer says, and its tokens. Sampled ones are in the cache already. */
  async function speak({ text, calls = [], samples }: ScriptedAnswer, body: RequestBody) {
    if (samples === undefined) {
      const made = calls.map(({ name, input }) => ({ name, input: JSON.stringify(input) }));
      return { text, calls: made, tokens: engine.tokens(answerOf({ text, calls: made })), isEvaluated: false };
    }
    const schema = grammarSchema(body, samples);
    const start = engine.tokens([{ text }, { border: "<|call|>" }, { text: `{"name":"${samples}","arguments":` }]);
    const input = await engine.sample(start, schema);
    const made = [{ name: samples, input }];
    return { text, calls: made, tokens: engine.tokens(answerOf({ text, calls: made })), isEvaluated: true };
  }
}
