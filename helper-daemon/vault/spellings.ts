/** A text in another spelling, and where each of its places is in the original. */
export interface Respelled {
  text: string;
  at(index: number): number;
}

/** Escapes of JSON, also of JSON in JSON. */
const ESCAPES = /\\+(?:u([0-9a-f]{4})|\/)/gi;
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  ...{ commat: "@", period: ".", nbsp: " ", amp: "&", plus: "+", hyphen: "-", dash: "-", colon: ":", sol: "/" },
  ...{
    lowbar: "_",
    quot: '"',
    apos: "'",
    lt: "<",
    gt: ">",
    equals: "=",
    num: "#",
    percnt: "%",
    excl: "!",
    dollar: "$",
  },
};
/** Whether a text could hold another spelling at all; most text does not, and is done with here. */
const ANY_SPELLING = /[%&\u00a0\u00ad\u2000-\u2015\u202f\u2060\u2212\u3000\ufeff\uff01-\uff5e]|\\x/;
const SPELLINGS = new RegExp(
  [
    // Percent signs, once or several times: %40, %2540, %C3%B6.
    /%(?:25)*([2-7][0-9a-f])|((?:%(?:25)*[c-f][0-9a-f])(?:%(?:25)*[89ab][0-9a-f]){1,3})/,
    // HTML: &#64; &#x40; &commat;
    /&(?:#0{0,4}(\d{2,5})|#x0{0,4}([0-9a-f]{2,4})|([a-z]{2,6}));/,
    // Programs: \x40
    /\\x([2-7][0-9a-f])/,
    // Spaces, dashes and letters of other widths; signs that nobody sees.
    /([\u00a0\u2000-\u200a\u202f\u3000])|([\u2010-\u2015\u2212])|([\uff01-\uff5e])|[\u00ad\u200b-\u200d\u2060\ufeff]/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gi",
);

/** The text without escapes of JSON; undefined where there are none. */
export function unescaped(text: string): Respelled | undefined {
  if (!text.includes("\\")) return undefined;
  return changed(text, ESCAPES, (whole, [code]) => {
    if (code === undefined) return "/";
    const value = Number.parseInt(code, 16);
    return value < 0x20 ? whole : String.fromCharCode(value);
  });
}

/** The text in plain letters: without percent signs, HTML and signs that only look alike. Undefined where it is plain. */
export function respelled(text: string): Respelled | undefined {
  if (!ANY_SPELLING.test(text)) return undefined;
  return changed(text, SPELLINGS, (whole, [percent, bytes, decimal, hex, name, program, space, dash, wide]) => {
    const code = percent ?? hex ?? program;
    if (code !== undefined) return visible(Number.parseInt(code, 16), whole);
    if (decimal !== undefined) return visible(Number(decimal), whole);
    if (bytes !== undefined) return decoded(bytes.replace(/%(?:25)+/g, "%"));
    if (name !== undefined) return NAMED_ENTITIES[name.toLowerCase()] ?? whole;
    if (space !== undefined) return " ";
    if (dash !== undefined) return "-";
    return wide === undefined ? "" : String.fromCharCode(wide.charCodeAt(0) - 0xfee0);
  });
}

function visible(code: number, whole: string): string {
  if (code < 0x20 || code > 0xffff) return whole;
  return code === 0xa0 ? " " : String.fromCharCode(code);
}

function decoded(bytes: string): string {
  try {
    return decodeURIComponent(bytes);
  } catch {
    return bytes;
  }
}

/** The text with every match replaced by what it stands for; undefined where that changes nothing. */
function changed(
  text: string,
  pattern: RegExp,
  meaning: (whole: string, groups: (string | undefined)[]) => string,
): Respelled | undefined {
  const starts: number[] = [];
  const shifts: number[] = [];
  let shift = 0;
  const plain = text.replace(pattern, (whole: string, ...rest: (string | number | undefined)[]) => {
    const offset = rest.findIndex((one) => typeof one === "number");
    const next = meaning(whole, rest.slice(0, offset) as (string | undefined)[]);
    if (next === whole) return whole;
    starts.push(Number(rest[offset]) - shift);
    shift += whole.length - next.length;
    shifts.push(shift);
    return next;
  });
  if (starts.length === 0) return undefined;
  const at = (index: number): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return index + (shifts[low - 1] ?? 0);
  };
  return { text: plain, at };
}
