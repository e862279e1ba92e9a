import { readdirSync, readFileSync } from "node:fs";

/** A process, its parent, its group and its resident memory in bytes. */
interface Row {
  pid: number;
  parent: number;
  group: number;
  rssBytes: number;
}

/** Resident memory of a process and everything that it started, in bytes; undefined where it cannot be told. */
export async function treeMemory(pid: number): Promise<number | undefined> {
  const rows = process.platform === "linux" ? linuxRows() : await listedRows();
  const members = new Set(rows.filter((row) => row.pid === pid || row.group === pid).map((row) => row.pid));
  for (let before = 0; before < members.size;) {
    before = members.size;
    for (const row of rows) if (members.has(row.parent)) members.add(row.pid);
  }
  if (members.size === 0) return undefined;
  return rows.reduce((sum, row) => sum + (members.has(row.pid) ? row.rssBytes : 0), 0);
}

function linuxRows(): Row[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${name}/status`, "latin1"))?.[1] ?? "0";
      return [{ pid: Number(name), parent: Number(parent), group: Number(group), rssBytes: Number(kilobytes) * 1024 }];
    } catch {
      return [];
    }
  });
}

async function listedRows(): Promise<Row[]> {
  const { execa } = await import("execa");
  const options = { env: { LC_ALL: "C" }, extendEnv: false, reject: false, timeout: 5000 } as const;
  const { stdout } = await execa("/bin/ps", ["-ax", "-o", "pid=,ppid=,pgid=,rss="], options);
  return (stdout ?? "").split("\n").flatMap((line) => {
    const [pid, parent, group, kilobytes] = line.trim().split(/\s+/).map(Number);
    if (!pid || parent === undefined || group === undefined || kilobytes === undefined) return [];
    return [{ pid, parent, group, rssBytes: kilobytes * 1024 }];
  });
}
