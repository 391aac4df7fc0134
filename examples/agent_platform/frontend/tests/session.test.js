// One user's session, against services that are stood in for.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { Session } from "../static/session.js";
import { ADDRESSES, serviceDouble } from "./service_double.js";

describe("a session", () => {
  let session;

  before(() => {
    session = new Session(ADDRESSES, serviceDouble().fetch);
  });

  it("knows its user once it has signed in", async () => {
    await session.signIn("ann", "ann's secret");
    assert.equal(session.userId, "ann");
    assert.equal(session.token, "token-of-ann");
  });

  it("asks with the token of its user", async () => {
    await session.signIn("ann", "ann's secret");
    assert.deepEqual(await session.ask("GET", "/threads"), [{ title: "asked with Bearer token-of-ann" }]);
  });

  it("keeps nothing when its user has signed out", async () => {
    await session.signIn("ann", "ann's secret");
    await session.signOut();
    assert.equal(session.userId, null);
    assert.equal(session.token, null);
  });
});
