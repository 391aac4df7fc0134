// What is known of one user's runs, told by events.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Runs } from "../static/runs.js";

const state = { userId: "ann", heard: [] };

function event(name, id, data = {}) {
  return { event: name, data: { run_id: id, agent: "summary", user_id: state.userId, ...data } };
}

describe("runs", () => {
  it("begin with what was asked", () => {
    const runs = new Runs();
    state.heard = [event("agent_started", "run-1", { prompt: "hello" })];
    for (const each of state.heard) runs.take(each);
    assert.equal(runs.byId.get("run-1").asked, "hello");
    assert.equal(state.heard.length, 1);
  });

  it("end with the whole answer", () => {
    const runs = new Runs();
    state.heard = [
      event("agent_started", "run-1", { prompt: "hello" }),
      event("agent_text", "run-1", { text: "good" }),
      event("agent_completed", "run-1", { text: "good morning" }),
    ];
    for (const each of state.heard) runs.take(each);
    assert.deepEqual(runs.byId.get("run-1").words, ["good morning"]);
    assert.equal(state.heard.length, 3);
  });

  it("are none of events that speak of no run", () => {
    state.heard = [{ event: "hello" }];
    assert.equal(new Runs().take(state.heard[0]), null);
  });

  it("fail with the reason", () => {
    const runs = new Runs();
    runs.take(event("agent_started", "run-2", { prompt: "hello" }));
    assert.equal(runs.fail("run-2", "the back end is away").state, "failed");
  });
});
