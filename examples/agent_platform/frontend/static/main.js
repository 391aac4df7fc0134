// Starts the page in a browser: the only file that touches the browser's own things.

import { Page } from "./page.js";
import { Session } from "./session.js";

const addresses = await (await fetch("config.json")).json();
const session = new Session(addresses, (url, options) => fetch(url, options));
new Page(document, session, {
  open: (url, protocols) => new WebSocket(url, protocols),
  later: (call, milliseconds) => setTimeout(call, milliseconds),
  newId: () => crypto.randomUUID(),
}).start();
