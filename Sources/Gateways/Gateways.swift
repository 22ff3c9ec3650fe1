// The outside: payment provider, swap provider, chain and Telegram; command out, report in.
//
// Each client turns one question of ours into one HTTP call and the answer into values of Kernel.
// Nothing here decides or retries: a failure says only whether it may be tried again, will never
// work, or may have happened all the same (`GatewayFailure`), and lanes and sagas do the rest.
// Numbers stay text from the socket to the smallest unit; keys never reach an error.
//
// Reading order:
//   GatewayFailure, JSONCall         what every client shares
//   NOWPayments/NOWPaymentsNotice    is a notice really theirs, and what does it say
//   NOWPayments/NOWPaymentsClient    invoices and payment status
//   ChangeNOW/ChangeNOWClient        range, estimate, create, status; ChangeNOWCurrency: names
//   Mail/SMTPClient                  a message to a server of mail, over TLS
//   Telegram/TelegramClient          links into channels, messages, removal; TelegramUpdates: what
//                                    people say to the bot
//   Ethereum/Keccak, RLP, Hex        the chain's bytes
//   Ethereum/EthereumAddress, EthereumKey, EthereumTransaction, ERC20
//                                    what is signed
//   Ethereum/EthereumNode            what is asked of a node; SendAnswer, what a broadcast meant
//   Ethereum/EthereumEndpoints       two of them, neither believed alone
