import { Problem } from "../problem.ts";
import type { Looking, Sight } from "../session-screen.ts";
import type { RenderedScreen } from "../../protocol/screen.ts";
import { bytesOf, controlName, quotedText, tokensOf } from "../tree/inert-text.ts";
import type { RefEntry } from "../tree/refs.ts";
import type { Session } from "./session.ts";
import { isFold } from "./session-view.ts";

/** The longest text that is asked for at once, in characters. */
const MOST_TEXT = 100_000;
/** Bytes of a text that are kept for its heading. */
const HEADING = 300;

/** Opens a folded group of the last look, or tells the text of a control from a character on. */
export function expand(session: Session, ref: string, looking: Looking, from: number): Promise<Sight | Problem> {
  const { memory } = session;
  memory.begin(looking);
  return session.inTurn(looking.signal, async () => {
    const entry = memory.entryOf(ref);
    if (entry instanceof Problem) return entry;
    const { app, title } = entry.window;
    if (looking.only !== undefined && app.toLowerCase() !== looking.only.toLowerCase())
      return new Problem("stale", `${ref} is a part of ${app} by now. Read the screen again.`);
    const opened = memory.view.expand(ref, looking.budget);
    const screen = opened ?? (isFold(entry) ? closed(ref, title) : await readText(session, entry, looking, from));
    if (screen instanceof Problem) return screen;
    memory.follow(looking);
    return { app, window: title, text: screen.text, isFull: false, screen, lastRef: memory.view.lastRef };
  });
}

function closed(ref: string, title: string): Problem {
  return new Problem(
    "stale",
    `${ref} folds a part of ${title} as it was. Read that window again to see what it holds.`,
  );
}

/** The text of a control, every line of it marked as a stranger's. */
async function readText(
  { screen, memory }: Session,
  { ref, control }: RefEntry,
  { signal, budget }: Looking,
  from: number,
): Promise<RenderedScreen | Problem> {
  if (control.isSecure) return new Problem("secure", "This field is secret: it is never read.");
  const gone = new Problem("gone", `${ref} is not known any more. Read the screen again.`);
  if (control.id === "") return gone;
  const room = Math.max(80, Math.floor(budget * 3.5) - HEADING);
  const count = Math.min(MOST_TEXT, room);
  const asking = { signal, generation: memory.generation };
  const reply = await screen.ask({ do: "text", element: control.id, from, count }, asking);
  if (reply instanceof Problem) return reply;
  const { text, chars } = reply.answer;
  const [body, told] = within(text, room);
  // Some programs count letters, others UTF-16 units.
  const asked = Math.min(count, Math.max(0, chars - from));
  const countsLetters = text.length !== asked && [...text].length === asked;
  const end = from + (countsLetters ? [...text.slice(0, told)].length : told);
  const left = Math.max(0, chars - end);
  const more = left === 0 ? "" : `; ${left} more: expand it from ${end}`;
  const name = control.name === "" ? "" : ` ${controlName(control.name)}`;
  const all = `${ref}${name}: characters ${Math.min(from, chars)}-${Math.min(end, chars)} of ${chars}${more}\n${body}`;
  return { text: all, nodes: 0, controls: [], hidden: 0, tokens: tokensOf(all) };
}

/** As much of a text as there is room for, marked, and how many characters that is. */
function within(text: string, room: number): [string, number] {
  let told = text.length;
  for (;;) {
    // Half a character is none.
    const isSplit = told < text.length && /[\uD800-\uDBFF]/.test(text.charAt(told - 1));
    if (isSplit) told -= 1;
    const body = quotedText(text.slice(0, told));
    const excess = bytesOf(body) - room;
    if (excess <= 0 || told <= 1) return [body, told];
    told = Math.max(1, Math.min(told - 1, Math.floor((told * room) / (room + excess))));
  }
}
