// The page of one user: shows what session, stream and runs know. All text goes in as text, never as HTML.

import { EventStream } from "./event_stream.js";
import { Runs } from "./runs.js";
import { SignedOut } from "./session.js";

export class Page {
  constructor(document, session, { open, later, newId }) {
    Object.assign(this, { document, session, open, later, newId });
    this.stream = null;
    this.runs = new Runs();
    this.seen = 0;
  }

  start() {
    this.#on("sign-in", "submit", () => this.#enter());
    this.#on("sign-up", "click", async () => {
      if (!this.$("sign-in").reportValidity()) return;
      await this.session.signUp(this.$("name").value, this.$("password").value);
      await this.#enter();
    });
    this.#on("sign-out", "click", () => this.#leave());
    this.#on("ask", "submit", () => this.#ask());
  }

  $(id) {
    return this.document.getElementById(id);
  }

  #on(id, name, act) {
    this.$(id).addEventListener(name, async (event) => {
      event.preventDefault();
      this.$("sign-in-error").textContent = this.$("ask-error").textContent = "";
      try {
        await act();
      } catch (error) {
        this.#say(error);
      }
    });
  }

  #say(error) {
    const away = error.name === "TypeError" ? "The service is away; try again in a moment." : error.message;
    this.$(this.session.userId === null ? "sign-in-error" : "ask-error").textContent = away;
    if (error instanceof SignedOut && this.session.userId !== null) this.#show(false);
  }

  async #enter() {
    await this.session.signIn(this.$("name").value, this.$("password").value);
    this.$("password").value = "";
    this.$("user").textContent = this.session.userId;
    this.document.title = `${this.session.userId} – Agent platform`;
    this.#clear();
    this.#show(true);
    this.stream = new EventStream(this.session, {
      open: this.open,
      later: this.later,
      connectionId: this.newId(),
      onEvent: (event) => this.#take(event),
      onState: (state) => this.#connection(state),
    });
    this.stream.connect();
    await this.#refresh();
    this.$("prompt").focus();
  }

  async #leave() {
    this.stream?.close();
    try {
      await this.session.signOut();
    } finally {
      this.#clear();
      this.#show(false);
    }
  }

  async #ask() {
    const id = this.newId();
    const prompt = this.$("prompt").value;
    this.$("prompt").value = "";
    try {
      await this.session.ask("POST", `/agents/${this.$("agent").value}/stream`, { prompt, run_id: id });
    } catch (error) {
      this.#draw(this.runs.fail(id, error.message));
      throw error;
    }
    await this.#refresh();
  }

  async #refresh() {
    const threads = await this.session.ask("GET", "/threads");
    this.$("threads").replaceChildren(...threads.slice(-8).reverse().map((each) => this.#element("li", "", each.title)));
    try {
      const usage = await this.session.ask("GET", "/usage");
      const figures = Object.entries(usage).map(([name, count]) => `${name.replace("_", " ")}: ${count}`);
      this.$("figures").textContent = figures.join(", ") || "none yet";
    } catch {
      this.$("figures").textContent = "the analytics service is away";
    }
  }

  #take(event) {
    this.seen += 1;
    this.$("count").textContent = this.seen;
    const line = this.#element("li", "");
    line.append(this.#element("b", "", event.event), ` ${event.data?.step ?? event.data?.text ?? event.data?.prompt ?? ""}`);
    this.$("events").prepend(line);
    this.#draw(this.runs.take(event));
  }

  #draw(run) {
    if (run === null) return;
    this.$("no-runs")?.remove();
    let item = this.$(`run-${run.id}`);
    if (item === null) {
      item = this.#element("li", "run");
      item.id = `run-${run.id}`;
      this.$("runs").prepend(item);
    }
    const head = this.#element("h3", "", run.agent);
    head.append(this.#element("span", "state", run.state));
    item.className = `run ${run.state}`;
    item.replaceChildren(
      head,
      this.#element("p", "asked", run.asked),
      this.#element("p", "steps", run.steps.join(" → ")),
      this.#element("p", "answer", run.words.join(" ")),
    );
  }

  #connection(state) {
    this.$("link").className = state === "open" ? "dot open" : "dot";
    this.$("link").title = state;
    if (state === "signed out") this.#show(false);
  }

  #clear() {
    this.runs = new Runs();
    this.seen = 0;
    this.$("count").textContent = "0";
    for (const id of ["runs", "events", "threads"]) this.$(id).replaceChildren();
    this.$("figures").textContent = "none yet";
  }

  #show(signedIn) {
    this.$("signed-in").hidden = this.$("who").hidden = !signedIn;
    this.$("signed-out").hidden = signedIn;
    if (!signedIn) this.document.title = "Agent platform";
  }

  #element(name, className, text = "") {
    const element = this.document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  }
}
