// The only place for tapping regions of the body map: a tap ticks the region's box in the list, which stays the real control.

for (const question of document.querySelectorAll("[data-hotspot]")) {
  const boxes = [...question.querySelectorAll("input[type=checkbox]")];
  const regions = [...question.querySelectorAll("[data-region]")];
  const counter = question.querySelector("[data-marked]");
  const wanted = Number(question.dataset.hotspot);

  const show = () => {
    const marked = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    for (const region of regions) region.classList.toggle("chosen", marked.has(region.dataset.region));
    const names = boxes.filter((box) => box.checked).map((box) => box.parentElement.textContent.trim());
    counter.textContent = `${names.length} of ${wanted} marked${names.length ? ": " : ""}${names.join(", ")}.`;
  };

  for (const region of regions) {
    const box = boxes.find((one) => one.value === region.dataset.region);
    if (!box) continue;
    region.addEventListener("click", () => {
      // One place asked for: a tap elsewhere moves the mark.
      if (wanted === 1 && !box.checked) for (const other of boxes) other.checked = false;
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  question.querySelector("svg")?.classList.add("tapping");
  for (const hint of question.querySelectorAll(".tap")) hint.hidden = false;
  // On a narrow screen the map comes first and the list is one tap away; without a map it stays open.
  if (regions.length && matchMedia("(max-width: 52rem)").matches) question.querySelector("details").open = false;
  question.addEventListener("change", show);
  show();
}
