public import Kernel

// Projections are the tables: each a folder with its SQL and the fold that fills it, side by side.
//
//   accumulation_totals      what each client's payout groups hold, and how far they are
//   batch_status             each batch from its opening to the delivered amount
//   client_views             each channel on one line
//   trial_balance            every account and asset: debits, credits, balance
//   sagas                    every running or ended step of a process
//   held_payments            payments that wait for a person's ruling, or waited
//
// and the seeds' own tables, by name and column, for the tools that read them:
//
//   main_clients_database, private_channel_users_database, payout_accumulation, payout_batches,
//   split_payout_request, split_payout_que, hostpay_transactions,
//   currency_to_network_supported_mappings
//
// A new one: a folder named like the table with `<table>.sql` and the fold, a line below, a line of
// `.embedInCode` in the manifest. Reading order: `accumulation_totals/`, then any.

/// Every table there is.
public let allProjections: [any Projection.Type] = [
  AccumulationTotals.self,
  BatchStatus.self,
  ClientViews.self,
  TrialBalance.self,
  SagaBoard.self,
  HeldPayments.self,
  MainClientsDatabase.self,
  PrivateChannelUsersDatabase.self,
  PayoutAccumulation.self,
  PayoutBatches.self,
  SplitPayoutRequest.self,
  SplitPayoutQue.self,
  HostpayTransactions.self,
  CurrencyToNetworkSupportedMappings.self,
]
