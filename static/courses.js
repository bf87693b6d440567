// The only place for telling the server where somebody is reading, and for answering a knowledge check in place.
// Without it the page works: a button at the end marks the section as read, and a check is answered by an ordinary form.

const article = document.querySelector("[data-place]");
const blocks = [...article.querySelectorAll("[data-block]")];
const told = document.querySelector("[data-told]");

const QUIET = 4000; // at most one report in so many milliseconds
const AT_END = 1500; // the end has to stay in sight for so long before the section counts as read

let position = 0;
let reported = 0;
let read = article.hasAttribute("data-read");
let timer = null;

const report = async (body, keepalive = false) => {
  try {
    const answer = await fetch(article.dataset.place, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": article.dataset.token },
      body: JSON.stringify(body),
      keepalive,
    });
    return answer.ok;
  } catch {
    return false; // offline: the next report tells the same, and the button at the end works as ever
  }
};

const send = (keepalive = false) => {
  clearTimeout(timer);
  timer = null;
  if (position === 0 || position === reported) return;
  const saying = position;
  reported = saying;
  report({ position: saying }, keepalive).then((ok) => {
    if (!ok && reported === saying) reported = 0;
  });
};

// The block she is at: the last one whose top has passed the upper third of the window.
const locate = () => {
  const line = window.innerHeight / 3;
  let found = 1;
  for (const block of blocks) {
    if (block.getBoundingClientRect().top > line) break;
    found = Number(block.dataset.block);
  }
  return found;
};

let waiting = false;
let moved = false;
addEventListener(
  "scroll",
  () => {
    moved = true;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      position = locate();
      timer ??= setTimeout(send, QUIET);
    });
  },
  { passive: true },
);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && moved) send(true);
});

const markRead = async () => {
  if (read) return;
  read = true;
  if (!(await report({ position: Number(article.dataset.blocks), read: true }))) {
    read = false;
    return;
  }
  position = reported = Number(article.dataset.blocks);
  told.textContent = "Marked as read.";
  const current = document.querySelector(".toc a[aria-current]");
  if (current && !current.querySelector(".icon")) {
    const tick = document.querySelector("template[data-tick]");
    current.prepend(tick.content.cloneNode(true));
  }
};

let staying = null;
new IntersectionObserver(
  ([entry]) => {
    clearTimeout(staying);
    if (entry.isIntersecting) staying = setTimeout(markRead, AT_END);
  },
  { threshold: 0.5 },
).observe(article.querySelector("[data-end]"));

// Knowledge checks: the answer goes by itself, the feedback comes back in place. The key is never in the page before.
const opened = new Map();
for (const place of document.querySelectorAll("[data-check]")) opened.set(place, [...place.childNodes]);

article.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-check-form]");
  if (!form) return;
  event.preventDefault();
  const place = form.closest("[data-check]");
  const button = form.querySelector("button[type=submit]");
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "X-Fragment": "1", "X-CSRFToken": article.dataset.token },
      body: new URLSearchParams(new FormData(form)),
    });
    if (answer.status !== 200 && answer.status !== 422) throw new Error(answer.status);
    const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = fragment.querySelector("[data-check-form]");
    if (!said) throw new Error("no check in the answer");
    if (answer.status === 422) {
      // Keep her own form, with its listeners and ticks; only say what is missing.
      form.querySelector(".problem")?.remove();
      const problem = said.querySelector(".problem");
      if (!problem) throw new Error("no reason in the answer");
      form.querySelector(".actions").before(problem);
    } else {
      form.querySelector(".problem")?.remove();
      place.replaceChildren(said);
      place.querySelector("h2, h3, h4, h5").focus();
    }
  } catch {
    form.submit(); // the ordinary way: the page comes back with the answer
  } finally {
    button.removeAttribute("aria-disabled");
  }
});

article.addEventListener("click", (event) => {
  const again = event.target.closest("[data-again]");
  const place = again?.closest("[data-check]");
  const before = place && opened.get(place);
  // After an ordinary form post the page holds no open form; then the link reloads the section.
  const form = before?.find((node) => node.nodeType === Node.ELEMENT_NODE);
  if (!form || form.querySelector("[data-again]")) return;
  event.preventDefault();
  form.reset();
  form.querySelector("[data-question]")?.dispatchEvent(new Event("change", { bubbles: true }));
  place.replaceChildren(...before);
  place.querySelector("h2, h3, h4, h5").focus();
});
