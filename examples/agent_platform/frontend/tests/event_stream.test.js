// One user's stream of events, over sockets that are stood in for.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { EventStream } from "../static/event_stream.js";

const sockets = [];
const waits = [];

function streamOf(userId, onEvent = () => {}) {
  const session = { token: `token-of-${userId}`, addresses: { backend: "http://backend.test" }, renew: async () => {} };
  return new EventStream(session, {
    open: (url, protocols) => ({ url, protocols, close() {} }),
    later: (call) => call(),
    connectionId: `tab-of-${userId}`,
    onEvent,
  });
}

describe("an event stream", () => {
  it("says who it is when it connects", () => {
    const stream = streamOf("ann");
    stream.connect();
    sockets.push(stream.socket);
    assert.deepEqual(sockets[0].protocols, ["platform.token", "token-of-ann"]);
  });

  it("goes on where it stopped", () => {
    const stream = streamOf("ann");
    stream.connect();
    stream.socket.onmessage({ data: JSON.stringify({ epoch: "e1", offset: 7, event: { event: "hello" } }) });
    waits.push(stream.position);
    stream.socket.onclose({ code: 1006 });
    sockets.push(stream.socket);
    assert.ok(sockets.at(-1).url.includes("resume=e1%3A7"));
    assert.equal(waits.at(-1), "e1:7");
  });

  it("waits longer the more often it was lost", () => {
    const stream = streamOf("ann");
    stream.later = (call, milliseconds) => waits.push(milliseconds);
    stream.connect();
    waits.push("begin");
    stream.socket.onclose({ code: 1006 });
    stream.socket.onclose({ code: 1006 });
    assert.deepEqual(waits.slice(-2), [200, 400]);
  });

  it("hands on what it hears", () => {
    const heard = [];
    const stream = streamOf("ann", (event) => heard.push(event));
    stream.connect();
    stream.socket.onmessage({ data: JSON.stringify({ event: { event: "agent_started" } }) });
    assert.deepEqual(heard, [{ event: "agent_started" }]);
  });
});
