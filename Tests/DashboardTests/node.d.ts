// What of Node's own test runner is used here; Debian has no types of it.
declare module "node:test" {
  export default function test(name: string, body: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
  interface Assert {
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    throws(body: () => unknown, expected?: RegExp): void;
    ok(value: unknown, message?: string): void;
  }
  const assert: Assert;
  export default assert;
}
