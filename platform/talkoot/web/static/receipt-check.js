// The proof that a ballot is in the box, checked here and not by the server: the ballot's leaf, the
// path of hashes up to a root (RFC 9162, 2.1.3.2), and who signed that root (C2SP signed notes).
// The page holds a sentence for every outcome (`data-when`); this only chooses among them.

const box = document.querySelector("[data-check]");
const subtle = globalThis.crypto?.subtle; // absent where the address is not a secure one
const LOG = 1;
const WITNESS = 4;
const ID_BYTES = 4;
const TIME_BYTES = 8;

class Refused extends Error {}

function need(holds, reason) {
  if (!holds) throw new Refused(reason);
}

const utf8 = (words) => new TextEncoder().encode(words);
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const hash = async (...parts) => new Uint8Array(await subtle.digest("SHA-256", joined(...parts)));

function fromHex(words) {
  need(/^([0-9a-f]{2})*$/.test(words), "other");
  return Uint8Array.from(words.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function fromBase64(words) {
  try {
    return Uint8Array.from(atob(words), (sign) => sign.charCodeAt(0));
  } catch {
    throw new Refused("other");
  }
}

// docs/wire.md: every field with its length before it, so that no two lists give the same bytes.
const u32 = (number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
const field = (bytes) => [...u32(bytes.length), ...bytes];

function leafOf(entry) {
  const fields = [utf8("ballot"), entry];
  return joined(field(utf8("pbk1/board-leaf")), u32(fields.length), ...fields.map(field));
}

async function rootOver(leaf, index, size, path) {
  let here = BigInt(index);
  let last = BigInt(size) - 1n;
  need(here >= 0n && here <= last, "root");
  let found = await hash([0], leaf);
  for (const step of path) {
    need(last > 0n, "root");
    if (here & 1n || here === last) {
      found = await hash([1], step, found);
      while (!(here & 1n) && here) {
        here >>= 1n;
        last >>= 1n;
      }
    } else {
      found = await hash([1], found, step);
    }
    here >>= 1n;
    last >>= 1n;
  }
  need(last === 0n, "root");
  return found;
}

function noteIn(words) {
  const cut = words.lastIndexOf("\n\n");
  const text = words.slice(0, cut + 1);
  const [origin, size, root, ...rest] = text.split("\n");
  need(cut > 0 && /^[0-9]{1,15}$/.test(size) && rest.length === 1, "other");
  const lines = words.slice(cut + 2).split("\n").filter(Boolean).map((line) => {
    const [, name, packed] = line.split(" ");
    const bytes = fromBase64(packed ?? "");
    return { name, id: bytes.slice(0, ID_BYTES), payload: bytes.slice(ID_BYTES) };
  });
  return { text, origin, size, root: fromBase64(root), lines };
}

async function keyIn(words) {
  const [name, , ...rest] = words.split("+");
  const packed = fromBase64(rest.join("+"));
  const id = (await hash(utf8(`${name}\n`), packed)).slice(0, ID_BYTES);
  return { name, id, use: packed[0], bytes: packed.slice(1) };
}

function signedBy(note, line, use) {
  if (use === LOG) return { message: utf8(note.text), signature: line.payload };
  const time = line.payload.slice(0, TIME_BYTES).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
  return { message, signature: line.payload.slice(TIME_BYTES) };
}

async function isSigned(note, key) {
  const verifier = await subtle.importKey("raw", key.bytes, "Ed25519", false, ["verify"]);
  for (const line of note.lines) {
    if (line.name !== key.name || !same(line.id, key.id)) continue;
    const { message, signature } = signedBy(note, line, key.use);
    if (await subtle.verify("Ed25519", verifier, signature, message)) return true;
  }
  return false;
}

async function signatures(note, keys) {
  const log = await keyIn(keys.log_key);
  need(log.use === LOG && log.name === note.origin, "signature");
  try {
    need(await isSigned(note, log), "signature");
  } catch (error) {
    if (error.name === "NotSupportedError") return { says: "unsigned" };
    throw error;
  }
  const known = await Promise.all([...new Set(keys.witnesses)].map(keyIn));
  const found = await Promise.all(
    known.map(async (key) => key.use === WITNESS && (await isSigned(note, key))),
  );
  const signed = found.filter(Boolean).length;
  const needed = Math.max(keys.quorum, 1); // a board that asks for none is witnessed by none
  need(Number.isInteger(needed), "other");
  return { says: "signed", signed, needed };
}

async function checked(proof, keys, { number, origin }) {
  need(proof.entry_hash.length === 64 && proof.entry_hash.startsWith(number), "other");
  const note = noteIn(proof.checkpoint);
  need(note.origin === origin, "other");
  const leaf = leafOf(fromHex(proof.entry_hash));
  const root = await rootOver(leaf, proof.index, note.size, proof.path.map(fromHex));
  need(same(root, note.root), "root");
  return signatures(note, keys);
}

async function fetched(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new TypeError(`${address}: ${answer.status}`);
  return answer.json();
}

function counted(name, { signed, needed }) {
  const place = box.querySelector(`[data-when="${name}"]`);
  place.textContent = place.dataset.words.replace("{signed}", signed).replace("{needed}", needed);
}

async function outcome() {
  if (!subtle) return ["cannot"];
  const { proof: proofAt, keys: keysAt } = box.dataset;
  let found;
  try {
    found = await Promise.all([fetched(proofAt), fetched(keysAt)]);
  } catch {
    return ["unfetched"];
  }
  try {
    const seen = await checked(...found, box.dataset);
    // Who cannot check one signature can check none, and says nothing of witnesses.
    if (seen.says === "unsigned") return ["proved", "unsigned"];
    const witnessed = seen.signed >= seen.needed ? "witnessed" : "unwitnessed";
    counted(witnessed, seen);
    return ["proved", "signed", witnessed];
  } catch (error) {
    // What is no proof at all breaks the reading of it: that is refused too, never passed over.
    return ["refused", error instanceof Refused ? error.message : "other"];
  }
}

function say(...names) {
  // Whatever the server said in green is taken back as soon as its proof is refused.
  const shown = names[0] === "refused" ? names : [...names, "believed"];
  box.dataset.outcome = names[0];
  for (const one of document.querySelectorAll("[data-when]")) {
    one.hidden = !shown.includes(one.dataset.when);
  }
  const [said, refused] = ["believed", "refused"].map(
    (name) => box.querySelector(`h2 [data-when="${name}"]`).textContent,
  );
  if (names[0] === "refused") document.title = document.title.replace(said, refused);
}

if (box) {
  say("working");
  say(...(await outcome()));
}
