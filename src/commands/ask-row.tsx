import { Color, Detail } from "@raycast/api";
import type { DetailRow } from "./present/ask-view.ts";

/** One row beside a text. */
export function AskRow({ row }: { row: DetailRow }) {
  if (row.type === "label") return <Detail.Metadata.Label title={row.title} text={row.text} />;
  return (
    <Detail.Metadata.TagList title={row.title}>
      {row.tags.map(({ text, tint }) => (
        <Detail.Metadata.TagList.Item key={text} text={text} color={Color[tint]} />
      ))}
    </Detail.Metadata.TagList>
  );
}
