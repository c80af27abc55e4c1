// What every script needs that sends by itself: a fresh operation id, and a POST that says what went wrong.

/** A UUIDv7: 48 bits of milliseconds, then chance. Works without HTTPS, where crypto.randomUUID does not. */
export function opId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export const AWAY = "The server cannot be reached. What you did is still on this page; try again in a moment.";
export const HEADERS = { "X-Requested-With": "woodshed", Accept: "application/json, text/html" };

/** The answer to a form; throws an Error whose message is a sentence for the page. */
export async function post(url, form) {
  let answer;
  try {
    answer = await fetch(url, { method: "POST", body: form, headers: HEADERS, credentials: "same-origin" });
  } catch {
    throw new Error(AWAY);
  }
  if (answer.ok) return answer;
  throw new Error(sentence(await answer.text()));
}

/** The sentence in a refusal: JSON {error, errors: {field: sentence}}, or a page. */
export function sentence(text) {
  try {
    const { error, errors } = JSON.parse(text);
    return Object.values(errors ?? {}).join(" ") || error;
  } catch {
    const page = new DOMParser().parseFromString(text, "text/html");
    const said = page.querySelector("[data-refusal], .field-error, .notice-bad");
    return said?.textContent.trim() || "This was not saved. Reload the page and try again.";
  }
}
