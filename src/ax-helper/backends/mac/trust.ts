import type { ScreenAnswerOf } from "../../requests.ts";
import { Problem } from "../../problem.ts";
import type { Look } from "./look.ts";
import { macAnswers } from "./protocol.ts";

/** Whether `loopd-screen` may use Accessibility, and how a person changes that. With `ask` macOS asks them; nobody waits. */
export async function trust(look: Look, ask: boolean): Promise<ScreenAnswerOf<"trust"> | Problem> {
  const hello = await look.ask({ do: "hello" }, macAnswers.hello);
  if (hello instanceof Problem) return hello;
  const answer = await look.ask({ do: "trust", prompt: ask }, macAnswers.trust);
  if (answer instanceof Problem) return answer;
  const { trusted, settings } = answer;
  // Without a responsibility of its own macOS names, and would grant this to, whatever started the helper.
  const name = hello.responsible === "self" ? "loopd-screen" : "the program that started loopd's helper";
  if (trusted) return { trusted, how: `macOS lets ${name} use Accessibility. It is taken back at ${settings}` };
  const next = ask ? "macOS asks for it now, or asked before" : "It was not asked for now";
  return {
    trusted,
    how: `macOS does not let ${name} use Accessibility yet. ${next}: a person switches ${name} on at ${settings} (System Settings > Privacy & Security > Accessibility).`,
  };
}
