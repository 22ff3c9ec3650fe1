// Light or dark: the system's wish until somebody chooses.

type Theme = "light" | "dark";

const system = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme | null {
  try {
    const value = localStorage.getItem("theme");
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

export const theme = (): Theme => stored() ?? (system().matches ? "dark" : "light");

/** Shows the theme, now and whenever the system's wish changes. */
export function showTheme(): void {
  const show = (): void => void (document.documentElement.dataset["theme"] = theme());
  show();
  system().addEventListener("change", show);
}

export function turnTheme(): Theme {
  const next: Theme = theme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem("theme", next);
  } catch {
    // Without storage the choice holds until the page is left.
  }
  document.documentElement.dataset["theme"] = next;
  return next;
}
