import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { isListed, isPublicAddress } from "../../../src/tools/web/public-address.ts";
import { addressSchema, hostOf, visibleAddress } from "../../../src/tools/web/web-address.ts";

test.each([
  ...["127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  ...["169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7"],
  ...["203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"],
  ...["::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:0:127.0.0.1", "fe80::1", "fe80::1%eth0"],
  ...["fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1"],
  ...["100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "4000::1", "5f00::1"],
  ...["", "localhost", "1.2.3", "8.8.8.8 "],
])("%s is not public", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "172.32.0.1",
  "100.128.0.1",
  "2606:4700:4700::1111",
  "::ffff:8.8.8.8",
  "64:ff9b::808:808",
])("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));

test("no address of this machine is public", () => {
  const own = Object.values(networkInterfaces()).flatMap((rows) => (rows ?? []).map(({ address }) => address));
  expect(own.filter(isPublicAddress)).toEqual([]);
});

test("a list permits by name, suffix, address and range, and nothing near them", () => {
  const list = ["NAS.local.", "*.corp.example", "192.168.1.5", "10.0.0.0/8", "[fd00::1]", "fd12::/16", "nonsense/99"];
  const permitted = [
    ["nas.local", "192.168.7.7"],
    ["git.corp.example", "172.16.0.1"],
    ["printer", "192.168.1.5"],
    ["printer", "::ffff:192.168.1.5"],
    ["x", "10.200.1.1"],
    ["x", "fd00:0:0::1"],
    ["x", "fd12:1::5"],
  ] as const;
  expect(permitted.filter(([host, address]) => !isListed(host, address, list))).toEqual([]);
  const refused = [
    ["evilnas.local", "192.168.7.7"],
    ["corp.example", "172.16.0.1"],
    ["corp.example.evil.org", "172.16.0.1"],
    ["printer", "192.168.1.50"],
    ["x", "11.0.0.1"],
    ["x", "fd00::2"],
    ["nonsense/99", "127.0.0.1"],
  ] as const;
  expect(refused.filter(([host, address]) => isListed(host, address, list)).map(([host]) => host)).toEqual([
    "nonsense/99",
  ]);
});

const address = addressSchema(["https", "http"]);

test.each([
  ["http://0x7f.1/", "127.0.0.1"],
  ["http://2130706433/", "127.0.0.1"],
  ["http://0177.0.0.1/", "127.0.0.1"],
  ["http://127.1/", "127.0.0.1"],
  ["http://①②⑦.⓪.⓪.①/", "127.0.0.1"],
  ["http://EXAMPLE.com./a", "example.com"],
  ["http://[::FFFF:127.0.0.1]:80/", "::ffff:7f00:1"],
  ["https://bücher.example", "xn--bcher-kva.example"],
])("%s is an address of %s", (url, host) => {
  expect(hostOf(address.parse(url))).toBe(host);
});

test.each([
  "example.com",
  "ftp://example.com/",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "http://a:b@example.com/",
])("%s is refused before anything is decided", (url) => expect(address.safeParse(url).success).toBe(false));

test("a name in another alphabet is shown as it is really spelled", () => {
  expect(visibleAddress(address.parse("https://аррӏе.com/login"))).toBe(
    "https://xn--80ak6aa92e.com/login\n(xn--80ak6aa92e.com is shown as аррӏе.com)",
  );
});
