// The sheet's script: saves each tap without leaving the page, says whether it is saved, and runs the stop drill.
// Without it every button is a plain form post. It decides nothing: counts, outcome and levels come from the server.

const sheet = document.getElementById("sheet");
const chip = document.getElementById("saved");
const key = `footing.sheet.${sheet.dataset.draft}`;
const waiting = new Map(); // line -> what is not saved yet: {seen, mark, note, seconds}
const sending = new Set();
let pause = 0; // seconds until the next try
let timer = null;
let stopped = false; // the sheet is no longer ours to change

const formOf = (line) => sheet.querySelector(`form[data-line="${line}"]`);

function say(state, text) {
  chip.dataset.state = state;
  chip.querySelector("[data-says]").textContent = text;
}

function keep() {
  try {
    if (waiting.size) localStorage.setItem(key, JSON.stringify([...waiting]));
    else localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing still sends; the chip says what is saved.
  }
}

function show(line, told) {
  const form = formOf(line);
  if (told.mark !== undefined) {
    for (const button of form.querySelectorAll("button[name=mark]")) {
      button.setAttribute("aria-pressed", String(button.value === told.mark));
    }
  }
  if (told.seen !== undefined) form.elements.seen.value = told.seen;
  const summary = form.closest("details.fold")?.querySelector(".n");
  if (summary && told.mark) {
    summary.firstElementChild.textContent = told.mark === "not_observed" ? "Not observed" : `Level ${told.mark}`;
    summary.lastElementChild.textContent = told.mark === "not_observed" ? "–" : told.mark;
  }
}

function problem(line, text) {
  const form = formOf(line);
  form.querySelector(".problem")?.remove();
  if (!text) return;
  const told = document.createElement("p");
  told.className = "problem";
  told.setAttribute("role", "alert");
  told.textContent = text;
  form.querySelector(".levels").before(told);
}

function intend(line, change) {
  if (stopped) return;
  const form = formOf(line);
  const before = waiting.get(line) ?? { seen: form.elements.seen.value };
  waiting.set(line, { ...before, ...change });
  problem(line, "");
  show(line, change);
  keep();
  say("saving", "Saving…");
  pause = 0;
  send(line);
}

async function send(line) {
  if (sending.has(line) || stopped) return;
  const change = waiting.get(line);
  if (!change) return;
  const form = formOf(line);
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, ...change });
  sending.add(line);
  let answer = null;
  let told = {};
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    told = await answer.json();
  } catch {
    answer = null; // no network, or an answer nobody can read: try again
  }
  sending.delete(line);
  if (answer?.ok) saved(line, change, told);
  else if (answer?.status === 409 && told.line) overtaken(line, told);
  else if (answer?.status === 422) refused(line, told.error);
  else if (answer && answer.status < 500) lost(told.error);
  else later();
}

function saved(line, sent, told) {
  const now = waiting.get(line);
  formOf(line).elements.seen.value = told.line.seen;
  // What was tapped while this was on its way is sent next, on top of the revision just made.
  const rest = Object.fromEntries(Object.entries(now).filter(([name, value]) => name !== "seen" && sent[name] !== value));
  if (Object.keys(rest).length) waiting.set(line, { ...rest, seen: told.line.seen });
  else waiting.delete(line);
  keep();
  tell(told);
  if (waiting.size) waiting.forEach((_, other) => send(other));
  else say("saved", `Saved ${told.saved}`);
}

function overtaken(line, told) {
  waiting.delete(line);
  keep();
  show(line, { mark: told.line.mark ?? "", seen: told.line.seen });
  const form = formOf(line);
  if (form.elements.note !== document.activeElement) form.elements.note.value = told.line.note;
  problem(line, told.error);
  say("unsaved", "One line was changed by somebody else");
}

function refused(line, text) {
  waiting.delete(line);
  keep();
  problem(line, text);
  say("unsaved", "Not saved");
}

function lost(text) {
  stopped = true;
  say("unsaved", "Not saved");
  const told = document.createElement("p");
  told.className = "flash no";
  told.setAttribute("role", "alert");
  told.textContent = `${text ?? "This could not be saved."} Reload the page to go on; taps not saved yet are kept on this device.`;
  sheet.prepend(told);
  told.scrollIntoView({ block: "center" });
}

function later() {
  pause = Math.min(30, pause ? pause * 2 : 1);
  say("unsaved", "Not saved yet. Trying again…");
  clearTimeout(timer);
  timer = setTimeout(again, pause * 1000);
}

