/* How does a page ask the browser for a passkey, and send what comes of it? */

const supported = Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON);

for (const way of document.querySelectorAll("[data-passkey-way]")) way.hidden = !supported;

const form = document.querySelector("[data-passkey]");
if (form) {
  const fault = document.querySelector("[data-passkey-fault]");
  const options = JSON.parse(form.dataset.options);
  const isNew = form.dataset.passkey === "create";
  let asking = false;

  const ask = () => isNew
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });

  const send = async () => {
    if (asking) return;
    asking = true;
    fault.hidden = true;
    try {
      const credential = await ask();
      form.elements.answer.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      // Whoever changed their mind, or whose device knows no passkey for here: which of it, a page is not told.
      fault.hidden = false;
      asking = false;
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  // One touch, not two: whoever came here wants to sign in. A new one waits for its name.
  if (supported && !isNew) send();
}
