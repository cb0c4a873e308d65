// The canonical bytes in a browser's own words: which vectors come out otherwise, by what they are
// about. An empty list is a pass.
async ({ key, ed25519_public, vectors }) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
  const u32 = (number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
  const bs = (field) => [...u32(field.length), ...field];
  const pre = (tag, fields) => Uint8Array.from([
    ...bs(new TextEncoder().encode("pbk1/" + tag)), ...u32(fields.length), ...fields.flatMap(bs),
  ]);
  const subtle = globalThis.crypto.subtle;
  const mac = await subtle.importKey("raw", bytes(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signer = await subtle.importKey("raw", bytes(ed25519_public), "Ed25519", false, ["verify"]);
  const wrong = [];
  for (const vector of vectors) {
    const content = pre(vector.tag, vector.fields.map((field) => [...bytes(field)]));
    const same = hex(content) === vector.pre
      && hex(await subtle.digest("SHA-256", content)) === vector.sha256
      && hex(await subtle.sign("HMAC", mac, content)) === vector.hmac
      && await subtle.verify("Ed25519", signer, bytes(vector.ed25519), content);
    if (!same) wrong.push(vector.about);
  }
  return wrong;
}
