// The door as a browser shows it before any script runs: `tools/web` runs this and puts what it
// prints into home.html.

import { renderToString } from "react-dom/server";
import { App } from "./app";

declare const process: { stdout: { write(text: string): void } };

process.stdout.write(renderToString(<App />));
