// One user's session: signs in, asks with the user's token, renews it. Nothing of it is kept outside the object,
// so that two windows, or two sessions in a test, cannot meet.

export class SignedOut extends Error {}

export class Session {
  // `fetch` asks the network; `addresses` names the services: { auth, backend }.
  constructor(addresses, fetch) {
    this.addresses = addresses;
    this.fetch = fetch;
    this.userId = null;
    this.token = null;
    this.refreshToken = null;
    this.renewing = null;
  }

  async signUp(userId, password) {
    await this.#post(`${this.addresses.auth}/register`, { user_id: userId, password });
  }

  async signIn(userId, password) {
    this.#take(await this.#post(`${this.addresses.auth}/login`, { user_id: userId, password }));
    this.userId = userId;
  }

  async signOut() {
    const body = { refresh_token: this.refreshToken };
    try {
      await this.#post(`${this.addresses.auth}/logout`, body, this.#headers());
    } finally {
      this.userId = this.token = this.refreshToken = null;
    }
  }

  // Gives the JSON of an answer; renews the token once when it is good no more.
  async ask(method, path, body) {
    const send = () => this.fetch(`${this.addresses.backend}${path}`, {
      method,
      headers: { "Content-Type": "application/json", ...this.#headers() },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    let answer = await send();
    if (answer.status === 401) {
      await this.renew();
      answer = await send();
    }
    return contentOf(answer);
  }

  // Gets new tokens; whoever asks meanwhile waits for the same ones, since a refresh token is good once.
  async renew() {
    this.renewing ??= this.#renew().finally(() => { this.renewing = null; });
    return this.renewing;
  }

  async #renew() {
    if (this.refreshToken === null) throw new SignedOut("sign in first");
    this.#take(await this.#post(`${this.addresses.auth}/refresh`, { refresh_token: this.refreshToken }));
  }

  #take(tokens) {
    this.token = tokens.token;
    this.refreshToken = tokens.refresh_token;
  }

  #headers() {
    return this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
  }

  async #post(url, body, headers = {}) {
    const answer = await this.fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return contentOf(answer);
  }
}

async function contentOf(answer) {
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new SignedOut(content.detail ?? "sign in first");
  if (!answer.ok) throw new Error(typeof content.detail === "string" ? content.detail : `error ${answer.status}`);
  return content;
}
