import type { CardSection, CardView } from "./card-view.ts";
import { count, plural } from "./quantity.ts";

/** A section up to this is shown whole. */
const MOST_LINES = 60;
const MOST_CHARACTERS = 4_000;
/** What is shown of a longer one. */
const START = { lines: 40, characters: 2_500 };
const END = { lines: 10, characters: 800 };

/**
 * A card that a person can read: of every long section only start and end, and between them, where nothing of the call can
 * put words, how much is missing. `howToSeeAll` is the way to the whole, such as a command.
 */
export function shortened(view: CardView, howToSeeAll: string): CardView {
  return { ...view, sections: view.sections.map((section) => shortSection(section, howToSeeAll)) };
}

function shortSection(section: CardSection, howToSeeAll: string): CardSection {
  const { text } = section;
  if (text.length <= MOST_CHARACTERS && text.split("\n", MOST_LINES + 1).length <= MOST_LINES) return section;
  const start = whole(text.split("\n", START.lines).join("\n").slice(0, START.characters));
  const rest = text.slice(start.length);
  const end = whole(rest.split("\n").slice(-END.lines).join("\n").slice(-END.characters));
  const middle = rest.slice(0, rest.length - end.length);
  const lines = middle.split("\n").length - 1;
  const much = `${count(middle.length)} characters${lines === 0 ? "" : ` in ${plural(lines, "line")}`}`;
  return { ...section, text: start, gap: { words: `${much} are not shown here; ${howToSeeAll}`, end } };
}

/** Half a surrogate pair at a cut is no character. */
function whole(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/gu, "");
}
