// Line icons, 24 by 24; never the only carrier of a meaning.

const paths = {
  home: "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
  channel: "M4 9v6h3l7 5V4L7 9zM18 9a4 4 0 0 1 0 6",
  payout: "M3 7h18v10H3zM12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM6 10v4M18 10v4",
  export: "M12 4v11M8 11l4 4 4-4M4 19h16",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4 4-6 8-6s7 2 8 6",
  overview: "M4 4h7v7H4zM13 4h7v4h-7zM13 10h7v10h-7zM4 13h7v7H4z",
  saga: "M5 4h4v5H5zM15 9h4v5h-4zM5 15h4v5H5zM9 6h4v6h2M9 17h4v-5",
  transfer: "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
  approve: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
  log: "M4 6h3M10 6h10M4 12h3M10 12h10M4 18h3M10 18h10",
  scales: "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
  tables: "M4 5h16v14H4zM4 10h16M10 10v9",
  people: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 20c0-4 3-6 6-6s6 2 6 6M16 5a3 3 0 0 1 0 6" +
    "M17 14c3 0 4 3 4 6",
  menu: "M4 7h16M4 12h16M4 17h16",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5" +
    "M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
  moon: "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
  out: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  plus: "M12 5v14M5 12h14",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  check: "M5 12l5 5 9-10",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 3",
  alarm: "M12 4l9 16H3zM12 10v4M12 17v.5",
  back: "M14 6l-6 6 6 6",
  on: "M10 6l6 6-6 6",
  batch: "M4 7l8-4 8 4-8 4zM4 12l8 4 8-4M4 17l8 4 8-4",
  inbox: "M4 13l3-8h10l3 8v6H4zM4 13h4l1 3h6l1-3h4M12 5v6M10 9l2 2 2-2",
  lanes: "M4 6h11M4 12h7M4 18h13M17 3l3 3-3 3M13 9l3 3-3 3",
  even: "M5 9h14M5 15h14M14 4l-4 16",
  coin: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 12h6M12 9v6",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
  key: "M14 10a4 4 0 1 0-4 4l1-1h2v-2h2v-2zM4 20l6-6",
  empty: "M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg
      viewBox="0 0 24 24"
      width="18"
      height="18"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** Three levels of water behind their weirs. */
export function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0b5d7a" />
      <g fill="none" strokeWidth="3" strokeLinecap="round">
        <path d="M6 9.5h10.5M6 16h14.5M6 22.5h20" stroke="#fff" />
        <path d="M16.5 9.5c3 0 1 6.5 4 6.5M20.5 16c3 0 1 6.5 4 6.5" stroke="#7fd6ee" />
      </g>
    </svg>
  );
}
