/* How do texts arrive on the simulated phones while somebody watches, and without losing what they are typing? */

const EVERY_MS = 2000;
const PATIENCE_MS = 10000;
const NOTE_EVERY_MS = 30000;

const announcer = document.querySelector("[data-announce]");
const watchButton = document.querySelector("[data-watch]");
const watchWords = document.querySelector("[data-watch-words]");
const shelf = document.querySelector("[data-phones]");
const asking = new WeakMap();
const unsaid = [];
let watching = true;
let noteReadAt = Date.now();

const phones = () => [...document.querySelectorAll("[data-phone]")];
const parse = (html) => new DOMParser().parseFromString(html, "text/html");
const patience = () => AbortSignal.timeout(PATIENCE_MS);

function announce(words) {
  unsaid.push(words);
  if (unsaid.length > 1) return;
  // Emptied first, so that the same words twice are spoken twice; a moment later, so that two phones do not cut each other off.
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = unsaid.splice(0).join(". "); }, 100);
}

/* A text carries no number of its own, so it is known by who sent it, when, and what it says. */
function marks(root) {
  return [...root.querySelectorAll("[data-text]")].map((text) => ({
    node: text,
    fromService: text.classList.contains("text--out"),
    body: text.querySelector("[data-body]").textContent,
    mark: [text.classList[1], text.querySelector("[data-time]").textContent, text.querySelector("[data-body]").textContent].join("\n"),
  }));
}

/* The texts in `after` that were not in `before`. The oldest may have dropped off the top meanwhile. */
function arrivals(before, after) {
  for (let dropped = 0; dropped <= before.length; dropped += 1) {
    const kept = before.slice(dropped);
    if (kept.every((text, at) => after[at] && after[at].mark === text.mark)) return after.slice(kept.length);
  }
  return after;
}

function swapParts(phone, fresh) {
  const focused = document.activeElement;
  for (const part of phone.querySelectorAll("[data-part]")) {
    const newPart = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (newPart.innerHTML !== part.innerHTML) part.replaceChildren(...newPart.childNodes);
  }
  phone.dataset.version = fresh.dataset.version;
  if (focused && focused.id && !focused.isConnected) document.getElementById(focused.id)?.focus({ preventScroll: true });
}

function takeIn(phone, fresh) {
  const thread = phone.querySelector("[data-thread]");
  // The thread is laid out from its end: 0 is the newest text, and older ones are negative.
  const atNewest = thread.scrollTop > -40;
  const before = marks(phone);
  swapParts(phone, fresh);
  const arrived = arrivals(before, marks(phone));
  if (arrived.length === 0) return;
  arrived.forEach((text) => text.node.classList.add("text--arrived"));
  if (atNewest || arrived.some((text) => !text.fromService)) showNewest(phone);
  else phone.querySelector("[data-newest]").hidden = false;
  const heard = arrived.filter((text) => text.fromService);
  if (heard.length > 0) {
    const count = heard.length === 1 ? "A text" : `${heard.length} texts`;
    announce(`${count} arrived on ${phone.dataset.name}’s phone: ${heard.map((text) => text.body).join(". ")}`);
  }
}

function showNewest(phone) {
  phone.querySelector("[data-thread]").scrollTop = 0;
  phone.querySelector("[data-newest]").hidden = true;
}

async function read(phone) {
  const reply = await fetch(phone.dataset.screenUrl, {
    headers: { "If-None-Match": `"${phone.dataset.version}"` }, signal: patience(),
  });
  if (reply.status === 304) return;
  if (reply.status === 404) {
    phone.remove();
    return;
  }
  if (!reply.ok) throw new Error(`The phone's screen answered ${reply.status}`);
  const fresh = parse(await reply.text()).querySelector("[data-phone]");
  if (fresh && fresh.dataset.version !== phone.dataset.version) {
    takeIn(phone, fresh);
    noteReadAt = 0;
  }
}

/* One question at a time for each phone, so that an older answer never covers a newer one. */
function refresh(phone) {
  const next = (asking.get(phone) || Promise.resolve()).catch(() => {}).then(() => read(phone));
  asking.set(phone, next);
  return next;
}

/* The clock, the inbox and newly enrolled patients belong to the page, not to one phone. */
async function refreshNote() {
  noteReadAt = Date.now();
  const reply = await fetch(location.pathname, { cache: "no-store", signal: patience() });
  if (!reply.ok) throw new Error(`The page answered ${reply.status}`);
  const fresh = parse(await reply.text());
  document.querySelector("[data-note]").replaceChildren(...fresh.querySelector("[data-note]").childNodes);
  for (const phone of fresh.querySelectorAll("[data-phone]")) {
    if (!document.getElementById(phone.id)) shelf.append(phone);
  }
}

async function look() {
  try {
    await Promise.all(phones().map(refresh));
    if (Date.now() - noteReadAt > NOTE_EVERY_MS) await refreshNote();
    watchWords.hidden = true;
  } catch {
    if (watchWords.hidden) watchWords.textContent = "The service is not responding. Trying again every 2 seconds.";
    watchWords.hidden = false;
  }
}

async function watch() {
  if (watching && !document.hidden) await look();
  setTimeout(watch, EVERY_MS);
}

/* What went wrong, in the service's own words if it has any. */
async function complaint(reply) {
  const kind = reply.headers.get("Content-Type") || "";
  const problem = kind.includes("json") ? await reply.json().catch(() => ({})) : {};
  return problem.detail || problem.title || "That did not work. Try again.";
}

async function send(form, submitter) {
  const phone = form.closest("[data-phone]");
  const typed = form.querySelector("[data-typed]");
  const trouble = phone.querySelector("[data-problem]");
  const words = new URLSearchParams(new FormData(form, submitter));
  const sent = typed && typed.value;
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  trouble.hidden = true;
  try {
    // Without script the answer is a redirect back to the page; here the phone alone is read again.
    const reply = await fetch(form.action, {
      method: "POST", body: words, redirect: "manual", signal: patience(),
      headers: { Accept: "application/problem+json, text/html;q=0.9" },
    });
    if (!reply.ok && reply.type !== "opaqueredirect") throw new Error(await complaint(reply));
    if (typed && typed.value === sent) typed.value = "";
    if (form.matches("[data-nudge]")) announce("The next nudge will arrive in a moment");
    await refresh(phone).catch(() => {});
  } catch (error) {
    trouble.textContent = error.name === "Error" ? error.message : "The service is not responding. Check if your text arrived before you send it again.";
    trouble.hidden = false;
  } finally {
    delete form.dataset.sending;
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-answer], [data-nudge]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("[data-typed]")) return;
  event.preventDefault();
  // The button sends an empty text; a stray Enter does not.
  if (event.target.value !== "") event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.matches("[data-newest]")) showNewest(event.target.closest("[data-phone]"));
});

document.addEventListener("visibilitychange", () => { if (watching && !document.hidden) look(); });

watchButton.addEventListener("click", () => {
  watching = !watching;
  watchButton.textContent = watching ? "Pause updates" : "Show new texts again";
  announce(watching ? "New texts are shown as they arrive." : "Updates are paused.");
  if (watching) look();
});

watchButton.hidden = false;
watch();
