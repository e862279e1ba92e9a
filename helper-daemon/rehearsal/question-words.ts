const HERE =
  /^(this|the|that|current|my|here|it|these|all|a|any|folder|directory|files?|workspace|project|repository|repo)$/i;

/** The folder that a question names (`in src/tools`, `under "my files"`), or `.` for this folder. */
export function folderIn(question: string): string {
  const quoted =
    /\b(?:in|inside|under|below|of)\s+(?:the\s+)?(?:folder\s+|directory\s+)?["'`\u201c]([^"'`\u201d]+)["'`\u201d]/i.exec(
      question,
    )?.[1];
  if (quoted !== undefined) return quoted;
  const words = question.matchAll(/\b(?:in|inside|under|below|of)\s+(?:the\s+)?(?:(?:folder|directory)\s+)?(\S+)/gi);
  for (const [, word = ""] of words) {
    const path = withoutEnd(word);
    if (path !== "" && !HERE.test(path)) return path;
  }
  return ".";
}

/** The word of a question that looks like the name of a file. */
export function fileIn(question: string): string | undefined {
  const words = question
    .split(/\s+/)
    .map((word) => withoutEnd(word.replace(/^["'`\u201c]+|["'`\u201d]+(?=[?.!,;:]*$)/g, "")));
  const named = words.find((word) => /^[\w~./@+-]*[\w-]\.[a-z0-9]{1,10}$/i.test(word));
  return named ?? words.find((word) => /(^|\/)(readme|license|changelog|makefile|dockerfile)$/i.test(word));
}

/** The first quoted part of a question. */
export function quotedIn(question: string): string | undefined {
  return /["\u201c]([^"\u201d]+)["\u201d]|`([^`]+)`|(?:^|\s)'([^']+)'(?=$|[\s?.!,;])/
    .exec(question)
    ?.slice(1)
    .find((part) => part !== undefined);
}

/** A word without the punctuation that ends a sentence. */
export function withoutEnd(word: string): string {
  const trimmed = word.replace(/[?!,;:]+$/, "");
  return /^\.{1,2}$/.test(trimmed) ? trimmed : trimmed.replace(/(?<=[^.])[.?!,;:]+$/, "");
}
