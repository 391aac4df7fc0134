// Stands in for the network: answers as the services do, and remembers what was asked.

export function serviceDouble() {
  const asked = [];
  const fetch = async (url, options) => {
    const body = options.body === undefined ? {} : JSON.parse(options.body);
    const path = new URL(url).pathname;
    asked.push({ path, method: options.method, token: options.headers.Authorization ?? null, body });
    if (path === "/login") return answer(200, { token: `token-of-${body.user_id}`, refresh_token: `refresh-of-${body.user_id}` });
    if (path === "/logout") return answer(204);
    return answer(200, [{ title: `asked with ${options.headers.Authorization}` }]);
  };
  return { asked, fetch };
}

function answer(status, content) {
  return { status, ok: status < 400, json: async () => content };
}

export const ADDRESSES = { auth: "http://auth.test", backend: "http://backend.test" };
