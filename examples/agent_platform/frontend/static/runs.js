// What is known of one user's runs, as a fold over that user's events; knows nothing of the page.

export class Runs {
  constructor() {
    this.byId = new Map();
  }

  // Takes one event in, and gives the run that it is about, null where it is about none.
  take(event) {
    const about = event.data ?? {};
    if (about.run_id === undefined) return null;
    const run = this.byId.get(about.run_id) ?? { id: about.run_id, agent: about.agent, asked: "", steps: [], words: [], state: "running" };
    this.byId.set(run.id, run);
    if (event.event === "agent_started") run.asked = about.prompt;
    if (event.event === "agent_step") run.steps.push(about.step);
    if (event.event === "agent_text") run.words.push(about.text);
    if (event.event === "agent_completed") {
      run.state = "done";
      run.words = [about.text];
    }
    return run;
  }

  fail(id, reason) {
    const run = this.byId.get(id);
    if (run !== undefined && run.state === "running") {
      run.state = "failed";
      run.words = [reason];
    }
    return run ?? null;
  }
}
