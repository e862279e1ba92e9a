/** One turn of the conversation that every loop has. */
export interface PrefixTurn {
  input: string;
  /** How many screens it reads, one a step. */
  steps: number;
  /** What the person says while the model works on that step, counted from 1. */
  note?: { during: number; text: string };
  /** For this turn alone: these tools, and this temperature. */
  override?: { tools: readonly string[]; temperature: number };
}

/** What every turn says, so that the endpoint knows the conversation from a probe. */
export const TASK = "Go through the screens of my orders";

/** A short turn, one with settings of its own, and ten steps with a note in their middle. */
export const PREFIX_TURNS: readonly PrefixTurn[] = [
  { input: `${TASK}, the first three of them, and remember who wrote them.`, steps: 3 },
  {
    input: `${TASK}: three more, and only read.`,
    steps: 3,
    override: { tools: ["files_list", "files_read"], temperature: 0.2 },
  },
  {
    input: `${TASK}: the other ten. At the end tell me whom I have to answer.`,
    steps: 10,
    note: { during: 5, text: "Leave out what came from chief.buyer@orders.example; that is done." },
  },
];

export const SCREENS = PREFIX_TURNS.reduce((sum, { steps }) => sum + steps, 0);

/** The tool that every loop calls, by the name that loopd has for it. */
export const READ_TOOL = "files_read";

/** In a lane's folder: the tools and the system text that loopd sent, so that the peers send the same. */
export const PROMPT_FILE = "prompt.json";
