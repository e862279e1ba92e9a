import { type Answer, argumentPieces, textPieces } from "./answer.ts";

/** The same answer in the OpenAI chat completions dialect, for peers that speak no other. */
export function completionStream(answer: Answer, number: number): string {
  const deltas: object[] = [{ role: "assistant", content: "" }, ...textPieces(answer).map((content) => ({ content }))];
  if (answer.type === "call") {
    const start = { name: answer.tool, arguments: "" };
    deltas.push({ tool_calls: [{ index: 0, id: `call_${number}`, type: "function", function: start }] });
    for (const piece of argumentPieces(answer.path)) {
      deltas.push({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
    }
  }
  const finish = answer.type === "call" ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 900, completion_tokens: 40, total_tokens: 940 };
  return [
    ...deltas.map((delta) => chunk(number, { choices: [{ index: 0, delta, finish_reason: null }] })),
    chunk(number, { choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
    chunk(number, { choices: [], usage }),
    "data: [DONE]\n\n",
  ].join("");
}

function chunk(number: number, fields: object): string {
  const head = { id: `chatcmpl-${number}`, object: "chat.completion.chunk", created: 0, model: "scripted" };
  return `data: ${JSON.stringify({ ...head, ...fields })}\n\n`;
}
