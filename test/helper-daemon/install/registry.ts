import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";
import type { Release } from "./release.ts";

const MODULES = resolve(import.meta.dirname, "../../../node_modules");

/**
 * How a registry answers: with the package, with half of it, with something else, with 404, with far too much, with the page
 * of a network that wants a login, with its address elsewhere (once, or for ever), with a beginning and then nothing.
 */
export type Manner = "well" | "cut" | "other" | "missing" | "endless" | "page" | "moved" | "circle" | "silent";

/** A registry of packages on this machine, which is also a proxy. */
export interface Registry {
  url: string;
  /** Requests so far, as they stood in their first line. */
  asked: string[];
  manner: Manner;
  close(): void;
}

/**
 * Serves the packages that a release needs, packed anew from those installed here, and pins the release to these archives:
 * its list of packages and its manifest are what a build would have made of them.
 */
export async function registryFor(release: Release): Promise<Registry> {
  const folder = temporaryFolder("registry");
  const list = release.file("packages.json");
  const rows = JSON.parse(readFileSync(list, "utf8")) as Row[];
  const archives = new Map<string, Buffer>();
  for (const row of rows) {
    if (row.target !== undefined && row.target !== `${process.platform}-${process.arch}`) continue;
    const archive = packed(row, folder);
    row.integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
    archives.set(`/${row.name}/-/${row.name.split("/").at(-1)}-${row.version}.tgz`, archive);
  }
  writeFileSync(list, JSON.stringify(rows));
  const manifest = JSON.parse(readFileSync(release.file("manifest.json"), "utf8")) as { files: Record<string, string> };
  manifest.files["packages.json"] = createHash("sha256").update(readFileSync(list)).digest("hex");
  writeFileSync(release.file("manifest.json"), JSON.stringify(manifest));

  const server = createServer(({ url = "" }, response) => {
    registry.asked.push(url);
    const archive = archives.get(new URL(url, "http://registry").pathname);
    if (archive === undefined || registry.manner === "missing") return void response.writeHead(404).end();
    const { manner } = registry;
    if (manner === "circle" || (manner === "moved" && !url.endsWith("?moved"))) {
      return void response.writeHead(302, { location: manner === "moved" ? `${url}?moved` : url }).end();
    }
    answer(response, manner, archive);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const registry: Registry = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    manner: "well",
    close: () => {
      server.closeAllConnections();
      server.close();
      removeFolder(folder);
    },
  };
  return registry;
}

function answer(response: ServerResponse, manner: Manner, archive: Buffer): void {
  if (manner === "well" || manner === "moved") return void response.end(archive);
  if (manner === "page") return void response.end("<!doctype html><title>Log in</title>");
  if (manner === "other") return void response.end(Buffer.concat([archive.subarray(0, -1), Buffer.from([0])]));
  if (manner === "endless") return void response.writeHead(200, { "content-length": 10 ** 12 }).write(archive);
  response.writeHead(200, { "content-length": archive.length });
  if (manner === "silent") return void response.write(archive.subarray(0, 1000));
  response.write(archive.subarray(0, 1000), () => response.destroy());
}

type Row = { path: string; name: string; version: string; integrity: string; target?: string };

/** The archive of a package, without what only somebody who compiles it needs. */
function packed({ path, name }: Row, folder: string): Buffer {
  const place = join(folder, name.replaceAll("/", "+"));
  const needless = /\/node_modules\/.*\/(node_modules|deps|srt-win|src)(\/|$)/;
  mkdirSync(place);
  const from = join(MODULES, path);
  const filter = (file: string) => !needless.test(`/node_modules/${name}${file.slice(from.length)}`);
  cpSync(from, join(place, "package"), { recursive: true, filter });
  const { status, stderr } = spawnSync("tar", ["-czf", `${place}.tgz`, "-C", place, "package"], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  rmSync(place, { recursive: true });
  return readFileSync(`${place}.tgz`);
}
