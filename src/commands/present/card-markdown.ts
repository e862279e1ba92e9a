import type { CardRow } from "../../protocol/requests.ts";
import { presentCard } from "./card.ts";
import type { CardSection } from "./card-view.ts";
import { codeBlock, plainMarkdown, quoteBlock } from "./markdown-text.ts";
import { shortened } from "./shortened.ts";

/** A card as Markdown: its title, then all that a person must see to answer it; of what is very long, start and end. */
export function cardMarkdown(card: CardRow): string {
  const { title, sections } = shortened(presentCard(card), "Copy Arguments has all of it");
  return [`## ${plainMarkdown(title)}`, ...sections.map(sectionMarkdown)].join("\n\n");
}

function sectionMarkdown({ gap, ...section }: CardSection): string {
  if (gap === undefined) return wholeMarkdown(section);
  const end = codeBlock(gap.end, section.format === "diff" ? "diff" : "");
  return `${wholeMarkdown({ ...section, format: section.format === "line" ? "block" : section.format })}\n\n*… ${gap.words} …*\n\n${end}`;
}

function wholeMarkdown({ label, text, format }: CardSection): string {
  switch (format) {
    case "quote":
      return `**${label}**\n\n${quoteBlock(text)}`;
    case "diff":
      return `**${label}**\n\n${codeBlock(text, "diff")}`;
    default:
      if (format === "line" && !text.includes("\n")) return `**${label}:** ${plainMarkdown(text)}`;
      return `**${label}**\n\n${codeBlock(text, "")}`;
  }
}
