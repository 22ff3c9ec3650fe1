// Times as people read them; the log's own text stays in the title.

const pad = (value: number): string => String(value).padStart(2, "0");

/** `28 Nov 2026, 00:23:46` in UTC, as every page writes it. */
export function moment(text: string | null): string {
  if (text === null) return "";
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  const month = date.toLocaleString("en-GB", { month: "short", timeZone: "UTC" });
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${
    pad(date.getUTCSeconds())
  }`;
  return `${date.getUTCDate()} ${month} ${date.getUTCFullYear()}, ${time}`;
}

export function day(text: string | null): string {
  return text === null ? "" : (moment(text).split(",")[0] ?? "");
}

/** `3 min`, `2 h`, `5 d`: how long between two times, roughly. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.round(hours / 24)} d`;
}

export const ago = (text: string): string => `${span(Date.now() - Date.parse(text))} ago`;
