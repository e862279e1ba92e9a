import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A web server of the test's own. */
export interface Site {
  port: number;
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Paths in the order in which they were asked for, with the host that was named. */
  asked: string[];
  headers: IncomingMessage["headers"][];
}

/** Starts a server on 127.0.0.1 that ends with the test. */
export async function site(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Site> {
  const asked: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host?.replace(/:\d+$/, "")}${request.url}`);
    headers.push(request.headers);
    response.on("error", () => undefined);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, asked, headers };
}

/** Answers with one body. */
export const sends =
  (body: string | Buffer, type = "text/html", others: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { "content-type": type, ...others }).end(body);
  };
