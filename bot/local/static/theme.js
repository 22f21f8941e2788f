// Loaded before anything is painted, so that the page never flashes in the wrong colours.
(() => {
  const chosen = localStorage.getItem("wardroom.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
