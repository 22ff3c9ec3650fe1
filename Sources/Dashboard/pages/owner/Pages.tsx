// The owners' pages, in a script of their own.

import { pageAt, PageRoute } from "../../core/routes";
import { useRouting } from "../../core/router";
import { Nothing } from "../Nothing";
import { Account } from "./Account";
import { Channel } from "./Channel";
import { Channels } from "./Channels";
import { EditChannel, NewChannel } from "./Edit";
import { Exports } from "./Exports";
import { Payouts, Receipt } from "./Payouts";
import { OwnerTimeline } from "./Timeline";

const pages: readonly PageRoute[] = [
  ["/channels", () => <Channels />],
  ["/channels/new", () => <NewChannel />],
  ["/channels/:id", (found) => <Channel id={found("id")} />],
  ["/channels/:id/edit", (found) => <EditChannel id={found("id")} />],
  ["/channels/:id/timeline", (found) => <OwnerTimeline id={found("id")} />],
  ["/payouts", () => <Payouts />],
  [
    "/payouts/:channel/:batch",
    (found) => <Receipt channel={found("channel")} batch={found("batch")} />,
  ],
  ["/exports", () => <Exports />],
  ["/account", () => <Account />],
];

export default function OwnerPages(): JSX.Element {
  return pageAt(pages, useRouting().path) ?? <Nothing />;
}
