import HTTP
import JSON
import Kernel
import Log
import Projections

// GET /api/admin/trial-balance, now or as of a position; GET /api/admin/projections, and one
// table's rows; GET /api/pay/{order}, which a subscriber may ask.

extension Call {
  /// Accounts and assets with their sums, from the log itself where another position is asked for.
  func showTrialBalance() {
    let head = parts.store.head.position
    guard let asOf = number("asof", 0...Int.max, standard: Int(head)) else { return }
    guard asOf <= head else { return refuse(.positionAhead, "the log ends at position \(head)") }
    read {
      do throws(StoreError) {
        var sheet = BalanceSheet()
        var place: UInt64 = 0
        while place < asOf {
          place = try parts.store.replay(
            after: place, limit: min(10_000, asOf - Int(place)), wanting: TrialBalance.forms
          ) { (recorded) throws(StoreError) in sheet.take(recorded) }
        }
        send(200, sheet.json(asOf: place), position: place)
      } catch {
        fail(error.description)
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
        let channel = members.first { $0.name == "channel" }?.value.text
        let rows = try parts.tables.lines(
          of: "main_clients_database", where: [("channel", channel)], by: nil, after: 0, limit: 1)
        let title = rows.first?.first { $0.name == "closed_channel_title" }?.value.text
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

/// The books by account and asset: the trial balance's own fold, in memory.
private struct BalanceSheet {
  private struct Line {
    let account: String
    let channel: ChannelKey?
    var debit: Money
    var credit: Money
    var position: UInt64
  }
  private var lines: [Line] = []
  private var places: [String: Int] = [:]

  mutating func take(_ recorded: Recorded) {
    for posting in postings(of: recorded.event) {
      let asset = posting.amount.asset
      let account = posting.account.text
      let key = "\(account) \(asset)"
      let place = places[key] ?? lines.count
      if place == lines.count {
        places[key] = place
        lines.append(
          Line(
            account: account, channel: posting.account.channel, debit: .zero(asset),
            credit: .zero(asset), position: 0))
      }
      if posting.amount.isPositive {
        lines[place].debit = lines[place].debit + posting.amount
      } else {
        lines[place].credit = lines[place].credit - posting.amount
      }
      lines[place].position = recorded.position
    }
  }

  func json(asOf position: UInt64) -> JSONValue {
    var totals: [(debit: Money, credit: Money)] = []
    for line in lines {
      if let place = totals.firstIndex(where: { $0.debit.asset == line.debit.asset }) {
        totals[place].debit = totals[place].debit + line.debit
        totals[place].credit = totals[place].credit + line.credit
      } else {
        totals.append((line.debit, line.credit))
      }
    }
    let accounts = lines.sorted {
      ($0.account, $0.debit.asset.text) < ($1.account, $1.debit.asset.text)
    }
    return .object([
      "accounts": .array(
        accounts.map { line in
          .object([
            "account": .string(line.account),
            "channel": line.channel.map { .string($0.text) } ?? .null,
            "asset": .string(line.debit.asset.text), "debit": .string(line.debit.amountText),
            "credit": .string(line.credit.amountText),
            "balance": .string((line.debit - line.credit).amountText),
            "position": .position(line.position),
          ])
        }),
      "totals": .array(
        totals.map { total in
          .object([
            "asset": .string(total.debit.asset.text), "debit": .string(total.debit.amountText),
            "credit": .string(total.credit.amountText),
          ])
        }),
      "balanced": .bool(totals.allSatisfy { $0.debit == $0.credit }),
      "position": .position(position),
    ])
  }
}
