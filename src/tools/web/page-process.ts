import { text } from "node:stream/consumers";
import { pageText } from "./page-text.ts";
import { plainText } from "./plain-text.ts";

/*
 * A program of its own, because nothing can interrupt a parser or take back the memory that it took: reads HTML from
 * standard input, writes one line of JSON (`PageText`). Arguments: the page's address, and `plain` for nothing but its text.
 */
const [address = "about:blank", manner] = process.argv.slice(2);
const html = await text(process.stdin);
const page = manner === "plain" ? { title: "", text: plainText(html) } : pageText(html, address);
process.stdout.write(JSON.stringify(page));
