import HTTP
import JSON
import Kernel
import Log
import Projections

// GET /api/admin/trial-balance, now or as of a position; GET /api/admin/projections, and one
// table's rows; GET /api/pay/{order}, which a subscriber may ask.

extension Call {
  /// Accounts and assets with their sums, as the table has them.
  func showTrialBalance() {
    readTables {
      do throws(TableReadFailure) {
        let position = parts.tables.place
        let rows = try parts.tables.lines(
          of: TrialBalance.table.name, where: [], by: nil, after: 0, limit: Int(Int32.max))
        guard let totals = BalanceTotals(rows) else { return fail("a row without an amount") }
        send(
          200,
          .object([
            "accounts": .array(rows.map { .object($0) }), "totals": totals.json,
            "balanced": .bool(totals.isBalanced), "position": .position(position),
          ]), position: position)
      } catch {
        fail(error.words)
      }
    }
  }

  func listTables() {
    read {
      do throws(TableReadFailure) {
        let head = parts.store.head.position
        let tables = try parts.tables.tables().map { table in
          JSONValue.object([
            "table": .string(table.name), "position": .position(table.position),
            "lag": .position(head > table.position ? head - table.position : 0),
            "stale": .bool(table.isStale), "rows": .integer(table.rows),
          ])
        }
        send(200, .object(["tables": .array(tables), "position": .position(head)]), position: head)
      } catch {
        fail(error.words)
      }
    }
  }

  func showTable() {
    let name = parameters["table"]
    guard Self.tablesShown.contains(name) else { return refuse(.notFound, "no such table") }
    guard let limit = number("limit", 1...500, standard: 100),
      let after = number("after", 0...Int(Int32.max), standard: 0)
    else { return }
    readTables {
      do throws(TableReadFailure) {
        let position = parts.tables.place
        let rows = try parts.tables.lines(
          of: name, where: [], by: nil, after: after, limit: limit + 1)
        send(
          200,
          .object([
            "table": .string(name), "rows": .array(rows.prefix(limit).map(JSONValue.object)),
            "next": rows.count > limit ? .integer(after + limit) : .null,
            "position": .position(position),
          ]), position: position)
      } catch {
        fail(error.words)
      }
    }
  }

  /// Tables whose rows operators may see; one that holds secrets isn't among them.
  private static let tablesShown = [
    "accumulation_totals", "batch_status", "client_views", "trial_balance", "sagas",
    "held_payments",
    "main_clients_database", "private_channel_users_database", "payout_accumulation",
    "payout_batches", "split_payout_request", "split_payout_que", "hostpay_transactions",
    "currency_to_network_supported_mappings",
  ]

  /// An order as whoever holds its unguessable id sees it: no word of who pays.
  func showOrderPayment() {
    guard let order = OrderID(text: parameters["order"]) else { return refuse(.notFound) }
    read {
      do {
        guard let view = try OrderView(order, in: parts.store) else { return refuse(.notFound) }
        let hidden = ["user_id", "payment_id"]
        var members = (view.json.members ?? []).filter { !hidden.contains($0.name) }
        let title = try ChannelView(view.channel, in: parts.store)?.channel.offer.closed.title
        let facts = try parts.store.facts(with: .order(order), after: 0, limit: 100)
        let isPaid = facts.contains { recorded in
          if case .payment(.finished) = recorded.event { return true }
          return false
        }
        members.append(JSONMember("title", title.map(JSONValue.string) ?? .null))
        members.append(JSONMember("paid", .bool(isPaid)))
        send(200, .object(members))
      } catch {
        fail("\(error)")
      }
    }
  }
}

/// What all accounts hold together, by asset.
private struct BalanceTotals {
  private var totals: [(debit: Money, credit: Money)] = []

  /// Nil where a row can't be read.
  init?(_ rows: [[JSONMember]]) {
    for row in rows {
      let line = JSONValue.object(row)
      guard let asset = line["asset"]?.text.flatMap({ Asset(text: $0) }),
        let debit = line["debit"]?.text.flatMap({ Money($0, asset) }),
        let credit = line["credit"]?.text.flatMap({ Money($0, asset) })
      else { return nil }
      if let place = totals.firstIndex(where: { $0.debit.asset == asset }) {
        totals[place].debit = totals[place].debit + debit
        totals[place].credit = totals[place].credit + credit
      } else {
        totals.append((debit, credit))
      }
    }
  }

  var isBalanced: Bool { totals.allSatisfy { $0.debit == $0.credit } }

  var json: JSONValue {
    .array(
      totals.map { total in
        .object([
          "asset": .string(total.debit.asset.text), "debit": .string(total.debit.amountText),
          "credit": .string(total.credit.amountText),
        ])
      })
  }
}
