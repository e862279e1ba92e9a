/** An element of a running `loopd-screen`: its program, and the number that it has there. Number 0 is the program itself. */
export interface MacElement {
  pid: number;
  id: number;
}

const NAME = /^(\d{1,10})\/(\d{1,15})$/;

/** The name by which everyone else knows an element. */
export function nameElement(pid: number, id: number): string {
  return `${pid}/${id}`;
}

/** The element of a name; undefined when it is none. */
export function parseElement(name: string): MacElement | undefined {
  const [, pid, id] = NAME.exec(name) ?? [];
  return pid === undefined || id === undefined ? undefined : { pid: Number(pid), id: Number(id) };
}
