// A reporter for node's own test runner: one line of JSON for each test, with the titles of the suites around it.
// A suite or parent test is reported after what stands in it, so inner ones wait here for their titles.

const waiting = new Map(); // file -> the tests whose outer titles are not known yet

function told(type, data) {
  const { details = {}, file, name, nesting, skip, todo } = data;
  const error = details.error;
  const cause = error?.cause;
  return {
    file,
    nesting,
    titles: [name],
    failed: type === "test:fail",
    skipped: skip !== undefined && skip !== false,
    todo: todo !== undefined && todo !== false,
    suite: details.type === "suite",
    failure: error?.failureType ?? "",
    reason: String(cause?.message ?? cause ?? error?.message ?? "").slice(0, 500),
    seconds: (details.duration_ms ?? 0) / 1000,
  };
}

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const one = told(type, data);
    const held = waiting.get(one.file) ?? [];
    for (const inner of held.filter((each) => each.nesting > one.nesting)) {
      inner.titles.unshift(one.titles[0]);
      inner.nesting = one.nesting;
    }
    held.push(one);
    waiting.set(one.file, held);
    if (one.nesting === 0) {
      for (const each of held) yield JSON.stringify(each) + "\n";
      waiting.set(one.file, []);
    }
  }
  for (const held of waiting.values()) for (const each of held) yield JSON.stringify(each) + "\n";
}
