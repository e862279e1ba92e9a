import { code, counted, size } from "./markdown.ts";

/** What `files_list` found. */
export interface Listing {
  /** Its first line, in words for a person. */
  summary: string;
  items: { path: string; bytes?: number }[];
}

/** Reads the text of a `files_list` result; lines of no known shape are notes and are passed over. */
export function readListing(text: string): Listing {
  const [head = "", ...lines] = text.split("\n");
  const items = lines.flatMap((line) => {
    const match = /^(-|\d+)\t(.+)$/.exec(line);
    if (match?.[2] === undefined) return [];
    return [{ path: match[2], ...(match[1] === "-" ? {} : { bytes: Number(match[1]) }) }];
  });
  return { summary: summaryOf(head), items };
}

function summaryOf(head: string): string {
  const counts = /^(\d+) files?, (\d+) folders?, (\d+) bytes under (.*)$/.exec(head)?.slice(1) ?? [];
  const [files, folders, bytes, path] = counts;
  if (path === undefined) return head;
  return `${counted(Number(files), "file")} in ${counted(Number(folders), "folder")} under ${code(path)}, ${size(Number(bytes))} in all`;
}

/** One item as a line of a Markdown list. */
export function itemLine({ path, bytes }: Listing["items"][number]): string {
  return bytes === undefined ? code(path) : `${code(path)} – ${size(bytes)}`;
}
