/** How this person calls the program, for commands that they are told to run: with their npm script, and their home. */
export function programName(environment: NodeJS.ProcessEnv): string {
  const name = isOwnScript(environment) ? "npm run loopd --" : "loopd";
  return environment.LOOPD_HOME ? `LOOPD_HOME=${shellWord(environment.LOOPD_HOME)} ${name}` : name;
}

/** The folder a person stands in. npm runs scripts in the project's folder and says where it was called from. */
export function standingFolder(environment: NodeJS.ProcessEnv, folder: string): string {
  return isOwnScript(environment) && environment.INIT_CWD ? environment.INIT_CWD : folder;
}

/** Quotes a word for a POSIX shell where it needs quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) && !word.startsWith("#") ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function isOwnScript({ npm_package_name: name, npm_lifecycle_event: script }: NodeJS.ProcessEnv): boolean {
  return name === "loopd" && (script === "ask" || script === "loopd");
}
