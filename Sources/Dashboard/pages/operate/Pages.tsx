// The operators' pages of money on its way, in a script of their own.

import { pageAt, PageRoute } from "../../core/routes";
import { useRouting } from "../../core/router";
import { Nothing } from "../Nothing";
import { ClientTimeline } from "../owner/Timeline";
import { Approvals } from "./Approvals";
import { Batches } from "./Batches";
import { Log, LogEvent } from "./Log";
import { Overview } from "./Overview";
import { Saga } from "./Saga";
import { Sagas } from "./Sagas";
import { Transfers } from "./Transfers";

const pages: readonly PageRoute[] = [
  ["/operate", () => <Overview />],
  ["/operate/sagas", () => <Sagas />],
  ["/operate/sagas/:id", (found) => <Saga id={found("id")} />],
  ["/operate/batches", () => <Batches />],
  ["/operate/transfers", () => <Transfers />],
  ["/operate/approvals", () => <Approvals />],
  ["/operate/log", () => <Log />],
  ["/operate/log/:position", (found) => <LogEvent position={found("position")} />],
  ["/operate/timeline/:id", (found) => <ClientTimeline id={found("id")} />],
];

export default function OperatorPages(): JSX.Element {
  return pageAt(pages, useRouting().path) ?? <Nothing />;
}
