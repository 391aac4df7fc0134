// One user's events over a WebSocket that comes back by itself and misses nothing: it remembers the position of the
// last event that it has seen, and says it when it connects again.

const PROTOCOL = "platform.token";
const SIGNED_OUT = 4401;

export class EventStream {
  // `open(url, protocols)` makes a WebSocket; `later(call, milliseconds)` calls later; `session` has token and renew.
  constructor(session, { open, later = setTimeout, connectionId, onEvent, onState = () => {} }) {
    Object.assign(this, { session, open, later, connectionId, onEvent, onState });
    this.position = "new";
    this.tries = 0;
    this.socket = null;
    this.closed = false;
  }

  connect() {
    const url = new URL("/ws", this.session.addresses.backend.replace(/^http/, "ws"));
    url.searchParams.set("connection_id", this.connectionId);
    url.searchParams.set("resume", this.position);
    this.socket = this.open(url.href, [PROTOCOL, this.session.token]);
    this.socket.onmessage = (message) => this.#take(JSON.parse(message.data));
    this.socket.onclose = (close) => this.#lost(close.code);
  }

  close() {
    this.closed = true;
    this.socket?.close();
    this.onState("closed");
  }

  // An envelope has a position; `recovered` false says that something was missed and is gone.
  #take(message) {
    this.tries = 0;
    if (message.epoch !== undefined) this.position = `${message.epoch}:${message.offset}`;
    if (message.recovered !== undefined) this.onState("open", message.recovered);
    if (message.event !== undefined) this.onEvent(typeof message.event === "string" ? message : message.event);
  }

  #lost(code) {
    if (this.closed) return;
    this.onState("lost");
    const wait = Math.min(5000, 200 * 2 ** this.tries++);
    this.later(() => this.#again(code), wait);
  }

  async #again(code) {
    if (this.closed) return;
    try {
      if (code === SIGNED_OUT) await this.session.renew();
    } catch (error) {
      if (error.name !== "TypeError") return this.onState("signed out");  // a TypeError: the network is away
      return this.#lost(code);
    }
    this.connect();
  }
}
