/** What the engine's server is made to say to one request. */
export interface ScriptedAnswer {
  /** `{{private}}` becomes the first placeholder of a private value that the request holds, if it holds one. */
  text: string;
  calls?: readonly { name: string; input: object }[];
  /** Name of a tool of the request: its arguments are sampled, under the grammar of its schema, instead of scripted. */
  samples?: string;
  /** The answer waits for `release`. */
  isHeld?: boolean;
}

/** What comes next, by script. */
export interface EngineScript {
  answers: readonly ScriptedAnswer[];
  /** Only requests that hold this text are answered by the script; all others (probes) get a word of no meaning. */
  task: string;
  /** What is answered to a request for a summary: one whose system text or last message holds `sign`. */
  summary?: { sign: string; text: string };
}

/** What one request was. All counts are tokens. */
export interface RequestCount {
  purpose: "script" | "summary" | "other";
  /** Of the whole prompt. */
  tokens: number;
  reused: number;
  evaluated: number;
  /** What its messages add to those of the request before it and the answer to that; all of it where there was none. */
  appended: number;
  answered: number;
  /** What it asked to leave for the answer. */
  reserved: number;
  /** From the whole request having been read to the first token of its answer, in ms. */
  firstTokenMs: number;
  /** It was refused: the prompt is larger than the window. */
  isRefused: boolean;
  /** The prompt holds `task`. */
  holdsTask: boolean;
  /** Calls without a result right behind them, and results without a call. */
  orphans: number;
  /** The prompt's text, without its borders. */
  text: string;
}

export type ToEngine = { type: "script"; script: EngineScript } | { type: "release" } | { type: "counts" };

export type FromEngine =
  | { type: "listening"; url: string; contextSize: number }
  | { type: "scripted" }
  /** A held answer waits; so many requests have arrived with it. */
  | { type: "held"; requests: number }
  | { type: "counts"; counts: RequestCount[] };
