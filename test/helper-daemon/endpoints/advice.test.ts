import { expect, test } from "vitest";
import { badResponse, keyMissing } from "../../../helper-daemon/endpoints/endpoint-failure.ts";
import { failureOfNetwork } from "../../../helper-daemon/endpoints/network-failure.ts";
import { failureOfStatus } from "../../../helper-daemon/endpoints/status-failure.ts";

const CODES = [
  ...["ECONNREFUSED", "EHOSTUNREACH", "ENOTFOUND", "ECONNRESET", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ...["ERR_SSL_WRONG_VERSION_NUMBER", "bad port", "HPE_INVALID_CONSTANT"],
];
const STATUSES = [302, 400, 401, 403, 404, 408, 413, 422, 429, 500, 529];

/** What a person is told of each way in which an endpoint can fail. */
function sentences(name: string): string[] {
  const asked = { name, url: "http://127.0.0.1:8080", model: "m", dialect: "anthropic" as const };
  const network = CODES.map((code) => {
    const cause = Object.assign(new Error(code), code === "bad port" ? {} : { code });
    return failureOfNetwork(asked, new TypeError("fetch failed", { cause }), false);
  });
  const answered = STATUSES.map((status) => failureOfStatus(asked, undefined, { status, body: "no" }));
  return [...network, ...answered, badResponse(asked, "is odd", false), keyMissing(asked)].map(
    ({ message }) => message,
  );
}

test("an endpoint that was never saved is mended where it comes from, not by commands that do not know it", () => {
  for (const sentence of sentences("unsaved-0a1b2c3d")) expect(sentence).not.toMatch(/loopd endpoints \w+ unsaved/);
});

test("no advice is cut into another sentence", () => {
  for (const sentence of [...sentences("lan"), ...sentences("unsaved-0a1b2c3d")])
    expect(sentence).not.toMatch(/[:,] (Check|Mend|Look)\b/);
});

test("what answers 404 may speak the other dialect", () => {
  const asked = { name: "lan", url: "http://127.0.0.1:8080", model: "m" };
  const told = (dialect: "anthropic" | "openai") =>
    failureOfStatus({ ...asked, dialect }, undefined, { status: 404, body: "" }).message;
  expect(told("anthropic")).toMatch(/does not speak the Anthropic Messages dialect.*--dialect openai$/);
  expect(told("openai")).toMatch(/does not speak the OpenAI chat completions dialect.*--dialect anthropic$/);
});

test("a server that wants no key is as easy to mend as one that does", () => {
  const asked = { name: "lan", url: "http://127.0.0.1:8080", model: "m", dialect: "openai" as const };
  expect(keyMissing(asked).message).toMatch(/endpoints set lan --key-stdin \(or --auth none, if it wants no key\)$/);
});
