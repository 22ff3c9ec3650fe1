// The operators' pages of what keeps the ledger right, in a script of their own.

import { pageAt, PageRoute } from "../../core/routes";
import { useRouting } from "../../core/router";
import { Nothing } from "../Nothing";
import { Balance } from "./Balance";
import { Inbox, NoticePage } from "./Inbox";
import { Lanes } from "./Lanes";
import { HeldPayments, Payment } from "./Payments";
import { Accounts, Clients } from "./People";
import { ProjectionRows, Projections } from "./Projections";
import { Reconciliation } from "./Reconciliation";

const pages: readonly PageRoute[] = [
  ["/operate/payments", () => <HeldPayments />],
  ["/operate/payments/:id", (found) => <Payment id={found("id")} />],
  ["/operate/reconciliation", () => <Reconciliation />],
  ["/operate/inbox", () => <Inbox />],
  ["/operate/inbox/:number", (found) => <NoticePage number={found("number")} />],
  ["/operate/lanes", () => <Lanes />],
  ["/operate/balance", () => <Balance />],
  ["/operate/channels", () => <Clients />],
  ["/operate/projections", () => <Projections />],
  ["/operate/projections/:table", (found) => <ProjectionRows table={found("table")} />],
  ["/operate/accounts", () => <Accounts />],
];

export default function KeepingPages(): JSX.Element {
  return pageAt(pages, useRouting().path) ?? <Nothing />;
}
