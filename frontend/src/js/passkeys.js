// Makes a passkey or shows one: asks the server for the challenge, the device for its answer, and sends that as a form.
// Where the browser has no passkeys its form stays hidden, and the sentence that says so stays.
import { bytes, text } from "./base64url.js";

const described = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function made(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return told(credential, {
    clientDataJSON: text(credential.response.clientDataJSON),
    attestationObject: text(credential.response.attestationObject),
  });
}

async function shown(options) {
  const credential = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials) },
  });
  const response = credential.response;
  return told(credential, {
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: response.userHandle ? text(response.userHandle) : null,
  });
}

function told(credential, response) {
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment || null,
    response,
  });
}

/** The server's challenge, or its sentence why there is none. */
async function asked(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  const kind = answer.headers.get("Content-Type") || "";
  return kind.startsWith("application/json") ? answer.json() : { problem: form.dataset.wordsFailed };
}

function sentence(form, error) {
  if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.wordsCancelled;
  if (error.name === "InvalidStateError" && form.dataset.wordsHeld) return form.dataset.wordsHeld;
  return form.dataset.wordsFailed;
}

async function confirm(form, say) {
  say(form.dataset.wordsWait);
  try {
    const answer = await asked(form);
    if (answer.problem) return say(answer.problem);
    const ask = form.dataset.passkey === "make" ? made : shown;
    form.elements.credential.value = await ask(answer.options);
  } catch (error) {
    return say(sentence(form, error));
  }
  // What was shown once to get the challenge is not sent a second time.
  if (form.elements.given) form.elements.given.disabled = true;
  return form.submit();
}

function start(form) {
  const place = form.closest("[data-passkey-place]");
  const button = form.querySelector("button");
  const said = form.querySelector("[data-passkey-said]");
  place.querySelector("[data-passkey-none]").hidden = true;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    await confirm(form, (words) => {
      said.textContent = words;
    });
    button.disabled = false;
  });
}

if (window.PublicKeyCredential && navigator.credentials && window.isSecureContext) {
  document.querySelectorAll("form[data-passkey]").forEach(start);
}
