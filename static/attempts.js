// The only place for saving an answer as it is given. The page's own form does the same without this script.

const form = document.querySelector("[data-answer]");
const status = document.querySelector("#saved");
const mine = document.querySelector(".overview [aria-current]");
const RETRY = 5000;

let wanted = 0; // how often the answer changed on this page
let kept = 0; // the change the server has confirmed
let sending = null; // the request under way
let timer = 0;

function say(state, text) {
  status.dataset.state = state;
  status.querySelector("[data-says]").textContent = text;
}

async function send() {
  const change = wanted;
  say("saving", "Saving …");
  let sentence = "";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    const told = await answer.json();
    if (answer.ok) {
      kept = Math.max(kept, change);
      if (kept === wanted) {
        say("saved", told.says);
        mine.classList.toggle("answered", told.complete);
        mine.querySelector("[data-says]").textContent = told.complete ? ": answered" : ": not answered";
      }
      return;
    }
    sentence = told.error;
  } catch {
    sentence = "";
    clearTimeout(timer);
    timer = setTimeout(keep, RETRY);
  }
  say("unsaved", sentence || "Not saved yet: no connection. Trying again.");
}

// One request at a time, so that an older answer can never overtake a newer one.
async function keep() {
  if (sending) return sending;
  sending = (async () => {
    let before = -1;
    while (kept < wanted && before !== kept) {
      before = kept;
      await send();
    }
  })();
  try {
    await sending;
  } finally {
    sending = null;
  }
}

form.addEventListener("change", () => {
  wanted += 1;
  keep();
});
window.addEventListener("online", () => {
  if (kept < wanted) keep();
});
window.addEventListener("beforeunload", (event) => {
  if (kept < wanted) event.preventDefault();
});
// Leaving with an answer the server does not have: try once more, and stay if it still fails.
form.addEventListener("submit", async (event) => {
  if (kept === wanted) return;
  event.preventDefault();
  await keep();
  if (kept === wanted) form.requestSubmit(event.submitter);
});
