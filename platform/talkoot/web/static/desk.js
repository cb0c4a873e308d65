// Passkeys at the officials' desk. A form that needs one says which deed (`data-passkey`), and where
// to ask for the options (`data-ask`) or what they are (`data-options`). What the authenticator
// answers goes into the form's field `answer`, as JSON, and the form is sent as any other.

const BYTES = ["challenge", "id"];

function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function textOf(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The site's own id is a name and stays one; the ids of keys and people are bytes.
function readOptions(found) {
  return JSON.parse(JSON.stringify(found), function read(key, value) {
    const isName = key === "id" && "name" in this && !("displayName" in this);
    return BYTES.includes(key) && !isName ? bytesOf(value) : value;
  });
}

async function optionsFor(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.ask, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
  });
  if (!answer.ok) return null;
  return answer.json();
}

function answerOf(credential) {
  const { response } = credential;
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"];
  const parts = names.filter((name) => response[name]).map((name) => [name, textOf(response[name])]);
  return JSON.stringify({
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(parts),
  });
}

async function used(form) {
  const found = await optionsFor(form);
  // Refused before the authenticator was asked: the page that the form leads to says why.
  if (found === null) return form.submit();
  const publicKey = readOptions(found);
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.answer.value = answerOf(credential);
  return form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const failed = form.querySelector("[data-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      await used(form);
    } catch {
      failed.hidden = false;
    }
  });
}

// An invitation's secret stands after "#", which browsers never send; no history keeps it either.
const secret = document.querySelector("[data-from-address]");
if (secret && location.hash.length > 1) {
  secret.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
