// Runs before the first paint, so that a chosen theme or language does not flash by. Anything else waits for app.js.
try {
  const theme = localStorage.getItem("maru.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  document.documentElement.lang = localStorage.getItem("maru.language") ?? navigator.language.slice(0, 2);
} catch {
  // No storage: the system's theme it is.
}
