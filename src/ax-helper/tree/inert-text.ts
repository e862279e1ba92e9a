/**
 * Characters that change what is seen without being seen: controls, text direction, zero width, invisible letters,
 * private use, and the stand-in for an embedded object.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}\ufffc]+/gu;
/** Most names: nothing unseen can be in them. */
const PLAIN = /^[ -~]*$/;
/** A frame as loopd writes it around notes. */
const FRAME = /\[(?=\s*\/?\s*loopd)/gi;
/** The beginning of a reference, or of a line that only a rendering may write. */
const LOOKS_OURS = /^(?:[bkotnplmxsi]\d|"|>|diff \d|(?:gone|new|title):)/i;
/** Characters of a name or a value that are shown. */
const MOST_CHARACTERS = 120;

const ENCODER = new TextEncoder();

/** UTF-8 bytes of a text. */
export function bytesOf(text: string): number {
  return ENCODER.encode(text).length;
}

/** Tokens of a text: ceil(UTF-8 bytes / 3.5). */
export function tokensOf(text: string): number {
  return Math.ceil(bytesOf(text) / 3.5);
}

/** Someone else's text as one line without anything unseen, which ends no cell and opens no frame. Not clipped. */
function oneLine(text: string): string {
  const seen = PLAIN.test(text) ? text : text.toWellFormed().replace(UNSEEN, " ");
  return seen.replaceAll("|", "¦").replace(FRAME, "(").replace(/\s+/gu, " ").trim();
}

/** A text of which only the beginning is kept in `shown`; `rest` counts the characters that are not. */
function clip(text: string, most: number, rest: number): string {
  const cut = text.length > most ? [...text] : [];
  if (cut.length > most) return `${cut.slice(0, most).join("").trimEnd()}…+${cut.length - most + rest}`;
  return rest > 0 ? `${text}…+${rest}` : text;
}

/** How much is looked at of a longer text, in shown characters: enough for what is shown of it, whatever it holds. */
const LOOKED_AT = 5;

/** Characters of the first so many that are shown of a text, as an inert line, and the count of all others. */
function head(text: string, most: number, clean: (text: string) => string, characters: number): string {
  const looked = text.slice(0, most * LOOKED_AT);
  return clip(clean(looked), most, Math.max(0, Math.max(text.length, characters) - looked.length));
}

/** A name as one inert line of at most 120 characters; `…+N` counts what is left out. */
export function nameText(text: string): string {
  return head(text, MOST_CHARACTERS, oneLine, 0);
}

/** A text to read as one inert line of at most 600 characters; `…+N` counts what is left out. */
export function wordsText(text: string): string {
  return head(text, MOST_CHARACTERS * 5, oneLine, 0);
}

/**
 * A value as one inert line of at most 120 characters, line breaks as `\n`. `characters` is the length of the whole if
 * `text` is only its beginning; `…+N` counts what is left out.
 */
export function valueText(text: string, characters: number): string {
  const clean = (value: string) => oneLine(value.replace(/\r?\n|\r|\u2028|\u2029/g, "\\n"));
  return head(text, MOST_CHARACTERS, clean, characters);
}

/** Text that stands alone in a line: quoted if it could be read as something that loopd says. */
export function standingText(text: string): string {
  return LOOKS_OURS.test(text) ? `"${text.replaceAll('"', "'")}"` : text;
}

/** The name of a control that may have a value: quoted if a part of it could be read as one. */
export function controlName(name: string): string {
  return name.length > 1 && /=|^"/.test(name) ? `"${name.replaceAll('"', "'")}"` : name;
}

/** A long text for a reader who asked for it: every line is marked, so none can pass as a line of a screen. */
export function quotedText(text: string): string {
  const lines = text.toWellFormed().split(/\r\n|[\n\r\u2028\u2029]/);
  return lines.map((line) => `> ${line.replace(UNSEEN, " ").replace(FRAME, "(")}`).join("\n");
}
