// The app's beginning in a browser.

import { createRoot, hydrateRoot } from "react-dom/client";
import { App, beginLoading } from "./app";
import { maybeSignedIn } from "./core/api";
import { showTheme } from "./core/theme";

showTheme();
const root = document.getElementById("app");
if (!root) throw new Error("the page has no #app");
if (root.firstElementChild && !maybeSignedIn()) {
  // The door stands there already (home.tsx), and is only made to work.
  hydrateRoot(root, <App />);
} else {
  root.replaceChildren();
  beginLoading(location.pathname);
  createRoot(root).render(<App />);
}
