import { visibleName } from "../visible-text.ts";

/** Words about why a file could not be changed, from what the operating system said. */
export function troubleWords(path: string, thrown: unknown): string {
  const { code, message } = thrown as NodeJS.ErrnoException;
  const name = visibleName(path);
  switch (code) {
    case "EACCES":
    case "EPERM":
      return `${name} may not be changed by this user (${code}).`;
    case "EROFS":
      return `${name} is on a file system that can only be read.`;
    case "ENOSPC":
    case "EDQUOT":
      return `There is no room left on the disk for ${name} (${code}). Free some space and call again.`;
    case "ENAMETOOLONG":
      return `A name in ${name.slice(0, 200)}… is too long for the file system. Choose a shorter one.`;
    case "ENOTDIR":
    case "EEXIST":
      return `A part of ${name} is a file, not a folder. Choose another path.`;
    case "ELOOP":
      return `${name} leads through links that lead in a circle.`;
    default:
      return `${name} could not be changed: ${message}.`;
  }
}
