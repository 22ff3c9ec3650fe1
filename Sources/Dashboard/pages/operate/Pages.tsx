// The operators' pages, in a script of their own.

import { pageAt, PageRoute } from "../../core/routes";
import { useRouting } from "../../core/router";
import { Nothing } from "../Nothing";
import { Approvals } from "./Approvals";
import { Balance } from "./Balance";
import { Batches } from "./Batches";
import { Log, LogEvent } from "./Log";
import { Overview } from "./Overview";
import { Accounts, Clients } from "./People";
import { ProjectionRows, Projections } from "./Projections";
import { Saga } from "./Saga";
import { Sagas } from "./Sagas";
import { Transfers } from "./Transfers";
import { ClientTimeline } from "../owner/Timeline";

const pages: readonly PageRoute[] = [
  ["/operate", () => <Overview />],
  ["/operate/sagas", () => <Sagas />],
  ["/operate/sagas/:id", (found) => <Saga id={found("id")} />],
  ["/operate/batches", () => <Batches />],
  ["/operate/transfers", () => <Transfers />],
  ["/operate/approvals", () => <Approvals />],
  ["/operate/log", () => <Log />],
  ["/operate/log/:position", (found) => <LogEvent position={found("position")} />],
  ["/operate/balance", () => <Balance />],
  ["/operate/channels", () => <Clients />],
  ["/operate/timeline/:id", (found) => <ClientTimeline id={found("id")} />],
  ["/operate/projections", () => <Projections />],
  ["/operate/projections/:table", (found) => <ProjectionRows table={found("table")} />],
  ["/operate/accounts", () => <Accounts />],
];

export default function OperatorPages(): JSX.Element {
  return pageAt(pages, useRouting().path) ?? <Nothing />;
}
