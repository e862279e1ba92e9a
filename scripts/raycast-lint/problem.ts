/** One thing that the Store would not take. */
export interface Problem {
  /** File below the project, and where in it. */
  where: string;
  /** What is wrong and what would be right, as the end of a sentence that begins with `where`. */
  what: string;
}

/** Looks at a project's folder. */
export type Rule = (folder: string) => Problem[];