function again() {
  waiting.forEach((_, line) => send(line));
}

function tell(told) {
  const meter = document.querySelector(".sheet-foot progress");
  meter.value = told.rated;
  meter.textContent = `${told.rated} of ${told.of}`;
  document.querySelector("[data-meter]").textContent = `${told.rated} of ${told.of}`;
  document.querySelector("[data-meter-also]").textContent = told.critical;
  for (const [group, text] of Object.entries(told.groups)) {
    sheet.querySelector(`[data-group="${group}"]`).textContent = text;
  }
  for (const form of sheet.querySelectorAll("form.crit")) {
    form.classList.toggle("failed", told.failed.includes(form.dataset.line));
  }
  sheet.querySelector("[data-outcome]").textContent = told.outcome;
  sheet.querySelector("[data-sentence]").textContent = told.sentence;
  document.getElementById("sign").classList.toggle("quiet", !told.signable);
}

sheet.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-line]");
  if (!form) return;
  event.preventDefault();
  const change = {};
  if (event.submitter?.name === "mark") change.mark = event.submitter.value;
  if (form.elements.note.value !== form.elements.note.defaultValue) change.note = form.elements.note.value;
  if (form.elements.seconds && form.elements.seconds.value !== form.elements.seconds.defaultValue) {
    change.seconds = form.elements.seconds.value;
  }
  for (const name of ["note", "seconds"]) {
    if (name in change) form.elements[name].defaultValue = change[name];
  }
  if (Object.keys(change).length) intend(form.dataset.line, change);
});

sheet.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-line]");
  if (form && ["note", "seconds"].includes(event.target.name)) form.requestSubmit();
});

window.addEventListener("online", again);
window.addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});

// ---- the stop drill

const drill = document.getElementById("drill");
if (drill) {
  const line = drill.dataset.for;
  const limit = Number(sheet.dataset.limit);
  const idle = [...drill.children];
  const call = drill.querySelector("button");
  const told = drill.querySelector("[data-told]");
  let started = 0;
  let ticking = 0;

  const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
  const time = make("p", "t", "0.0 s");
  const off = make("button", "btn danger", "Both feet off");
  const cancel = make("button", "linkbtn", "Cancel");
  off.type = cancel.type = "button";

  const seconds = () => Math.round((performance.now() - started) / 100) / 10;

  function tick() {
    time.textContent = `${seconds().toFixed(1)} s`;
    drill.classList.toggle("late", seconds() > limit);
    ticking = requestAnimationFrame(tick);
  }

  function end() {
    cancelAnimationFrame(ticking);
    drill.classList.remove("running", "late");
    drill.replaceChildren(...idle);
    call.focus();
  }

  call.addEventListener("click", () => {
    started = performance.now();
    drill.replaceChildren(make("h3", "", "Stop was called"), time, off, cancel);
    drill.classList.add("running");
    off.focus();
    tick();
  });
  cancel.addEventListener("click", () => {
    told.textContent = "Not timed.";
    end();
  });
  off.addEventListener("click", () => {
    const taken = seconds().toFixed(1);
    const level = Number(taken) <= limit ? "2" : "0";
    told.textContent = `${taken} s, ${level === "2" ? "in time" : "too late"}. That speaks for level ${level}: tap what you saw.`;
    const form = formOf(line);
    form.elements.seconds.value = form.elements.seconds.defaultValue = taken;
    intend(line, { seconds: taken });
    end();
    form.closest("details")?.setAttribute("open", "");
    form.querySelector(`button[name=mark][value="${level}"]`).focus();
  });
  drill.addEventListener("keydown", (event) => {
    if (!drill.classList.contains("running")) return;
    if (event.key === "Escape") cancel.click();
    if (event.key === "Tab") {
      event.preventDefault();
      (document.activeElement === off ? cancel : off).focus();
    }
  });
  drill.hidden = false;
}

// ---- taps a lost network or a closed tab left behind

try {
  for (const [line, change] of JSON.parse(localStorage.getItem(key) ?? "[]")) {
    if (!formOf(line)) continue;
    waiting.set(line, change);
    show(line, { mark: change.mark });
    if (change.note !== undefined) formOf(line).elements.note.value = change.note;
  }
} catch {
  localStorage.removeItem(key);
}
if (waiting.size) {
  say("saving", "Saving…");
  again();
}
